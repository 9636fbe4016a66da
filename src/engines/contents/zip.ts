import { crc32, inflateRawSync } from "node:zlib";
import { bounds } from "../../core/bounds.ts";
import { Problem } from "../../core/problem.ts";

/**
 * Zip archives in memory (PKWARE APPNOTE.TXT 6.3): entries by the central directory, stored or deflated, with Zip64.
 * Refused: encryption, other methods, several disks, and sizes or checksums that do not hold. What stands before the
 * archive, a script that starts it, is passed over.
 */
export interface ZipEntry {
  readonly name: string;
  /** Bytes as stated; reading holds them to it. */
  readonly size: number;
  readonly packedSize: number;
  readonly method: number;
  readonly encrypted: boolean;
  readonly checksum: number;
  /** Of its local header, in the buffer. */
  readonly offset: number;
}

const END_SIGNATURE = Buffer.from("PK\x05\x06", "latin1");
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const LOCATOR64_SIGNATURE = 0x07064b50;
const LOCATOR64_BYTES = 20;
const END64_SIGNATURE = 0x06064b50;
const END64_BYTES = 56;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
/** What a field says when its value stands in the Zip64 record. */
const ELSEWHERE_16 = 0xffff;
const ELSEWHERE_32 = 0xffffffff;
const ZIP64_FIELD = 0x0001;
const ENCRYPTED = 0x0001;
const STORED = 0;
const DEFLATED = 8;
/** Bytes that are inflated at once: the default is slow for large entries and wasteful for small ones. */
const INFLATE_CHUNK = 256 * 1024;

/**
 * The entries in the directory's order.
 *
 * @throws Problem `contents.zip-broken`, kind input; entries before the broken place have been handed out
 */
export function* zipEntries(bytes: Buffer): Generator<ZipEntry> {
  const { directory, count, shift } = findDirectory(bytes);
  if (count > bounds.zipEntries) throw broken("directory", `it has ${count} entries`);
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + ENTRY_BYTES > directory.length || directory.readUInt32LE(at) !== ENTRY_SIGNATURE) {
      throw broken("directory", `entry ${index} is broken`);
    }
    const nameEnd = at + ENTRY_BYTES + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const end = extraEnd + directory.readUInt16LE(at + 32);
    if (end > directory.length) throw broken("directory", `entry ${index} runs over its end`);
    const numbers = wideNumbers(directory.subarray(nameEnd, extraEnd), {
      size: directory.readUInt32LE(at + 24),
      packedSize: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    yield {
      name: directory.toString("utf8", at + ENTRY_BYTES, nameEnd),
      encrypted: (directory.readUInt16LE(at + 8) & ENCRYPTED) !== 0,
      method: directory.readUInt16LE(at + 10),
      checksum: directory.readUInt32LE(at + 16),
      size: numbers.size,
      packedSize: numbers.packedSize,
      offset: numbers.offset + shift,
    };
    at = end;
  }
}

/**
 * An entry's content: of a stored one a view, of a deflated one at most as many bytes as it states.
 *
 * @throws Problem `contents.zip-broken`, kind input
 */
export function readZipEntry(bytes: Buffer, entry: ZipEntry): Buffer {
  const { name: place, offset, size, packedSize } = entry;
  if (size > bounds.zipEntryBytes) throw broken(place, `it has ${size} bytes`);
  if (entry.encrypted) throw broken(place, "it is encrypted");
  if (entry.method !== STORED && entry.method !== DEFLATED) throw broken(place, `its method is ${entry.method}`);
  if (offset < 0 || offset + LOCAL_BYTES > bytes.length || bytes.readUInt32LE(offset) !== LOCAL_SIGNATURE) {
    throw broken(place, "its local header is missing");
  }
  const start = offset + LOCAL_BYTES + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  if (start + packedSize > bytes.length) throw broken(place, "it lies outside of the archive");
  const packed = bytes.subarray(start, start + packedSize);
  const content = entry.method === STORED ? packed : inflate(packed, size, place);
  if (content.length !== size) throw broken(place, "it is not of the size that the directory states");
  if (crc32(content) !== entry.checksum) throw broken(place, "its checksum does not hold");
  return content;
}

