import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { names, readWhole } from "./files.ts";
import type { Gaps } from "./gaps.ts";
import { createIds, type Ids, sharedInts } from "./ids.ts";
import { openPackBytes, type PackBytes } from "./pack-bytes.ts";
import { type PackIndex, readPackIndex } from "./pack-index.ts";

/** Where every object of a repository lies. An object has a number; copies of it have further ones. */
export interface Stored extends StoredPlaces {
  readonly ids: Ids;
  readonly packs: PackBytes;
}

/** What of it is plain data; the arrays are in memory that threads share. */
export interface StoredPlaces {
  /** Number → index into `packPaths`, or `-1 - n` for a file of its own in the nth folder of objects. */
  readonly places: Int32Array;
  /** Number → offset in the pack, and the end of its bytes there. */
  readonly offsets: Float64Array;
  readonly ends: Float64Array;
  readonly packPaths: readonly string[];
  readonly folders: readonly string[];
  /** Per pack its numbers by offset. */
  readonly byOffset: readonly Int32Array[];
  /** Some pack came from a remote that promised what is missing (`.promisor`). */
  readonly promised: boolean;
}

interface FoundPack {
  readonly path: string;
  readonly index: PackIndex;
}

/** @param folders - the repository's own `objects` first, then those it borrows from */
export function findObjects(folders: readonly string[], idBytes: number, gaps: Gaps): Stored {
  const packs: FoundPack[] = [];
  const loose: { readonly folder: number; readonly id: string }[] = [];
  let promised = false;
  let total = 0;
  const room = (more: number, place: string): void => {
    total += more;
    if (total <= bounds.gitObjects) return;
    const cause = `over ${bounds.gitObjects} objects`;
    throw new Problem({ kind: "input", code: "git.too-many-objects", place, cause });
  };
  for (const [folder, path] of folders.entries()) {
    const packFolder = join(path, "pack");
    for (const name of listed(packFolder, gaps)) {
      if (name.endsWith(".promisor")) promised = true;
      if (!name.endsWith(".idx")) continue;
      if (packs.length === bounds.gitPacks) {
        gaps.add({ code: "git.too-many-packs", place: packFolder, reason: `over ${bounds.gitPacks} packs` });
        break;
      }
      const pack = readPack(join(packFolder, name), idBytes, gaps);
      if (pack === undefined) continue;
      room(pack.index.count, packFolder);
      packs.push(pack);
    }
    for (const start of listed(path, gaps)) {
      if (!/^[0-9a-f]{2}$/.test(start)) continue;
      const ids = listed(join(path, start), gaps)
        .map((rest) => start + rest)
        .filter((id) => id.length === idBytes * 2 && /^[0-9a-f]+$/.test(id));
      room(ids.length, path);
      for (const id of ids) loose.push({ folder, id });
    }
  }
  return arrange(folders, packs, loose, idBytes, promised, total, gaps);
}

function listed(path: string, gaps: Gaps): string[] {
  try {
    return names(path);
  } catch (error) {
    gaps.caught(error);
    return [];
  }
}

/** Undefined, and a gap, where the index or the pack is broken. */
function readPack(indexPath: string, idBytes: number, gaps: Gaps): FoundPack | undefined {
  try {
    const bytes = readWhole(indexPath, bounds.gitIndexBytes);
    if (bytes === undefined) return undefined;
    const index = readPackIndex(bytes, idBytes, indexPath);
    return { path: `${indexPath.slice(0, -".idx".length)}.pack`, index };
  } catch (error) {
    gaps.caught(error);
    return undefined;
  }
}

function arrange(
  folders: readonly string[],
  found: readonly FoundPack[],
  loose: readonly { readonly folder: number; readonly id: string }[],
  idBytes: number,
  promised: boolean,
  total: number,
  gaps: Gaps,
): Stored {
  const ids = createIds(idBytes, total);
  const places = sharedInts(total);
  const offsets = new Float64Array(new SharedArrayBuffer(total * Float64Array.BYTES_PER_ELEMENT));
  const ends = new Float64Array(new SharedArrayBuffer(total * Float64Array.BYTES_PER_ELEMENT));
  const packPaths = found.map(({ path }) => path);
  const packs = openPackBytes(packPaths);
  const byOffset = found.map(({ index }, pack) => {
    const start = ids.count;
    for (let n = 0; n < index.count; n++) ids.add(index.bytes, index.idsAt + n * index.idStride);
    places.fill(pack, start, ids.count);
    offsets.set(index.offsets, start);
    const sorted = sortedByOffset(index.offsets, start);
    let end = packEnd(packs, pack, index, packPaths[pack] as string, gaps);
    for (let n = sorted.length - 1, next = end; n >= 0; n--) {
      const number = sorted[n] as number;
      const offset = offsets[number] as number;
      // Two that claim one offset end where the next one begins.
      if (offset < next) {
        end = next;
        next = offset;
      }
      ends[number] = end;
    }
    return sorted;
  });
  for (const { folder, id } of loose) places[ids.add(Buffer.from(id, "hex"), 0)] = -1 - folder;
  return { ids, places, offsets, ends, packPaths, folders, byOffset, packs, promised };
}

/** Where its checksum begins; 0, and a gap, where the pack is not the index's: its objects then all count as broken. */
function packEnd(packs: PackBytes, pack: number, index: PackIndex, place: string, gaps: Gaps): number {
  const checksum = index.packChecksum.length;
  try {
    const end = packs.size(pack) - checksum;
    if (end < PACK_HEADER) throw brokenPack(place, "too short");
    const header = packs.read(pack, 0, PACK_HEADER);
    const version = header.readUInt32BE(4);
    if (header.toString("latin1", 0, 4) !== "PACK" || (version !== 2 && version !== 3)) {
      throw brokenPack(place, "does not begin as a pack of version 2 or 3 does");
    }
    if (!packs.read(pack, end, end + checksum).equals(index.packChecksum)) {
      throw brokenPack(place, "its index is that of another pack");
    }
    return end;
  } catch (error) {
    gaps.caught(error);
    return 0;
  }
}

/** `PACK`, the version, how many objects. */
const PACK_HEADER = 12;

function brokenPack(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "git.pack-broken", place, cause });
}

function sortedByOffset(offsets: Float64Array, start: number): Int32Array {
  const count = offsets.length;
  const sorted = sharedInts(count);
  const largest = offsets.reduce((most, offset) => Math.max(most, offset), 0);
  if ((largest + 1) * count < Number.MAX_SAFE_INTEGER) {
    // Offset and place in one number each: sorting numbers is many times faster than calling back.
    const keys = offsets.map((offset, n) => offset * count + n).sort();
    for (let n = 0; n < count; n++) sorted[n] = start + ((keys[n] as number) % count);
    return sorted;
  }
  for (let n = 0; n < count; n++) sorted[n] = n;
  return sorted.sort((left, right) => (offsets[left] as number) - (offsets[right] as number)).map((n) => start + n);
}
