import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { readPart, sizeOf } from "./files.ts";

/** The index of a pack, version 2 (gitformat-pack), of which only those ids are read that begin with the byte looked for. */
export interface SearchedIndex {
  /** Where the object begins in the pack; undefined where the pack has it not. */
  offsetOf(id: Buffer): number | undefined;
  /** Ids that begin so, at most two. @param start - at least two digits of lower-case hex */
  beginning(start: string): string[];
}

const MAGIC = 0xff744f63;
const FANOUT_AT = 8;
const FANOUT_BYTES = 256 * 4;
const IDS_AT = FANOUT_AT + FANOUT_BYTES;

/** @throws {Problem} `git.index-broken`, also for the first version, which git has not written since 2008 */
export function openPackIndex(path: string, idBytes: number): SearchedIndex {
  const broken = (cause: string): Problem =>
    new Problem({ kind: "input", code: "git.index-broken", place: path, cause });
  const size = sizeOf(path);
  if (size === undefined) throw broken("gone");
  const read = (from: number, length: number): Buffer => {
    const bytes = readPart(path, from, length);
    if (bytes === undefined) throw broken("too short");
    return bytes;
  };
  const start = read(0, IDS_AT);
  if (start.readUInt32BE(0) !== MAGIC || start.readUInt32BE(4) !== 2) throw broken("of no version read here");
  const upTo = (byte: number): number => (byte < 0 ? 0 : start.readUInt32BE(FANOUT_AT + byte * 4));
  for (let byte = 0; byte < 256; byte++) if (upTo(byte) < upTo(byte - 1)) throw broken("its counts go back");
  const count = upTo(255);
  if (count > bounds.gitObjects) throw broken(`over ${bounds.gitObjects} objects`);
  const offsetsAt = IDS_AT + count * (idBytes + 4);
  const largeAt = offsetsAt + count * 4;
  const large = (size - 2 * idBytes - largeAt) / 8;
  if (large < 0 || !Number.isInteger(large)) throw broken("its length is not that of its count");

  const idsOf = (byte: number): { readonly first: number; readonly ids: Buffer } => {
    const first = upTo(byte - 1);
    return { first, ids: read(IDS_AT + first * idBytes, (upTo(byte) - first) * idBytes) };
  };
  /** Which of them is the first that is not before `id`. */
  const placeOf = (ids: Buffer, id: Buffer): number => {
    let low = 0;
    let high = ids.length / idBytes;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ids.compare(id, 0, id.length, middle * idBytes, middle * idBytes + id.length) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    offsetOf(id) {
      const { first, ids } = idsOf(id[0] as number);
      const nth = placeOf(ids, id);
      if (!ids.subarray(nth * idBytes, (nth + 1) * idBytes).equals(id)) return undefined;
      const offset = read(offsetsAt + (first + nth) * 4, 4).readUInt32BE(0);
      if (offset < 0x80000000) return offset;
      if (offset - 0x80000000 >= large) throw broken("names a large offset that it does not hold");
      const bytes = read(largeAt + (offset - 0x80000000) * 8, 8);
      return bytes.readUInt32BE(0) * 0x100000000 + bytes.readUInt32BE(4);
    },
    beginning(start) {
      const { ids } = idsOf(Number.parseInt(start.slice(0, 2), 16));
      const found: string[] = [];
      const from = placeOf(ids, Buffer.from(start.padEnd(idBytes * 2, "0"), "hex"));
      for (let nth = from; found.length < 2 && nth < ids.length / idBytes; nth++) {
        const id = ids.toString("hex", nth * idBytes, (nth + 1) * idBytes);
        if (!id.startsWith(start)) break;
        found.push(id);
      }
      return found;
    },
  };
}
