import { Problem } from "../../core/problem.ts";
import type { GitObject } from "./deflated.ts";
import { BLOB, type ObjectType } from "./entry.ts";
import { isRead, isRoot, type Links, linkPack, markRead, noLinks } from "./links.ts";
import type { Objects } from "./objects.ts";
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
  const { stored, objects, gaps } = repository;
  const total = stored.ids.count;
  const links = noLinks(total);
  const options = { withCopies, caught: gaps.caught };
  const take = taker(repository, wanted, links);
  for (const sorted of stored.byOffset) {
    linkPack(repository, sorted, wanted, links);
    for (let nth = 0; nth < sorted.length; nth++) {
      const root = sorted[nth] as number;
      if (!isRoot(links, root)) continue;
      if (links.firstChild[root] === -1) {
        // Of most roots nothing is made: there is nothing to go through.
        const only = readRoot(objects, root, links, options);
        const blob = only === undefined ? undefined : take(only);
        if (blob !== undefined) yield blob;
        continue;
      }
      for (const each of readChain(objects, root, links, options)) {
        const blob = take(each);
        if (blob !== undefined) yield blob;
      }
    }
    tellUnread(repository, sorted, wanted, links);
  }
  for (let number = 0; number < total; number++) {
    if ((stored.places[number] as number) >= 0 || !wanted(number)) continue;
    try {
      yield {
        number,
        bytes: blobBytes(repository, number, repository.objects.read(number, "once")),
        base: -1,
        copies: [],
      };
    } catch (error) {
      gaps.caught(error);
    }
  }
}

/** What was read and is wanted; else nothing, and where it is no blob a gap. */
function taker(
  repository: Repository,
  wanted: (number: number) => boolean,
  links: Links,
): (each: Link) => ReadBlob | undefined {
  return (each) => {
    const { number, copies } = each;
    if (!wanted(number)) return undefined;
    markRead(links, number);
    try {
      const base = each.base !== -1 && wanted(each.base) ? each.base : -1;
      return { number, bytes: blobBytes(repository, number, each), base, copies: base === -1 ? NONE : copies };
    } catch (error) {
      repository.gaps.caught(error);
      return undefined;
    }
  };
}

/** What of a pack was wanted, and no chain led to. */
export function tellUnread(
  { stored, gaps }: Repository,
  sorted: Int32Array,
  wanted: (number: number) => boolean,
  links: Links,
): void {
  for (let nth = 0; nth < sorted.length; nth++) {
    const number = sorted[nth] as number;
    if (wanted(number) && !isRead(links, number)) {
      gaps.caught(broken(stored.ids.hex(number), "what its delta rests on is broken or forms a circle"));
    }
  }
}

const NONE: readonly number[] = [];

interface Link extends GitObject {
  readonly number: number;
  readonly base: number;
  readonly copies: readonly number[];
}

interface ChainOptions {
  readonly withCopies: boolean;
  /** Gets what cannot be read. */
  readonly caught: (error: unknown) => void;
}

/** One on the way from a root, with the next that is made of it. Without bytes where they were forgotten. */
interface Step {
  readonly number: number;
  bytes: Buffer | undefined;
  child: number;
}

/** The root and everything made of it. */
export function readChain(objects: Objects, root: number, links: Links, options: ChainOptions): Iterable<Link> {
  const read = readRoot(objects, root, links, options);
  if (read === undefined) return [];
  const { type, bytes } = read;
  const child = links.firstChild[root] as number;
  return child === -1 ? [read] : readFrom(objects, type, [{ number: root, bytes, child }], links, options);
}

/** Undefined where it cannot be read. */
function readRoot(objects: Objects, root: number, links: Links, { caught }: ChainOptions): Link | undefined {
  try {
    const { type, bytes } = objects.read(root, "once");
    return rootOf({ number: root, bytes }, type);
  } catch (error) {
    caught(error);
    markRead(links, root);
    return undefined;
  }
}

function rootOf({ number, bytes }: { number: number; bytes: Buffer }, type: ObjectType): Link {
  return { number, type, bytes, base: -1, copies: NONE };
}

/** @param path - the root alone: nothing else holds on to its bytes */
function* readFrom(
  objects: Objects,
  type: ObjectType,
  path: [Step & { bytes: Buffer }, ...Step[]],
  links: Links,
  { withCopies, caught }: ChainOptions,
): Generator<Link, void> {
  const { firstChild, nextSibling } = links;
  let held = path[0].bytes.length;
  yield rootOf(path[0], type);
  for (let top: Step | undefined = path.at(-1); top !== undefined; top = path.at(-1)) {
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
      const copies: number[] | undefined = withCopies ? [] : undefined;
      const bytes = objects.readDelta(number, top.bytes, copies);
      if (top.child === -1) {
        // Its last delta: nothing needs it any more, and most bases have but one.
        path.pop();
        held -= top.bytes.length;
      }
      yield { number, type, bytes, base: top.number, copies: copies ?? NONE };
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
      caught(error);
      markRead(links, number);
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
