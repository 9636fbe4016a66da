import { Problem } from "../../../../core/problem.ts";
import { bounds } from "../../bounds.ts";
import { adler32 } from "./adler32.ts";

/**
 * Reads rpm's own database format (`Packages.db`, NDB), as rpm's source describes it in lib/backend/ndb/rpmpkg.c.
 * Every number is little-endian. A header of two slots' size and one slot of 16 bytes for each package fill the first
 * pages; behind them the packages' headers lie in blobs, counted in blocks of 16 bytes:
 *
 * - header: `RpmP`, version, generation, number of slot pages, next package index, three unused
 * - slot: `Slot`, package index (0: free), first block, number of blocks
 * - blob: `BlbS`, package index, generation, length; the bytes, zeros up to the tail; Adler-32 of all that, the
 *   length again, `BlbE`
 */
export type NdbEntry = Buffer | { readonly fault: string };

const MAGIC = fourCharacters("RpmP");
const SLOT_MAGIC = fourCharacters("Slot");
const BLOB_START = fourCharacters("BlbS");
const BLOB_END = fourCharacters("BlbE");
const PAGE_BYTES = 4096;
const SLOT_BYTES = 16;
const HEADER_BYTES = 32;
const BLOCK_BYTES = 16;
const BLOB_HEAD_BYTES = 16;
const BLOB_TAIL_BYTES = 12;

/** As the little-endian number that it reads as. */
function fourCharacters(text: string): number {
  return Buffer.from(text, "latin1").readUInt32LE(0);
}

/**
 * The package headers in the order of their slots; of a blob that cannot be read, why not, as the end of a sentence
 * about it.
 *
 * @throws Problem `contents.ndb-broken`, kind input; what came before the broken place has been handed out
 */
export function* readNdb(bytes: Buffer): Generator<NdbEntry> {
  if (bytes.length < HEADER_BYTES) throw broken("header", `${bytes.length} bytes`);
  if (bytes.readUInt32LE(0) !== MAGIC) throw broken("header", "not an NDB database");
  const version = bytes.readUInt32LE(4);
  if (version !== 0) throw broken("header", `its version is ${version}`);
  const slotPages = bytes.readUInt32LE(12);
  const slotsEnd = slotPages * PAGE_BYTES;
  if (slotPages === 0) throw broken("header", "no pages of slots");

  const indexes = new Set<number>();
  let handedOut = 0;
  const readable = Math.min(slotsEnd, bytes.length - (bytes.length % SLOT_BYTES));
  for (let at = HEADER_BYTES; at < readable; at += SLOT_BYTES) {
    const place = `slot ${at / SLOT_BYTES}`;
    if (bytes.readUInt32LE(at) !== SLOT_MAGIC) throw broken(place, "does not begin as one");
    const index = bytes.readUInt32LE(at + 4);
    if (index === 0) continue;
    if (indexes.has(index)) throw broken(place, `package ${index} has a slot already`);
    indexes.add(index);
    if (indexes.size > bounds.packages) throw broken(place, `more than ${bounds.packages} packages`);
    const start = bytes.readUInt32LE(at + 8) * BLOCK_BYTES;
    const size = bytes.readUInt32LE(at + 12) * BLOCK_BYTES;
    handedOut += size;
    if (start < slotsEnd || start + size > bytes.length) {
      yield { fault: `lies outside the file (${place})` };
      continue;
    }
    // Blobs never overlap, so more bytes than the file has are a trick to be kept busy with.
    if (handedOut > bytes.length) throw broken(place, "its blobs ask for more bytes than the file has");
    yield readBlob(bytes.subarray(start, start + size), index, place);
  }
  if (readable < slotsEnd) throw broken(`slot ${readable / SLOT_BYTES}`, "the file ends before it: cut off");
}

function readBlob(blob: Buffer, index: number, place: string): NdbEntry {
  if (blob.length < BLOB_HEAD_BYTES + BLOB_TAIL_BYTES || blob.readUInt32LE(0) !== BLOB_START) {
    return { fault: `does not begin as one (${place})` };
  }
  if (blob.readUInt32LE(4) !== index) return { fault: `is of another package (${place})` };
  const length = blob.readUInt32LE(12);
  const blocks = Math.ceil((BLOB_HEAD_BYTES + length + BLOB_TAIL_BYTES) / BLOCK_BYTES);
  const tail = blob.length - BLOB_TAIL_BYTES;
  if (blocks * BLOCK_BYTES !== blob.length || blob.readUInt32LE(tail + 4) !== length) {
    return { fault: `is not of the length that it states (${place})` };
  }
  if (blob.readUInt32LE(tail + 8) !== BLOB_END) return { fault: `does not end as one (${place})` };
  if (adler32(blob.subarray(0, tail)) !== blob.readUInt32LE(tail)) return { fault: `has a wrong checksum (${place})` };
  return blob.subarray(BLOB_HEAD_BYTES, BLOB_HEAD_BYTES + length);
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "contents.ndb-broken", place, cause });
}
