/** Single objects by their ids: each pack's index is searched where the id would stand, and nothing is kept. */
import { hash } from "node:crypto";
import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { type GitObject, inflateBounded, LOOSE_HEADER_BYTES, looseHeader, looseObject } from "./deflated.ts";
import { applyDelta } from "./delta.ts";
import { HEADER_BYTES, type ObjectType, OFFSET_DELTA, REFERENCE_DELTA, readEntryHeader } from "./entry.ts";
import { names, readPart, readWhole, sizeOf } from "./files.ts";
import type { ObjectFormat } from "./model.ts";
import { openPackIndex, type SearchedIndex } from "./pack-search.ts";

export interface Lookup {
  /**
   * The object with that id, whose bytes have been hashed: who may write to the store cannot pass one for another.
   *
   * @param id - whole, in lower-case hex
   * @returns undefined where it is not there
   * @throws {Problem} where it is broken or over a bound
   */
  read(id: string): GitObject | undefined;
  /** Ids that begin so, at most two. @param start - at least two digits of lower-case hex */
  beginning(start: string): string[];
}

/** @param folders - of objects, those borrowed from included */
export function openLookup(folders: readonly string[], format: ObjectFormat): Lookup {
  const idBytes = format === "sha1" ? 20 : 32;
  const packs = folders.flatMap((folder) => packsOf(join(folder, "pack")));
  const indexes = new Map<string, SearchedIndex>();
  const indexOf = (path: string): SearchedIndex => {
    let index = indexes.get(path);
    if (index === undefined) {
      index = openPackIndex(`${path}.idx`, idBytes);
      indexes.set(path, index);
    }
    return index;
  };

  const broken = (id: string, cause: string): Problem =>
    new Problem({ kind: "input", code: "git.object-broken", place: `object ${id}`, cause });
  const over = (id: string): Problem => broken(id, `it exceeds the limit of ${bounds.gitObjectBytes} bytes`);

  const readLoose = (id: string): GitObject | undefined => {
    for (const folder of folders) {
      const path = join(folder, id.slice(0, 2), id.slice(2));
      const deflated = readWhole(path, bounds.gitObjectBytes + 64 * 1024);
      if (deflated === undefined) continue;
      const bytes = inflateBounded(deflated, bounds.gitObjectBytes + LOOSE_HEADER_BYTES);
      const object = bytes === undefined ? undefined : looseObject(bytes);
      if (object === undefined) throw broken(id, "its file is not a whole object");
      return object;
    }
    return undefined;
  };
  const packed = (id: string): { readonly path: string; readonly offset: number } | undefined => {
    for (const path of packs) {
      const offset = indexOf(path).offsetOf(Buffer.from(id, "hex"));
      if (offset !== undefined) return { path: `${path}.pack`, offset };
    }
    return undefined;
  };
  /** What lies there in a pack: an object, or a delta and where its base is. */
  const readEntry = (id: string, path: string, at: number): Entry => {
    const end = (sizeOf(path) ?? 0) - idBytes;
    if (at < PACK_HEADER || at >= end) throw broken(id, "not within its pack");
    const start = readPart(path, at, Math.min(HEADER_BYTES, end - at));
    const header = start === undefined ? undefined : readEntryHeader(start, idBytes);
    if (start === undefined || header === undefined) throw broken(id, "its header in the pack is broken");
    const { type, size, length, distance, baseIdAt } = header;
    if (size > bounds.gitObjectBytes) throw over(id);
    // What deflating can add to bytes that cannot be made smaller, and room beyond that.
    const most = Math.max(0, Math.min(end - at - length, size + (size >> 3) + SLACK));
    const bytes = inflateBounded(readPart(path, at + length, most) ?? Buffer.alloc(0), size);
    if (bytes?.length !== size) throw broken(id, "its deflated bytes are broken");
    if (type === OFFSET_DELTA) return { bytes, base: at - distance };
    if (type === REFERENCE_DELTA) return { bytes, base: start.toString("hex", baseIdAt, baseIdAt + idBytes) };
    return { bytes, type: type as ObjectType };
  };
  const readStored = (id: string): GitObject | undefined => {
    const deltas: Buffer[] = [];
    let object: GitObject | undefined;
    let place = packed(id);
    if (place === undefined) return readLoose(id);
    while (object === undefined) {
      const { type, bytes, base } = readEntry(id, place.path, place.offset);
      if (type !== undefined) {
        object = { type, bytes };
        break;
      }
      deltas.push(bytes);
      if (deltas.length > bounds.gitDeltaDepth) throw broken(id, "its deltas are too many or form a circle");
      if (typeof base === "number") place = { path: place.path, offset: base };
      else {
        const next = packed(base);
        if (next !== undefined) place = next;
        else object = readLoose(base);
        if (next === undefined && object === undefined) throw broken(id, "the base of its delta is missing");
      }
    }
    for (const delta of deltas.reverse()) {
      const bytes = applyDelta(object.bytes, delta);
      if (bytes === "over") throw over(id);
      if (bytes === undefined) throw broken(id, "its delta does not fit its base");
      object = { type: object.type, bytes };
    }
    return object;
  };
  return {
    read(id) {
      const object = readStored(id);
      if (object === undefined) return undefined;
      const bytes = Buffer.concat([Buffer.from(looseHeader(object), "latin1"), object.bytes]);
      if (hash(format, bytes, "hex") !== id) throw broken(id, "not what its id says");
      return object;
    },
    beginning(start) {
      const found = new Set<string>();
      for (const path of packs) for (const id of indexOf(path).beginning(start)) found.add(id);
      for (const folder of folders) {
        for (const rest of names(join(folder, start.slice(0, 2)))) {
          const id = start.slice(0, 2) + rest;
          if (id.length === idBytes * 2 && id.startsWith(start) && HEX.test(id)) found.add(id);
        }
      }
      return [...found].slice(0, 2);
    },
  };
}

type Entry =
  | { readonly bytes: Buffer; readonly type: ObjectType; readonly base?: never }
  | {
      readonly bytes: Buffer;
      readonly type?: never /** An offset in the same pack, or an id. */;
      readonly base: number | string;
    };

const HEX = /^[0-9a-f]+$/;
/** `PACK`, the version, how many objects. */
const PACK_HEADER = 12;
const SLACK = 1024;

/** Paths without their endings. */
function packsOf(folder: string): string[] {
  const found = names(folder).filter((name) => name.endsWith(".idx"));
  if (found.length <= bounds.gitPacks) return found.map((name) => join(folder, name.slice(0, -".idx".length)));
  const cause = `over ${bounds.gitPacks} packs`;
  throw new Problem({ kind: "input", code: "git.too-many-packs", place: folder, cause });
}
