import { crc32, inflateRawSync } from "node:zlib";
import { createInflateAtOnce } from "../deflate/at-once.ts";
import { ELSEWHERE_32, ENTRY_BYTES, ENTRY_SIGNATURE, findDirectory, LOCAL_SIGNATURE, safeNumber } from "./directory.ts";
import type { ZipRules, ZipSource } from "./source.ts";

/**
 * Zip archives (PKWARE APPNOTE.TXT 6.3): entries by the central directory, stored or deflated, with Zip64. Refused:
 * encryption, other methods, several disks, and sizes or checksums that do not hold. What stands before the archive, a
 * script that starts it, is passed over, unless the rules are exact.
 */
export interface ZipEntry {
  readonly name: string;
  /** Bytes as stated; reading holds them to it. */
  readonly size: number;
  readonly packedSize: number;
  readonly method: number;
  readonly encrypted: boolean;
  /** CRC-32 of its bytes. */
  readonly checksum: number;
  /** Of its local header, in the archive. */
  readonly offset: number;
}

const LOCAL_BYTES = 30;
const ZIP64_FIELD = 0x0001;
const ENCRYPTED = 0x0001;
const STORED = 0;
const DEFLATED = 8;
/** Bytes of the directory that are read at once. */
const WINDOW_BYTES = 1024 * 1024;
/** Bytes that are inflated at once: the default is slow for large entries and wasteful for small ones. */
const INFLATE_CHUNK = 256 * 1024;

/** The entries in the directory's order; those before a broken place have been handed out when it is refused. */
export function* zipEntries(source: ZipSource, rules: ZipRules): Generator<ZipEntry> {
  const { start, end: last, count, shift } = findDirectory(source, rules);
  const broken = (cause: string): Error => rules.refuse({ place: "directory", cause });
  let window: Buffer = Buffer.alloc(0);
  let windowStart = start;
  let at = 0;
  /** Makes the window hold these bytes from `at` on. */
  const need = (bytes: number): boolean => {
    if (at + bytes <= window.length) return true;
    windowStart += at;
    at = 0;
    if (bytes > last - windowStart) return false;
    window = source.read(windowStart, Math.min(Math.max(WINDOW_BYTES, bytes), last - windowStart));
    return true;
  };
  let index = 0;
  // The directory's bytes count, not its stated number of entries.
  for (; need(ENTRY_BYTES); index++) {
    if (window.readUInt32LE(at) !== ENTRY_SIGNATURE) throw broken(`entry ${index} is broken`);
    if (index >= rules.entries) {
      throw rules.refuse({ place: "directory", cause: `it has more than ${rules.entries} entries`, over: true });
    }
    const nameBytes = window.readUInt16LE(at + 28);
    const extraBytes = window.readUInt16LE(at + 30);
    const entryBytes = ENTRY_BYTES + nameBytes + extraBytes + window.readUInt16LE(at + 32);
    if (!need(entryBytes)) throw broken(`entry ${index} runs over its end`);
    const nameEnd = at + ENTRY_BYTES + nameBytes;
    const numbers = wideNumbers(
      window.subarray(nameEnd, nameEnd + extraBytes),
      {
        size: window.readUInt32LE(at + 24),
        packedSize: window.readUInt32LE(at + 20),
        offset: window.readUInt32LE(at + 42),
      },
      broken,
    );
    yield {
      name: window.toString("utf8", at + ENTRY_BYTES, nameEnd),
      encrypted: (window.readUInt16LE(at + 8) & ENCRYPTED) !== 0,
      method: window.readUInt16LE(at + 10),
      checksum: window.readUInt32LE(at + 16),
      size: numbers.size,
      packedSize: numbers.packedSize,
      offset: numbers.offset + shift,
    };
    at += entryBytes;
  }
  if (windowStart + at !== last) throw broken(`${last - windowStart - at} bytes follow its last entry`);
  // More than the count says would be entries that nobody looks up.
  if (rules.exact === true && index !== count) throw broken("its directory is longer than its entries");
}

/**
 * An entry's content: of a stored one in memory a view, of a deflated one at most as many bytes as it states.
 *
 * @param into - memory that a deflated one may come to lie in
 */
export function readZipEntry(source: ZipSource, entry: ZipEntry, rules: ZipRules, into?: Buffer): Buffer {
  const { name: place, offset, size, packedSize } = entry;
  const broken = (cause: string): Error => rules.refuse({ place, cause });
  if (size > rules.entryBytes) throw rules.refuse({ place, cause: `it has ${size} bytes`, over: true });
  if (entry.encrypted) throw broken("it is encrypted");
  if (entry.method !== STORED && entry.method !== DEFLATED) throw broken(`its method is ${entry.method}`);
  if (offset < 0 || offset + LOCAL_BYTES > source.size) throw broken("its local header is missing");
  const local = source.read(offset, LOCAL_BYTES);
  if (local.readUInt32LE(0) !== LOCAL_SIGNATURE) throw broken("its local header is missing");
  const start = offset + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28);
  if (start + packedSize > source.size) throw broken("it lies outside of the archive");
  const packed = source.read(start, packedSize);
  const content = entry.method === STORED ? packed : inflate(packed, size, broken, into);
  if (content.length !== size) throw broken("it is not of the size that the directory states");
  if (crc32(content) !== entry.checksum) throw broken("its checksum does not hold");
  return content;
}

type Broken = (cause: string) => Error;

const inflateAtOnce = createInflateAtOnce("raw");

function inflate(packed: Buffer, size: number, broken: Broken, into: Buffer | undefined): Buffer {
  const whole = inflateAtOnce(packed, size, into);
  if (whole !== undefined) return whole;
  try {
    // One byte more than stated, so that a longer stream shows as such and never as a bomb.
    return inflateRawSync(packed, {
      maxOutputLength: size + 1,
      chunkSize: Math.min(INFLATE_CHUNK, Math.max(64, size + 1)),
    });
  } catch (error) {
    throw broken(`it cannot be inflated: ${(error as Error).message}`);
  }
}

type Numbers = Pick<ZipEntry, "size" | "packedSize" | "offset">;

/** The Zip64 extra field holds, in this order, those of the three that do not fit their own fields. */
function wideNumbers(extra: Buffer, numbers: Numbers, broken: Broken): Numbers {
  const { size, packedSize, offset } = numbers;
  if (size !== ELSEWHERE_32 && packedSize !== ELSEWHERE_32 && offset !== ELSEWHERE_32) return numbers;
  let found: Numbers | undefined;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== ZIP64_FIELD) continue;
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    let next = 0;
    const wide = (value: number): number => {
      if (value !== ELSEWHERE_32) return value;
      if (next + 8 > field.length) throw broken("a Zip64 field is too short");
      next += 8;
      return safeNumber(field.readBigUInt64LE(next - 8));
    };
    // Readers part over which of two counts.
    if (found !== undefined) throw broken("an entry has two Zip64 fields");
    found = { size: wide(size), packedSize: wide(packedSize), offset: wide(offset) };
  }
  return found ?? numbers;
}
