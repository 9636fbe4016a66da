import { Problem } from "../../core/problem.ts";

/** The index of a pack, versions 1 and 2 (gitformat-pack, "pack-*.idx files have the following format"). */
export interface PackIndex {
  readonly count: number;
  /** Ids lie in `bytes`, the nth at `idsAt + n * idStride`. */
  readonly bytes: Buffer;
  readonly idsAt: number;
  readonly idStride: number;
  /** Where the nth object begins in the pack. */
  readonly offsets: Float64Array;
  /** The pack's own checksum. */
  readonly packChecksum: Buffer;
}

const MAGIC = 0xff744f63;
const FANOUT = 256 * 4;

/** @throws {Problem} where it breaks the format */
export function readPackIndex(bytes: Buffer, idBytes: number, place: string): PackIndex {
  const broken = (cause: string): Problem => new Problem({ kind: "input", code: "git.index-broken", place, cause });
  if (bytes.length < FANOUT + 2 * idBytes) throw broken("too short");
  const packChecksum = bytes.subarray(bytes.length - 2 * idBytes, bytes.length - idBytes);
  if (bytes.readUInt32BE(0) !== MAGIC) {
    const count = bytes.readUInt32BE(FANOUT - 4);
    const idStride = idBytes + 4;
    if (bytes.length !== FANOUT + count * idStride + 2 * idBytes) throw broken("its length is not that of its count");
    const offsets = new Float64Array(count);
    for (let n = 0, at = FANOUT; n < count; n++, at += idStride) offsets[n] = bytes.readUInt32BE(at);
    return { count, bytes, idsAt: FANOUT + 4, idStride, offsets, packChecksum };
  }
  const version = bytes.readUInt32BE(4);
  if (version !== 2) throw broken(`its version ${version} is unknown`);
  if (bytes.length < 8 + FANOUT + 2 * idBytes) throw broken("too short");
  const count = bytes.readUInt32BE(8 + FANOUT - 4);
  const idsAt = 8 + FANOUT;
  // After the ids: a checksum of the packed bytes (4), then the offset (4).
  const offsetsAt = idsAt + count * (idBytes + 4);
  const largeAt = offsetsAt + count * 4;
  const large = (bytes.length - 2 * idBytes - largeAt) / 8;
  if (large < 0 || !Number.isInteger(large)) throw broken("its length is not that of its count");
  const offsets = new Float64Array(count);
  const stated = wordsOf(bytes, offsetsAt, count);
  for (let n = 0; n < count; n++) {
    const offset = stated[n] as number;
    if (offset < 0x80000000) {
      offsets[n] = offset;
      continue;
    }
    const which = offset - 0x80000000;
    if (which >= large) throw broken("names a large offset that it does not hold");
    const from = largeAt + which * 8;
    offsets[n] = bytes.readUInt32BE(from) * 0x100000000 + bytes.readUInt32BE(from + 4);
  }
  return { count, bytes, idsAt, idStride: idBytes, offsets, packChecksum };
}

/** Numbers of 32 bits, the highest byte first: all at once, for there is one for each object. */
function wordsOf(bytes: Buffer, at: number, count: number): Uint32Array {
  const words = new Uint32Array(count);
  const copy = Buffer.from(words.buffer);
  bytes.copy(copy, 0, at, at + copy.length);
  if (LITTLE_ENDIAN) copy.swap32();
  return words;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
