/**
 * DER (ITU-T X.690, section 10), one value at a time: what is within a value is read when it is asked for, so that nesting
 * costs nothing. BER's other ways of writing the same are refused: there is one reading of the bytes.
 */
import { bounds } from "../bounds.ts";

/** Identifier octets: class, form and number in one. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Context-specific: `[0] IMPLICIT` of something primitive. */
export function contextTag(number: number): number {
  return 0x80 | number;
}

/** Context-specific: `[0] EXPLICIT`, or `IMPLICIT` of something constructed. */
export function constructedTag(number: number): number {
  return 0xa0 | number;
}

export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly bytes: Buffer;
}

/** Makes what is thrown. @param cause - the end of a sentence about the bytes: `has a length of 5 in 3 bytes` */
export type DerFault = (cause: string) => Error;

/** The one value that the bytes are. */
export function readDer(bytes: Buffer, tag: number, fault: DerFault): DerValue {
  const value = valueAt(bytes, 0, fault);
  if (value.bytes.length !== bytes.length) throw fault("has bytes after its end");
  return expectTag(value, tag, fault);
}

/** The values within a constructed one, in order, as the caller's grammar asks for them. */
export interface DerFields {
  next(tag: number): DerValue;
  /** Of any tag. */
  any(): DerValue;
  /** Undefined where the next one has another tag, or none follows. */
  optional(tag: number): DerValue | undefined;
  isAtEnd(): boolean;
  /** Nothing may follow. */
  end(): void;
}

export function derFields(value: DerValue, fault: DerFault): DerFields {
  const { content } = value;
  let at = 0;
  let read = 0;
  const any = (): DerValue => {
    if (at >= content.length) throw fault("ends where a value should follow");
    if (++read > bounds.derValues) throw fault(`has more than ${bounds.derValues} values in one`);
    const next = valueAt(content, at, fault);
    at += next.bytes.length;
    return next;
  };
  return {
    any,
    next: (tag) => expectTag(any(), tag, fault),
    optional: (tag) => (content[at] === tag ? any() : undefined),
    isAtEnd: () => at >= content.length,
    end() {
      if (at < content.length) throw fault("has a value more than its form");
    },
  };
}

/** All values within a constructed one. @param tag - of each; of any type, where nothing is said */
export function derItems(value: DerValue, fault: DerFault, tag?: number): DerValue[] {
  const fields = derFields(value, fault);
  const items: DerValue[] = [];
  while (!fields.isAtEnd()) items.push(tag === undefined ? fields.any() : fields.next(tag));
  return items;
}

function expectTag(value: DerValue, tag: number, fault: DerFault): DerValue {
  if (value.tag === tag) return value;
  throw fault(`has a value of type 0x${hex(value.tag)} where 0x${hex(tag)} should be`);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function valueAt(bytes: Buffer, start: number, fault: DerFault): DerValue {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined) throw fault("is cut off within a value");
  if ((tag & 0x1f) === 0x1f) throw fault("has a type number above 30");
  let contentStart = start + 2;
  let length = first;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0) throw fault("has a value of indefinite length, which DER does not have");
    // Four octets hold more than any bound lets in.
    if (octets > 4) throw fault("has a length of more than 4 bytes");
    if (contentStart + octets > bytes.length) throw fault("is cut off within a value");
    length = bytes.readUIntBE(contentStart, octets);
    contentStart += octets;
    if (length < 0x80 || length < 2 ** (8 * (octets - 1))) throw fault("has a length that is not in its shortest form");
  }
  const end = contentStart + length;
  if (end > bytes.length) throw fault("is cut off within a value");
  return { tag, content: bytes.subarray(contentStart, end), bytes: bytes.subarray(start, end) };
}

/** The integer, of at most 64 bytes. */
export function derInteger({ content }: DerValue, fault: DerFault): bigint {
  const [first, second] = content;
  if (first === undefined || content.length > 64) throw fault(`has an integer of ${content.length} bytes`);
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw fault("has an integer that is not in its shortest form");
  }
  return BigInt.asIntN(8 * content.length, BigInt(`0x${content.toString("hex")}`));
}

export function derBoolean({ content }: DerValue, fault: DerFault): boolean {
  if (content.length === 1 && content[0] === 0xff) return true;
  if (content.length === 1 && content[0] === 0) return false;
  throw fault("has a boolean that is neither true nor false");
}

/** Dotted: `2.5.4.3`. */
export function derOid({ content }: DerValue, fault: DerFault): string {
  if (content.length === 0 || content.length > 64) throw fault(`has an object identifier of ${content.length} bytes`);
  const arcs: bigint[] = [];
  let arc = 0n;
  let isWithin = false;
  for (const byte of content) {
    if (!isWithin && byte === 0x80) throw fault("has an object identifier that is not in its shortest form");
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    isWithin = byte >= 0x80;
    if (isWithin) continue;
    arcs.push(arc);
    arc = 0n;
  }
  if (isWithin) throw fault("has an object identifier that is cut off");
  const [joined = 0n, ...rest] = arcs;
  const root = joined < 80n ? joined / 40n : 2n;
  return [root, joined - 40n * root, ...rest].join(".");
}

/** The bytes of a string of bits whose number is a multiple of 8: a key, a signature. */
export function derBitBytes({ content }: DerValue, fault: DerFault): Buffer {
  if (content[0] !== 0) throw fault("has a string of bits that is no string of bytes");
  return content.subarray(1);
}

/** Numbers of the bits that are set, of a list of named bits: bit 0 is the highest of the first byte. */
export function derNamedBits({ content }: DerValue, fault: DerFault): ReadonlySet<number> {
  const [unused, ...bytes] = content;
  const last = bytes.at(-1);
  if (unused === undefined || unused > 7 || bytes.length > 8) throw fault("has a string of bits of no known form");
  if (last === undefined ? unused > 0 : (last & ((1 << (unused + 1)) - 1)) !== 1 << unused) {
    throw fault("has a list of named bits that is not in its shortest form");
  }
  const set = new Set<number>();
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    if (((bytes[bit >> 3] as number) & (0x80 >> (bit & 7))) !== 0) set.add(bit);
  }
  return set;
}

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{0,8}[1-9])?Z$/;

/** UTCTime (years 1950 to 2049, RFC 5280, section 4.1.2.5) or GeneralizedTime, in milliseconds since 1970. */
export function derTime({ tag, content }: DerValue, fault: DerFault): number {
  const text = content.length > 32 ? "" : content.toString("latin1");
  const form = tag === tags.utcTime ? UTC_TIME : tag === tags.generalizedTime ? GENERALIZED_TIME : undefined;
  const [, ...parts] = form?.exec(text) ?? [];
  if (parts.length === 0) throw fault("has a time of no known form");
  const [written = 0, month = 0, ...rest] = parts.slice(0, 6).map(Number);
  const [day = 0, hour = 0, minute = 0, second = 0] = rest;
  const year = tag === tags.utcTime ? written + (written < 50 ? 2000 : 1900) : written;
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  time.setUTCHours(hour, minute, second);
  // A 30 February would be a day of March.
  if (time.getUTCMonth() !== month - 1 || time.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) {
    throw fault("has a time that does not exist");
  }
  return time.getTime() + Math.floor(Number(`0${parts[6] ?? ""}`) * 1000);
}
