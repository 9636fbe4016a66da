/**
 * One header block of a tar, read as Go's archive/tar reads it (reader.go, format.go, strconv.go): every runtime that
 * unpacks images does so through that package, and what it takes from a block is what will run.
 */

export interface TarHeader {
  readonly flag: number;
  readonly name: string;
  readonly link: string;
  /** Bytes of content that the header states. */
  readonly size: number;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** GNU's magic: what GNU's own sparse entries must have. */
  readonly gnu: boolean;
}

export const BLOCK = 512;

/** The header at an offset of a buffer, or what is wrong with it. */
export function readTarHeader(block: Buffer, at: number): TarHeader | string {
  if (!checkSumFits(block, at)) return "a header's checksum is wrong";
  const size = numberAt(block, at + 124, 12);
  const uid = numberAt(block, at + 108, 8);
  const gid = numberAt(block, at + 116, 8);
  const magic = magicOf(block, at);
  // Nothing uses the others here, but a header with a broken one ends the reading of the archive.
  let proof = size + uid + gid + numberAt(block, at + 100, 8) + numberAt(block, at + 136, 12);
  if (magic !== "v7") proof += numberAt(block, at + 329, 8) + numberAt(block, at + 337, 8);
  if (magic === "star") proof += numberAt(block, at + 476, 12) + numberAt(block, at + 488, 12);
  if (Number.isNaN(proof)) return "a header has a broken number";
  return {
    flag: block[at + 156] as number,
    name: nameIn(block, at, magic),
    link: textUntilNul(block, at + 157, 100),
    size,
    mode: modeAt(block, at + 100),
    uid,
    gid,
    gnu: magic === "gnu",
  };
}

export function isZeroBlock(block: Buffer, at: number): boolean {
  if (block[at] !== 0) return false;
  for (let i = at; i < at + BLOCK; i++) if (block[i] !== 0) return false;
  return true;
}

type Magic = "v7" | "ustar" | "star" | "gnu";

/** Anything that is no magic known to Go is a V7 header: no prefix is read from it. */
function magicOf(block: Buffer, at: number): Magic {
  if (block.readUInt32BE(at + 257) !== 0x75737461 /* usta */ || block[at + 261] !== 0x72) return "v7";
  const sixth = block[at + 262];
  if (sixth === 0) return block.readUInt32BE(at + 508) === 0x74617200 /* tar\0 */ ? "star" : "ustar";
  return sixth === 0x20 && block[at + 263] === 0x20 && block[at + 264] === 0 ? "gnu" : "v7";
}

function nameIn(block: Buffer, at: number, magic: Magic): string {
  const name = textUntilNul(block, at, 100);
  if (magic === "v7" || block[at + 345] === 0) return name;
  if (magic === "gnu") return gnuPrefix(block, at) + name;
  return `${textUntilNul(block, at + 345, magic === "star" ? 131 : 155)}/${name}`;
}

/**
 * GNU keeps two times where others have the prefix. Writers made with Go before 1.8 put a prefix there all the same,
 * and Go still reads it where it cannot be the times and is ASCII.
 */
function gnuPrefix(block: Buffer, at: number): string {
  const changed = block[at + 357] === 0 ? 0 : numberAt(block, at + 357, 12);
  if (!Number.isNaN(numberAt(block, at + 345, 12) + changed)) return "";
  for (let i = at + 345; i < at + 500 && block[i] !== 0; i++) if ((block[i] as number) >= 0x80) return "";
  return `${textUntilNul(block, at + 345, 155)}/`;
}

/** The text before the first NUL byte of a field. */
export function textUntilNul(bytes: Buffer, start: number, length: number): string {
  let end = start;
  const limit = Math.min(start + length, bytes.length);
  while (end < limit && bytes[end] !== 0) end += 1;
  return textOf(bytes, start, end);
}

/**
 * A name as text. Names are bytes to the runtime: two that differ must not become one, so a byte that is no UTF-8 reads
 * as U+FFFD with its two hexadecimal digits, and so does each byte of a U+FFFD that is really written.
 */
export function textOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  if (!text.includes("\ufffd")) return text;
  let spelled = "";
  for (let at = start; at < end; ) {
    const length = sequenceLength(bytes[at] as number);
    const piece = at + length <= end ? bytes.toString("utf8", at, at + length) : "\ufffd";
    if (!piece.includes("\ufffd")) {
      spelled += piece;
      at += length;
    } else {
      spelled += `\ufffd${(bytes[at] as number).toString(16).padStart(2, "0")}`;
      at += 1;
    }
  }
  return spelled;
}

function sequenceLength(lead: number): number {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/**
 * Octal digits among spaces and NUL bytes, or base 256 in two's complement where the first bit is set. NaN is what Go
 * calls an invalid header. Past 2^53 the last digits are lost; no such number is used.
 */
function numberAt(block: Buffer, start: number, length: number): number {
  if (((block[start] as number) & 0x80) !== 0) return base256At(block, start, length);
  const end = start + length;
  let at = start;
  while (at < end && isBlank(block[at] as number)) at += 1;
  let value = 0;
  for (; at < end; at++) {
    const digit = (block[at] as number) ^ 0x30;
    if (digit > 7) break;
    value = value * 8 + digit;
  }
  // What stands behind a NUL byte is not looked at, whatever it is.
  if (at === end || block[at] === 0) return value;
  while (at < end && isBlank(block[at] as number)) at += 1;
  return at === end ? value : Number.NaN;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0;
}

function base256At(block: Buffer, start: number, length: number): number {
  const negative = ((block[start] as number) & 0x40) !== 0;
  let value = 0n;
  for (let i = 0; i < length; i++) {
    const byte = (block[start + i] as number) ^ (negative ? 0xff : 0);
    if (value >> 56n > 0n) return Number.NaN;
    value = (value << 8n) | BigInt(i === 0 ? byte & 0x7f : byte);
  }
  if (value >> 63n > 0n) return Number.NaN;
  return Number(negative ? -value - 1n : value);
}

/** The last twelve bits of a number that may be longer than what JavaScript counts exactly. */
function modeAt(block: Buffer, start: number): number {
  if (((block[start] as number) & 0x80) !== 0) return block.readUInt16BE(start + 6) & 0o7777;
  return numberAt(block, start, 8) & 0o7777;
}

/** The sum of the bytes, or of the bytes as signed ones, as Sun's tar wrote it. It is never read in base 256. */
export function checkSumFits(block: Buffer, at: number): boolean {
  if (((block[at + 148] as number) & 0x80) !== 0) return false;
  const stated = numberAt(block, at + 148, 8);
  let unsigned = 8 * 0x20;
  let high = 0;
  for (let i = at; i < at + 148; i++) {
    const byte = block[i] as number;
    unsigned += byte;
    high += byte >> 7;
  }
  for (let i = at + 156; i < at + BLOCK; i++) {
    const byte = block[i] as number;
    unsigned += byte;
    high += byte >> 7;
  }
  return stated === unsigned || stated === unsigned - high * 256;
}
