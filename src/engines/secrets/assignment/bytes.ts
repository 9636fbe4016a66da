/** Bytes and runs of them, as names and values are made of. */

/** What of a file was looked at since it was set: the lowest offset, and behind the highest one that {@link skip} came to. */
export const looked = { begin: 0, end: 0 };

export function skip(
  bytes: Buffer,
  from: number,
  limit: number,
  passes: (byte: number, at: number) => boolean,
): number {
  const end = Math.min(limit, bytes.length);
  let i = from;
  while (i < end && passes(bytes[i] as number, i)) i += 1;
  if (i >= looked.end) looked.end = i + 1;
  return i;
}

export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const DASH = 0x2d;
export const SEMICOLON = 0x3b;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const DOT = 0x2e;
export const BACKSLASH = 0x5c;
export const CLOSING_BRACKET = 0x5d;
export const CLOSING_BRACE = 0x7d;

export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

export function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2a ||
    byte === 0x5f
  );
}

/** Of a property's name: `spring.datasource.password`. */
export function isDottedByte(byte: number): boolean {
  return byte === DOT || byte === DASH || (isWordByte(byte) && byte !== 0x2a);
}

export function isQuote(byte: number): boolean {
  return byte === 0x22 || byte === 0x27 || byte === 0x60;
}

export function isUnquotedByte(byte: number): boolean {
  return byte > 0x20 && !isQuote(byte) && byte !== SEMICOLON && byte !== 0x2c && byte !== BACKSLASH;
}

/** What a parameter of a URL holds, percent-encoded or not. */
export function isParameterByte(byte: number): boolean {
  return (
    (isWordByte(byte) && byte !== 0x2a) ||
    byte === 0x25 ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x2f ||
    byte === 0x2b ||
    byte === EQUALS ||
    byte === 0x7e
  );
}
