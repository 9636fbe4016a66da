/** OpenPGP's packets and what they are built of: RFC 9580, sections 3 and 4. */
import { bounds } from "../bounds.ts";

export interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

export const SIGNATURE = 2;
export const PUBLIC_KEY = 6;
export const USER_ID = 13;
export const PUBLIC_SUBKEY = 14;

export interface Packets {
  readonly packets: readonly Packet[];
  /** False where they end before the bytes do: what follows is cut off, broken, or too much. */
  readonly whole: boolean;
}

/**
 * The packets of a key ring or a signature, as far as they can be read. A length of a form that only data may have
 * (partial, or open) ends them too.
 */
export function readPackets(bytes: Buffer): Packets {
  const packets: Packet[] = [];
  let at = 0;
  while (at < bytes.length) {
    const header = bytes[at] as number;
    const isNew = (header & 0x40) !== 0;
    const length = isNew ? newLength(bytes, at + 1) : oldLength(bytes, at + 1, header & 3);
    const end = length === undefined ? Number.NaN : length.end + length.value;
    if ((header & 0x80) === 0 || length === undefined || !(end <= bytes.length)) return { packets, whole: false };
    if (packets.length >= bounds.openpgpPackets) return { packets, whole: false };
    packets.push({ tag: isNew ? header & 0x3f : (header >> 2) & 0xf, body: bytes.subarray(length.end, end) });
    at = end;
  }
  return { packets, whole: true };
}

interface Length {
  readonly value: number;
  readonly end: number;
}

function oldLength(bytes: Buffer, at: number, type: number): Length | undefined {
  const size = [1, 2, 4][type];
  return size === undefined || at + size > bytes.length
    ? undefined
    : { value: bytes.readUIntBE(at, size), end: at + size };
}

function newLength(bytes: Buffer, at: number): Length | undefined {
  const first = bytes[at];
  // From 224 to 254: partial lengths, for data alone.
  return first !== undefined && first >= 224 && first < 255 ? undefined : variableLength(bytes, at);
}

export interface Subpacket {
  readonly type: number;
  readonly critical: boolean;
  readonly body: Buffer;
}

/** Undefined where they are broken. */
export function readSubpackets(bytes: Buffer): Subpacket[] | undefined {
  const found: Subpacket[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = variableLength(bytes, at);
    if (length === undefined || length.value === 0 || length.end + length.value > bytes.length) return undefined;
    const type = bytes[length.end] as number;
    at = length.end + length.value;
    found.push({ type: type & 0x7f, critical: (type & 0x80) !== 0, body: bytes.subarray(length.end + 1, at) });
  }
  return found;
}

function variableLength(bytes: Buffer, at: number): Length | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 192) return { value: first, end: at + 1 };
  if (first < 255) {
    const second = bytes[at + 1];
    return second === undefined ? undefined : { value: ((first - 192) << 8) + second + 192, end: at + 2 };
  }
  return at + 5 > bytes.length ? undefined : { value: bytes.readUInt32BE(at + 1), end: at + 5 };
}

/** GnuPG reads no larger ones. */
const INTEGER_BITS = 16_384;

/** Multiprecision integers, as many as are asked for; undefined where there are fewer, or bytes are left over. */
export function readIntegers(bytes: Buffer, count: number): Buffer[] | undefined {
  const read = firstIntegers(bytes, count);
  return read?.end === bytes.length ? read.integers : undefined;
}

/** The same, whatever follows them. */
export function firstIntegers(
  bytes: Buffer,
  count: number,
): { readonly integers: Buffer[]; readonly end: number } | undefined {
  const found: Buffer[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 2 > bytes.length) return undefined;
    const bits = bytes.readUInt16BE(at);
    if (bits > INTEGER_BITS) return undefined;
    const size = (bits + 7) >> 3;
    if (at + 2 + size > bytes.length) return undefined;
    found.push(bytes.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return { integers: found, end: at };
}

/** With zeros in front; undefined where it has more bytes than that. */
export function padded(integer: Buffer, size: number): Buffer | undefined {
  if (integer.length > size) return undefined;
  return integer.length === size ? integer : Buffer.concat([Buffer.alloc(size - integer.length), integer]);
}
