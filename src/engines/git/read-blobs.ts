import { Problem } from "../../core/problem.ts";
import type { GitObject } from "./deflated.ts";
import { BLOB, type ObjectType } from "./entry.ts";
import type { Repository } from "./repository.ts";

/** One that was asked for, with its bytes. */
export interface ReadBlob {
  readonly number: number;
  readonly bytes: Buffer;
  /** The wanted one, told before, that it is a delta of; -1 where there is none. */
  readonly base: number;
  /** What both have in common, as of {@link applyDelta}; empty without a base, or where it is not asked for. */
  readonly copies: readonly number[];
}

/** Bytes of bases that wait for their further deltas, per pack. */
const HELD_BYTES = 64 * 1024 * 1024;

/**
 * Reads every wanted object, each inflated once: pack by pack, each base before all deltas upon it, as the bases lie.
 * What is broken, or no blob, is a gap.
 */
export function* readBlobs(
  repository: Repository,
  wanted: (number: number) => boolean,
  withCopies: boolean,
): Generator<ReadBlob, void> {
  const { stored, gaps } = repository;
  const total = stored.ids.count;
  const links: Links = {
    firstChild: new Int32Array(total).fill(-1),
    nextSibling: new Int32Array(total).fill(-1),
    state: new Uint8Array(total),
  };
  for (const sorted of stored.byOffset) yield* readPack(repository, sorted, wanted, links, withCopies);
  for (let number = 0; number < total; number++) {
    if ((stored.places[number] as number) >= 0 || !wanted(number)) continue;
    try {
      yield { number, bytes: blobBytes(repository, number, repository.objects.read(number)), base: -1, copies: [] };
    } catch (error) {
      gaps.caught(error);
    }
  }
}

/** The deltas of a pack turned round: from each base to what is made of it. Object numbers, -1 for none. */
interface Links {
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  readonly state: Uint8Array;
}

const LINKED = 1;
/** Begins a chain: it is no delta, or one upon something outside of the pack. */
const ROOT = 2;
/** Read, or told as a gap. */
const DONE = 4;

function* readPack(
  repository: Repository,
  sorted: Int32Array,
  wanted: (number: number) => boolean,
  links: Links,
  withCopies: boolean,
): Generator<ReadBlob, void> {
  const { stored, objects, gaps } = repository;
  const { firstChild, nextSibling, state } = links;
  const mark = (number: number, bit: number): void => {
    state[number] = (state[number] as number) | bit;
  };
  // From the end, so that the children of a base come out in the order of the pack.
  for (let n = sorted.length - 1; n >= 0; n--) {
    const start = sorted[n] as number;
    if (!wanted(start)) continue;
    try {
      for (let number = start; ((state[number] as number) & LINKED) === 0; ) {
        mark(number, LINKED);
        const base = objects.entry(number)?.base ?? -1;
        if (base === -1 || stored.places[base] !== stored.places[number]) {
          mark(number, ROOT);
          break;
        }
        nextSibling[number] = firstChild[base] as number;
        firstChild[base] = number;
        number = base;
      }
    } catch (error) {
      gaps.caught(error);
      mark(start, DONE);
    }
  }
  for (const root of sorted) {
    if (((state[root] as number) & ROOT) === 0) continue;
    for (const each of readChain(repository, root, links, withCopies)) {
      if (!wanted(each.number)) continue;
      mark(each.number, DONE);
      try {
        const { number, copies } = each;
        const base = each.base !== -1 && wanted(each.base) ? each.base : -1;
        yield { number, bytes: blobBytes(repository, number, each), base, copies: base === -1 ? [] : copies };
      } catch (error) {
        gaps.caught(error);
      }
    }
  }
  for (const number of sorted) {
    if (wanted(number) && ((state[number] as number) & DONE) === 0) {
      gaps.caught(broken(stored.ids.hex(number), "what its delta rests on is broken or forms a circle"));
    }
  }
}

interface Link extends GitObject {
  readonly number: number;
  readonly base: number;
  readonly copies: readonly number[];
}

/** The root and everything made of it. */
function* readChain(
  { objects, gaps }: Repository,
  root: number,
  { firstChild, nextSibling, state }: Links,
  withCopies: boolean,
): Generator<Link, void> {
  let type: ObjectType;
  const path: { readonly number: number; bytes: Buffer | undefined; child: number }[] = [];
  let held = 0;
  try {
    const object = objects.read(root);
    type = object.type;
    yield { number: root, ...object, base: -1, copies: [] };
    if (firstChild[root] === -1) return;
    path.push({ number: root, bytes: object.bytes, child: firstChild[root] as number });
    held += object.bytes.length;
  } catch (error) {
    gaps.caught(error);
    state[root] = (state[root] as number) | DONE;
    return;
  }
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const number = top.child;
    if (number === -1) {
      path.pop();
      held -= top.bytes?.length ?? 0;
      continue;
    }
    top.child = nextSibling[number] as number;
    try {
      if (top.bytes === undefined) {
        top.bytes = objects.read(top.number).bytes;
        held += top.bytes.length;
      }
      const copies: number[] = [];
      const bytes = objects.readDelta(number, top.bytes, withCopies ? copies : undefined);
      if (top.child === -1) {
        // Its last delta: nothing needs it any more, and most bases have but one.
        path.pop();
        held -= top.bytes.length;
      }
      yield { number, type, bytes, base: top.number, copies };
      if (firstChild[number] === -1) continue;
      path.push({ number, bytes, child: firstChild[number] as number });
      held += bytes.length;
      // Those farthest from their turn are forgotten; they can be read anew.
      for (let n = 0; held > HELD_BYTES && n < path.length - 1; n++) {
        const far = path[n] as { bytes: Buffer | undefined };
        held -= far.bytes?.length ?? 0;
        far.bytes = undefined;
      }
    } catch (error) {
      gaps.caught(error);
      state[number] = (state[number] as number) | DONE;
    }
  }
}

function blobBytes({ stored }: Repository, number: number, { type, bytes }: GitObject): Buffer {
  if (type !== BLOB) throw broken(stored.ids.hex(number), "named as a file, and is none");
  return bytes;
}

function broken(id: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "git.object-broken", place: `object ${id}`, cause });
}