function inflate(packed: Buffer, size: number, place: string): Buffer {
  try {
    // One byte more than stated, so that a longer stream shows as such and never as a bomb.
    return inflateRawSync(packed, {
      maxOutputLength: size + 1,
      chunkSize: Math.min(INFLATE_CHUNK, Math.max(64, size + 1)),
    });
  } catch (error) {
    throw broken(place, `it cannot be inflated: ${(error as Error).message}`);
  }
}

interface Directory {
  readonly directory: Buffer;
  readonly count: number;
  /** What is to be added to stated offsets: the bytes before the archive, where its writer did not count them. */
  readonly shift: number;
}

/** The end record stands within the last 64 KiB, before a comment whose length it states. */
function findDirectory(bytes: Buffer): Directory {
  const first = Math.max(0, bytes.length - END_BYTES - LONGEST_COMMENT);
  for (let at = bytes.length; ; ) {
    at = at === 0 ? -1 : bytes.lastIndexOf(END_SIGNATURE, at - 1);
    if (at < first) throw broken("end", "it has no end record, so it is no zip archive or was cut off");
    if (at + END_BYTES > bytes.length || at + END_BYTES + bytes.readUInt16LE(at + 20) !== bytes.length) continue;
    const count = bytes.readUInt16LE(at + 10);
    const size = bytes.readUInt32LE(at + 12);
    const offset = bytes.readUInt32LE(at + 16);
    if (count === ELSEWHERE_16 || size === ELSEWHERE_32 || offset === ELSEWHERE_32) {
      const wide = findDirectory64(bytes, at);
      if (wide !== undefined) return wide;
    }
    if (bytes.readUInt16LE(at + 4) !== 0) throw broken("end", "it is one of several disks");
    return directoryAt(bytes, { count, size, offset, end: at });
  }
}

/** Undefined where there is no Zip64 record: then the fields' values are what they say. */
function findDirectory64(bytes: Buffer, end: number): Directory | undefined {
  const locator = end - LOCATOR64_BYTES;
  if (locator < 0 || bytes.readUInt32LE(locator) !== LOCATOR64_SIGNATURE) return undefined;
  // Where it says, or right before its locator, which is the same unless something stands before the archive.
  for (const at of [safeNumber(bytes.readBigUInt64LE(locator + 8)), locator - END64_BYTES]) {
    if (at < 0 || at + END64_BYTES > bytes.length || bytes.readUInt32LE(at) !== END64_SIGNATURE) continue;
    if (bytes.readUInt32LE(at + 16) !== 0) throw broken("end", "it is one of several disks");
    return directoryAt(bytes, {
      count: safeNumber(bytes.readBigUInt64LE(at + 32)),
      size: safeNumber(bytes.readBigUInt64LE(at + 40)),
      offset: safeNumber(bytes.readBigUInt64LE(at + 48)),
      end: at,
    });
  }
  throw broken("end", "its Zip64 end record is missing");
}

/** The directory ends where the end record begins, whatever stands before the archive. */
function directoryAt(
  bytes: Buffer,
  stated: { readonly count: number; readonly size: number; readonly offset: number; readonly end: number },
): Directory {
  const start = stated.end - stated.size;
  if (start < 0 || start < stated.offset) throw broken("end", "its directory lies outside of it");
  if (stated.count * ENTRY_BYTES > stated.size) throw broken("end", "its directory is too short for its entries");
  return { directory: bytes.subarray(start, stated.end), count: stated.count, shift: start - stated.offset };
}

type Numbers = Pick<ZipEntry, "size" | "packedSize" | "offset">;

/** The Zip64 extra field holds, in this order, those of the three that do not fit their own fields. */
function wideNumbers(extra: Buffer, numbers: Numbers): Numbers {
  const { size, packedSize, offset } = numbers;
  if (size !== ELSEWHERE_32 && packedSize !== ELSEWHERE_32 && offset !== ELSEWHERE_32) return numbers;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_FIELD) continue;
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    let next = 0;
    const wide = (value: number): number => {
      if (value !== ELSEWHERE_32) return value;
      if (next + 8 > field.length) throw broken("directory", "a Zip64 field is too short");
      next += 8;
      return safeNumber(field.readBigUInt64LE(next - 8));
    };
    return { size: wide(size), packedSize: wide(packedSize), offset: wide(offset) };
  }
  return numbers;
}

/** Beyond every file it is no longer exact, and need not be. */
function safeNumber(value: bigint): number {
  return Number(value > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(Number.MAX_SAFE_INTEGER) : value);
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "contents.zip-broken", place, cause });
}
