/** Whether a keyword leads to a match, told from the bytes behind it: most that are common in texts lead to none. */

const SLASH = 0x2f;

/** White space as expressions have it, of text of one byte a character; in what is no text all that is not printable. */
function isSpace(byte: number, isText: boolean): boolean {
  if (isText) return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0xa0;
  return byte <= 0x20 || byte >= 0x7f;
}

/** Behind the scheme of an URL, whose name has six letters at most. */
function behindScheme(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < at + 8 && bytes[end] !== SLASH) end += 1;
  return end + 2;
}

/** What ends the name of a user in an URL beside white space. */
const ENDS_USER = new Uint8Array(256);
for (const byte of Buffer.from(":@/\"'`<>?#\\")) ENDS_USER[byte] = 1;
const LONGEST_USER = 80;
const COLON = 0x3a;

/** `https://user:`; a user may have no name. */
export function leadsToPassword(bytes: Uint8Array, at: number, isText: boolean): boolean {
  const start = behindScheme(bytes, at);
  let end = start;
  for (const most = Math.min(bytes.length, start + LONGEST_USER); end < most; end++) {
    const byte = bytes[end] as number;
    if (ENDS_USER[byte] === 1 || isSpace(byte, isText)) break;
  }
  return bytes[end] === COLON;
}

/** `https://token@` */
export function leadsToUser(bytes: Uint8Array, at: number): boolean {
  const start = behindScheme(bytes, at);
  let end = start;
  while (end < start + 121 && isOfToken(bytes[end])) end += 1;
  return end >= start + 20 && bytes[end] === 0x40;
}

/** Base64url's. */
function isOfToken(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x2d;
}

const MACHINE = "machine".length;
const LONGEST_MACHINE = 253;
/** With these begin the words that may come third in a .netrc file. */
const THIRD = Buffer.from("lap");

/** `machine example.com login` */
export function leadsToLogin(bytes: Uint8Array, at: number, isText: boolean): boolean {
  const behind = (from: number, most: number, isWanted: boolean): number => {
    let end = from;
    while (end < Math.min(bytes.length, from + most) && isSpace(bytes[end] as number, isText) === isWanted) end += 1;
    return end;
  };
  const first = behind(at + MACHINE, 65, true);
  const second = behind(first, LONGEST_MACHINE + 1, false);
  const third = behind(second, 130, true);
  return first > at + MACHINE && second > first && third > second && THIRD.includes(bytes[third] ?? 0);
}
