import { crc32, inflateRawSync } from "node:zlib";
import { bounds } from "../../core/bounds.ts";
import { Problem } from "../../core/problem.ts";

/**
 * Zip archives in memory (PKWARE APPNOTE.TXT 6.3): entries by the central directory, stored or deflated, with Zip64.
 * Refused: encryption, other methods, several disks, and sizes or checksums that do not hold. What stands before the
 * archive, a script that starts it, is passed over.
 *
 * The directory is found as Java's class loader finds it (java.util.zip.ZipFile, `findEND` and `initCEN`), which is more
 * forgiving than the format: bytes may follow the archive, and the stated count of entries does not matter. An archive
 * that Java opens is one that runs, so each of these differences would be a place to hide in.
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
  const { directory, shift } = findDirectory(bytes);
  let at = 0;
  // The directory's bytes count, not its stated number of entries.
  for (let index = 0; at + ENTRY_BYTES <= directory.length; index++) {
    if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE) throw broken("directory", `entry ${index} is broken`);
    if (index >= bounds.zipEntries) throw broken("directory", `it has more than ${bounds.zipEntries} entries`);
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
  if (at !== directory.length) throw broken("directory", `${directory.length - at} bytes follow its last entry`);
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
  /** What is to be added to stated offsets: the bytes before the archive, where its writer did not count them. */
  readonly shift: number;
}

function findDirectory(bytes: Buffer): Directory {
  const end = findEnd(bytes);
  if (end === undefined) throw broken("end", "it has no end record, so it is no zip archive or was cut off");
  // Where it says, or right before its locator, which is the same unless something stands before the archive.
  const { count, size, offset, at } = end;
  const wide = wideEnd(bytes, end);
  if (wide !== undefined) return directoryAt(bytes, wide);
  if (bytes.readUInt16LE(at + 4) !== 0) throw broken("end", "it is one of several disks");
  return directoryAt(bytes, { count, size, offset, at });
}

/** Where the directory is, as an end record or a Zip64 end record states it. */
interface End {
  readonly count: number;
  /** Bytes of the directory. */
  readonly size: number;
  readonly offset: number;
  /** Of the record, right behind the directory. */
  readonly at: number;
}

/**
 * How far Java looks for the record, from the end: the longest comment, rounded up to the blocks that it reads
 * (`READBLOCKSZ`), which overlap by a record.
 */
const LOOK_BYTES = 128;
const LOOK_STEP = LOOK_BYTES - END_BYTES;

/**
 * The last end record whose comment fills the rest, or whose directory begins with an entry and whose archive begins
 * with a local header: after such a one other bytes may follow.
 */
function findEnd(bytes: Buffer): End | undefined {
  const { length } = bytes;
  const least = Math.max(0, length - END_BYTES - LONGEST_COMMENT) - LOOK_STEP;
  const steps = Math.floor((length - LOOK_BYTES - least) / LOOK_STEP);
  const first = Math.max(0, length - LOOK_BYTES - steps * LOOK_STEP);
  for (let from = length - END_BYTES; from >= first; ) {
    const at = bytes.lastIndexOf(END_SIGNATURE, from);
    if (at < first) return undefined;
    from = at - 1;
    const size = bytes.readUInt32LE(at + 12);
    const offset = bytes.readUInt32LE(at + 16);
    const end = at + END_BYTES + bytes.readUInt16LE(at + 20);
    if (end !== length) {
      const directory = at - size;
      const archive = directory - offset;
      if (archive < 0 || bytes.readUInt32LE(directory) !== ENTRY_SIGNATURE) continue;
      if (bytes.readUInt32LE(archive) !== LOCAL_SIGNATURE) continue;
      if (end > length) throw broken("end", "its comment runs over its end");
    }
    return { count: bytes.readUInt16LE(at + 10), size, offset, at };
  }
  return undefined;
}

/** Whether a value of an end record leaves it to the Zip64 record, or says the same. */
function agrees(narrow: number, elsewhere: number, wide: number): boolean {
  return narrow === elsewhere || narrow === wide;
}

/**
 * What the Zip64 end record says, if it counts: one that contradicts the end record does not, for Java. Undefined where
 * there is none: then the end record's values are what they say.
 */
function wideEnd(bytes: Buffer, end: End): End | undefined {
  const locator = end.at - LOCATOR64_BYTES;
  if (locator < 0 || bytes.readUInt32LE(locator) !== LOCATOR64_SIGNATURE) return undefined;
  const leavesOut = end.count === ELSEWHERE_16 || end.size === ELSEWHERE_32 || end.offset === ELSEWHERE_32;
  // Right before its locator it is where something stands before the archive. Java does not look there, and refuses
  // the archive then if the end record leaves a value to it.
  const places = [safeNumber(bytes.readBigUInt64LE(locator + 8)), ...(leavesOut ? [locator - END64_BYTES] : [])];
  for (const at of places) {
    if (at < 0 || at + END64_BYTES > bytes.length || bytes.readUInt32LE(at) !== END64_SIGNATURE) continue;
    const count = safeNumber(bytes.readBigUInt64LE(at + 32));
    const size = safeNumber(bytes.readBigUInt64LE(at + 40));
    const offset = safeNumber(bytes.readBigUInt64LE(at + 48));
    if (
      agrees(end.count, ELSEWHERE_16, count) &&
      agrees(end.size, ELSEWHERE_32, size) &&
      agrees(end.offset, ELSEWHERE_32, offset)
    ) {
      if (bytes.readUInt32LE(at + 16) !== 0) throw broken("end", "it is one of several disks");
      return { count, size, offset, at };
    }
    break;
  }
  if (leavesOut && end.size === ELSEWHERE_32) throw broken("end", "its Zip64 end record is missing");
  return undefined;
}

/** The directory ends where the end record begins, whatever stands before the archive. */
function directoryAt(bytes: Buffer, { count, size, offset, at }: End): Directory {
  const start = at - size;
  if (start < 0 || start < offset) throw broken("end", "its directory lies outside of it");
  if (count * ENTRY_BYTES > size) throw broken("end", "its directory is too short for its entries");
  return { directory: bytes.subarray(start, at), shift: start - offset };
}

type Numbers = Pick<ZipEntry, "size" | "packedSize" | "offset">;

/** The Zip64 extra field holds, in this order, those of the three that do not fit their own fields. */
function wideNumbers(extra: Buffer, numbers: Numbers): Numbers {
  const { size, packedSize, offset } = numbers;
  if (size !== ELSEWHERE_32 && packedSize !== ELSEWHERE_32 && offset !== ELSEWHERE_32) return numbers;
  let found: Numbers | undefined;
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
    // Readers part over which of two counts.
    if (found !== undefined) throw broken("directory", "an entry has two Zip64 fields");
    found = { size: wide(size), packedSize: wide(packedSize), offset: wide(offset) };
  }
  return found ?? numbers;
}

/** Beyond every file it is no longer exact, and need not be. */
function safeNumber(value: bigint): number {
  return Number(value > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(Number.MAX_SAFE_INTEGER) : value);
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "contents.zip-broken", place, cause });
}
