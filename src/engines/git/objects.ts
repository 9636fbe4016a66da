import { hash } from "node:crypto";
import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import {
  type GitObject,
  inflateBounded,
  inflateForNow,
  LOOSE_HEADER_BYTES,
  looseObject,
  patchSmall,
} from "./deflated.ts";
import { applyDelta } from "./delta.ts";
import { HEADER_BYTES, type ObjectType, OFFSET_DELTA, REFERENCE_DELTA, readEntryHeader, TAG } from "./entry.ts";
import { readWhole } from "./files.ts";
import type { ObjectFormat } from "./model.ts";
import type { Stored } from "./stored.ts";

/** Reads objects by their numbers. */
export interface Objects {
  /**
   * @param once - nobody will ask for it again soon: what it rests on is kept, and not it
   * @throws {Problem} where the object is broken or over a bound; the place names it
   */
  read(number: number, once?: "once"): GitObject;
  /** As {@link read}, without its bytes where the type alone is asked for. */
  typeOf(number: number): ObjectType;
  /** The number of the object that it is a delta of, or -1. @throws {Problem} where that cannot be told */
  baseOf(number: number): number;
  /** The object that a delta makes of its base, which whoever calls has at hand; `copies` as of {@link applyDelta}. */
  readDelta(number: number, base: Buffer, copies?: number[]): Buffer;
  /** Inflated so far, in bytes. */
  readonly inflated: number;
  /** Adds what another thread inflated of the same repository. @throws {Problem} where it is too much for one reading */
  countElsewhere(bytes: number): void;
}

/** With 64 MB no more than a ten-thousandth less of a history of 10,000 commits is inflated. */
const CACHE_BYTES = 24 * 1024 * 1024;

export function readObjects(stored: Stored, format: ObjectFormat): Objects {
  const { ids, places, offsets, ends, packs, folders } = stored;
  const idBytes = format === "sha1" ? 20 : 32;
  const cache = recentlyUsed(CACHE_BYTES);
  /** Those that are known; 0 else. */
  const types = new Uint8Array(ids.count);
  let inflated = 0;

  const broken = (number: number, cause: string): Problem =>
    new Problem({ kind: "input", code: "git.object-broken", place: `object ${ids.hex(number)}`, cause });
  const over = (number: number): Problem =>
    new Problem({
      kind: "input",
      code: "git.object-over",
      place: `object ${ids.hex(number)}`,
      cause: `it exceeds the limit of ${bounds.gitObjectBytes} bytes`,
    });
  const count = (bytes: number): void => {
    inflated += bytes;
    if (inflated <= bounds.gitHistoryBytes) return;
    throw new Problem({
      kind: "input",
      code: "git.history-over",
      place: "the repository",
      cause: `its objects exceed the limit of ${bounds.gitHistoryBytes} bytes`,
    });
  };

  const known = noHeaders(ids.count);
  /** Reads the header of one in a pack, where that was not done before, and finds its base. */
  const look = (number: number): void => {
    if (known.types[number] !== 0) return;
    const pack = places[number] as number;
    const start = offsets[number] as number;
    const end = Math.min(ends[number] as number, start + HEADER_BYTES);
    if (start < 12 || end <= start) throw broken(number, "its pack ends before it");
    const from = packs.hold(pack, start, end);
    const { held } = packs;
    const header = readEntryHeader(held, idBytes, from, from + end - start);
    if (header === undefined) throw broken(number, "its header in the pack is broken");
    const { type, distance, baseIdAt } = header;
    let base = -1;
    if (type === REFERENCE_DELTA) base = ids.find(held, baseIdAt);
    else if (type === OFFSET_DELTA) base = atOffset(stored.byOffset[pack] as Int32Array, offsets, start - distance);
    known.sizes[number] = header.size;
    known.lengths[number] = header.length;
    known.bases[number] = base;
    known.types[number] = type;
  };
  const isDelta = (number: number): boolean => {
    look(number);
    return (known.types[number] as number) > TAG;
  };
  const baseOf = (number: number): number => {
    if ((places[number] as number) < 0 || !isDelta(number)) return -1;
    const base = known.bases[number] as number;
    if (base === -1) throw broken(number, "the base of its delta is missing");
    return base;
  };
  const deflated = (number: number): Uint8Array => {
    const start = (offsets[number] as number) + (known.lengths[number] as number);
    return packs.bare(places[number] as number, start, ends[number] as number);
  };
  /** The object itself; or its delta, of which the bytes are valid until the next one. */
  const inflateEntry = (number: number): Buffer => {
    const size = known.sizes[number] as number;
    if (size > bounds.gitObjectBytes) throw over(number);
    count(size);
    const inflate = (known.types[number] as number) > TAG ? inflateForNow : inflateBounded;
    const bytes = inflate(deflated(number), size);
    if (bytes?.length !== size) throw broken(number, "its deflated bytes are broken");
    return bytes;
  };
  const patched = (number: number, base: Buffer, copies?: number[]): Buffer => {
    const size = known.sizes[number] as number;
    const small = copies === undefined ? patchSmall(deflated(number), size, base) : undefined;
    if (small !== undefined) {
      count(size + small.length);
      return small;
    }
    const result = applyDelta(base, inflateEntry(number), copies);
    if (result === "over") throw over(number);
    if (result === undefined) throw broken(number, "its delta does not fit its base");
    count(result.length);
    return result;
  };
  const readLoose = (number: number): GitObject => {
    const id = ids.hex(number);
    const path = join(folders[-1 - (places[number] as number)] as string, id.slice(0, 2), id.slice(2));
    const deflated = readWhole(path, bounds.gitObjectBytes + 64 * 1024);
    if (deflated === undefined) throw broken(number, "its file is gone");
    const bytes = inflateBounded(deflated, bounds.gitObjectBytes + LOOSE_HEADER_BYTES);
    if (bytes === undefined) throw broken(number, "its deflated bytes are broken or exceed the limit");
    count(bytes.length);
    const object = looseObject(bytes);
    if (object === undefined || hash(format, bytes, "hex") !== id) throw broken(number, "not what its id says");
    return object;
  };
  return {
    get inflated() {
      return inflated;
    },
    read(number, once) {
      const keep = (at: number, object: GitObject): void => {
        if (once === undefined || at !== number) cache.set(at, object);
      };
      let object = cache.get(number);
      if (object !== undefined) return object;
      const chain: number[] = [];
      for (let at = number; object === undefined; ) {
        if ((places[at] as number) < 0) object = readLoose(at);
        else {
          const base = baseOf(at);
          if (base === -1) object = { type: known.types[at] as ObjectType, bytes: inflateEntry(at) };
          else {
            chain.push(at);
            if (chain.length > bounds.gitDeltaDepth) throw broken(number, "its deltas are too many or form a circle");
            at = base;
            object = cache.get(at);
            continue;
          }
        }
        keep(at, object);
      }
      for (let nth = chain.length - 1; nth >= 0; nth--) {
        const at = chain[nth] as number;
        object = { type: object.type, bytes: patched(at, object.bytes) };
        keep(at, object);
      }
      return object;
    },
    typeOf(number) {
      let type = types[number] as number;
      if (type !== 0) return type as ObjectType;
      if ((places[number] as number) >= 0 && !isDelta(number)) {
        type = known.types[number] as number;
        types[number] = type;
        return type as ObjectType;
      }
      const chain: number[] = [];
      for (let at = number; type === 0; ) {
        chain.push(at);
        if (chain.length > bounds.gitDeltaDepth) throw broken(number, "its deltas are too many or form a circle");
        if ((places[at] as number) < 0) type = readLoose(at).type;
        else {
          const base = baseOf(at);
          if (base === -1) type = known.types[at] as number;
          else {
            at = base;
            type = types[at] as number;
          }
        }
      }
      for (const at of chain) types[at] = type;
      return type as ObjectType;
    },
    baseOf,
    countElsewhere: count,
    readDelta(number, base, copies) {
      look(number);
      return patched(number, base, copies);
    },
  };
}

