/**
 * Where the directory of a zip archive is: found as Java's class loader finds it (java.util.zip.ZipFile, `findEND` and
 * `initCEN`), which is more forgiving than the format: bytes may follow the archive, and the stated count of entries does
 * not matter. An archive that Java opens is one that runs, so each of these differences would be a place to hide in.
 */
import type { ZipRules, ZipSource } from "./source.ts";

export const ENTRY_SIGNATURE = 0x02014b50;
export const ENTRY_BYTES = 46;
export const LOCAL_SIGNATURE = 0x04034b50;
/** What a field says when its value stands in the Zip64 record. */
const ELSEWHERE_16 = 0xffff;
export const ELSEWHERE_32 = 0xffffffff;

const END_SIGNATURE = Buffer.from("PK\x05\x06", "latin1");
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const LOCATOR64_SIGNATURE = 0x07064b50;
const LOCATOR64_BYTES = 20;
const END64_SIGNATURE = 0x06064b50;
const END64_BYTES = 56;

export interface Directory {
  readonly start: number;
  readonly end: number;
  /** As stated. */
  readonly count: number;
  /** What is to be added to stated offsets: the bytes before the archive, where its writer did not count them. */
  readonly shift: number;
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

export function findDirectory(source: ZipSource, rules: ZipRules): Directory {
  const end = findEnd(source, rules);
  if (end === undefined) throw broken(rules, "it has no end record, so it is no zip archive or was cut off");
  const directory = directoryAt(wideEnd(source, end, rules) ?? narrowEnd(source, end, rules), rules);
  if (rules.exact === true && directory.shift !== 0) throw broken(rules, "something stands before the archive");
  return directory;
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
function findEnd(source: ZipSource, rules: ZipRules): End | undefined {
  const { size: length } = source;
  const least = Math.max(0, length - END_BYTES - LONGEST_COMMENT) - LOOK_STEP;
  const steps = Math.floor((length - LOOK_BYTES - least) / LOOK_STEP);
  const first = Math.max(0, length - LOOK_BYTES - steps * LOOK_STEP);
  const tail = source.read(first, length - first);
  for (let from = tail.length - END_BYTES; from >= 0; ) {
    const found = tail.lastIndexOf(END_SIGNATURE, from);
    if (found < 0) return undefined;
    from = found - 1;
    const at = first + found;
    const size = tail.readUInt32LE(found + 12);
    const offset = tail.readUInt32LE(found + 16);
    const end = at + END_BYTES + tail.readUInt16LE(found + 20);
    if (end !== length) {
      if (rules.exact === true) continue;
      const directory = at - size;
      const archive = directory - offset;
      if (archive < 0 || numberAt(source, directory) !== ENTRY_SIGNATURE) continue;
      if (numberAt(source, archive) !== LOCAL_SIGNATURE) continue;
      if (end > length) throw broken(rules, "its comment runs over its end");
    }
    return { count: tail.readUInt16LE(found + 10), size, offset, at };
  }
  return undefined;
}

function numberAt(source: ZipSource, offset: number): number {
  return source.read(offset, 4).readUInt32LE(0);
}

/** Where it says, or right before its locator, which is the same unless something stands before the archive. */
function narrowEnd(source: ZipSource, end: End, rules: ZipRules): End {
  if (source.read(end.at, END_BYTES).readUInt16LE(4) !== 0) throw broken(rules, SEVERAL_DISKS);
  return end;
}

/** Whether a value of an end record leaves it to the Zip64 record, or says the same. */
function agrees(narrow: number, elsewhere: number, wide: number): boolean {
  return narrow === elsewhere || narrow === wide;
}

/**
 * What the Zip64 end record says, if it counts: one that contradicts the end record does not, for Java. Undefined where
 * there is none: then the end record's values are what they say.
 */
function wideEnd(source: ZipSource, end: End, rules: ZipRules): End | undefined {
  const locatorAt = end.at - LOCATOR64_BYTES;
  if (locatorAt < 0) return undefined;
  const locator = source.read(locatorAt, LOCATOR64_BYTES);
  if (locator.readUInt32LE(0) !== LOCATOR64_SIGNATURE) return undefined;
  const leavesOut = end.count === ELSEWHERE_16 || end.size === ELSEWHERE_32 || end.offset === ELSEWHERE_32;
  // Right before its locator it is where something stands before the archive. Java does not look there, and refuses
  // the archive then if the end record leaves a value to it.
  const places = [safeNumber(locator.readBigUInt64LE(8)), ...(leavesOut ? [locatorAt - END64_BYTES] : [])];
  for (const at of places) {
    if (at < 0 || at + END64_BYTES > source.size) continue;
    const record = source.read(at, END64_BYTES);
    if (record.readUInt32LE(0) !== END64_SIGNATURE) continue;
    const count = safeNumber(record.readBigUInt64LE(32));
    const size = safeNumber(record.readBigUInt64LE(40));
    const offset = safeNumber(record.readBigUInt64LE(48));
    if (
      agrees(end.count, ELSEWHERE_16, count) &&
      agrees(end.size, ELSEWHERE_32, size) &&
      agrees(end.offset, ELSEWHERE_32, offset)
    ) {
      if (record.readUInt32LE(16) !== 0) throw broken(rules, SEVERAL_DISKS);
      return { count, size, offset, at };
    }
    break;
  }
  if (leavesOut && (rules.exact === true || end.size === ELSEWHERE_32)) {
    throw broken(rules, "its Zip64 end record is missing");
  }
  return undefined;
}

const SEVERAL_DISKS = "it is one of several disks";

/** The directory ends where the end record begins, whatever stands before the archive. */
function directoryAt({ count, size, offset, at }: End, rules: ZipRules): Directory {
  const start = at - size;
  if (start < 0 || start < offset) throw broken(rules, "its directory lies outside of it");
  if (size > rules.directoryBytes)
    throw rules.refuse({ place: "end", cause: "its directory is too large", over: true });
  if (count * ENTRY_BYTES > size) throw broken(rules, "its directory is too short for its entries");
  return { start, end: at, count, shift: start - offset };
}

/** Beyond every file it is no longer exact, and need not be. */
export function safeNumber(value: bigint): number {
  return Number(value > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(Number.MAX_SAFE_INTEGER) : value);
}

function broken(rules: ZipRules, cause: string): Error {
  return rules.refuse({ place: "end", cause });
}