/** What headers in packs say, by the numbers of objects: each is read once. */
function noHeaders(objects: number) {
  return {
    /** As in the pack; 0 where it was not read. */
    types: new Uint8Array(objects),
    sizes: new Float64Array(objects),
    lengths: new Uint8Array(objects),
    /** -1 for none, and where it is missing. */
    bases: new Int32Array(objects),
  };
}

/** The number whose bytes begin there, or -1. */
function atOffset(sorted: Int32Array, offsets: Float64Array, offset: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const number = sorted[middle] as number;
    const there = offsets[number] as number;
    if (there === offset) return number;
    if (there < offset) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Objects by number, the least recently used forgotten first. */
function recentlyUsed(maxBytes: number): {
  get(number: number): GitObject | undefined;
  set(number: number, object: GitObject): void;
} {
  /** Not in order of use: a Map whose keys move to its end with every use is several times slower. */
  const kept = new Map<number, { readonly object: GitObject; used: number }>();
  let bytes = 0;
  let clock = 0;
  /** @returns when the last of them was used */
  const oldestQuarter = (): number => {
    const uses = new Float64Array(kept.size);
    let count = 0;
    kept.forEach(({ used }) => {
      uses[count++] = used;
    });
    return uses.sort()[count >> 2] as number;
  };
  const forgetUntil = (last: number): void => {
    kept.forEach(({ object, used }, number) => {
      if (used > last) return;
      kept.delete(number);
      bytes -= object.bytes.length + ENTRY_OVERHEAD;
    });
  };
  return {
    get(number) {
      const known = kept.get(number);
      if (known === undefined) return undefined;
      known.used = ++clock;
      return known.object;
    },
    set(number, object) {
      if (object.bytes.length > maxBytes / 2 || kept.has(number)) return;
      kept.set(number, { object, used: ++clock });
      bytes += object.bytes.length + ENTRY_OVERHEAD;
      if (bytes <= maxBytes) return;
      // Many at once, for what was used when has to be put in order.
      while (bytes > maxBytes * 0.75) forgetUntil(oldestQuarter());
    },
  };
}

const ENTRY_OVERHEAD = 256;
