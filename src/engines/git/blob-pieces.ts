/** All blobs of a store, cut into pieces that threads read apart from each other. */

import { isEvidenceProblem } from "../../core/problem.ts";
import { BLOB } from "./entry.ts";
import type { Gaps } from "./gaps.ts";
import { sharedInts } from "./ids.ts";
import { isRoot, type Links, linkPack, markRead, noLinks } from "./links.ts";
import { readChain, tellUnread } from "./read-blobs.ts";
import type { Repository } from "./repository.ts";
import type { OpenStore } from "./shared-store.ts";

/** Plain data, in memory that threads share. */
export interface BlobPieces {
  /** Object number → 1 for a blob that is no copy of another one. */
  readonly blobs: Uint8Array;
  readonly links: Links;
  /** What chains of deltas begin with, in the order of the packs, and behind them files of their own. */
  readonly roots: Int32Array;
  /** The nth piece are the roots from `starts[n]` up to `starts[n + 1]`, with all that is made of them. */
  readonly starts: Int32Array;
  /** Pack → how many of the pieces are before its end; what comes behind the last are files of their own. */
  readonly packEnds: readonly number[];
}

/** Blobs of a piece, but for a chain that is longer. */
const BLOBS = 64;

/** @returns undefined where the way that an object is stored cannot be read: then one thread reads, and tells the gaps in order */
export function cutBlobs(repository: Repository): BlobPieces | undefined {
  const { stored, objects } = repository;
  const total = stored.ids.count;
  const blobs = new Uint8Array(new SharedArrayBuffer(total));
  const isBlob = (number: number): boolean => blobs[number] === 1;
  const links = noLinks(total);
  const cut = createCutter(total);
  try {
    for (let number = 0; number < total; number++) {
      if (stored.ids.first(number) === number && objects.typeOf(number) === BLOB) blobs[number] = 1;
    }
    const packEnds = stored.byOffset.map((sorted) => {
      linkPack({ stored, objects, gaps: NO_GAPS }, sorted, isBlob, links);
      for (let nth = 0; nth < sorted.length; nth++) {
        const root = sorted[nth] as number;
        if (isRoot(links, root)) cut.add(root, chainLength(links, root));
      }
      return cut.end();
    });
    for (let number = 0; number < total; number++) {
      if ((stored.places[number] as number) < 0 && isBlob(number)) cut.add(number, 1);
    }
    cut.end();
    return { blobs, links, packEnds, ...cut.pieces() };
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return undefined;
  }
}

const NO_GAPS: Gaps = {
  add: () => {},
  caught(error) {
    throw error;
  },
  list: () => [],
};

function createCutter(objects: number) {
  const roots = sharedInts(objects);
  const starts = [0];
  let count = 0;
  let waiting = 0;
  const end = (): number => {
    if (count > (starts.at(-1) as number)) starts.push(count);
    waiting = 0;
    return starts.length - 1;
  };
  return {
    add(root: number, blobs: number): void {
      roots[count++] = root;
      waiting += blobs;
      if (waiting >= BLOBS) end();
    },
    /** Nothing that follows is of the same piece. @returns how many pieces there are */
    end,
    pieces: () => ({
      roots: roots.subarray(0, count),
      starts: sharedInts(starts.length).map((_, n) => starts[n] as number),
    }),
  };
}

function chainLength(links: Links, root: number): number {
  let length = 0;
  for (const _ of chainOf(links, root)) length += 1;
  return length;
}

function* chainOf({ firstChild, nextSibling }: Links, root: number): Generator<number, void> {
  const waiting = [root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    yield number;
    for (let child = firstChild[number] as number; child !== -1; child = nextSibling[child] as number) {
      waiting.push(child);
    }
  }
}

export function pieceCount({ starts }: BlobPieces): number {
  return starts.length - 1;
}

/** Numbers of the blobs of a piece, in any order. */
export function* numbersOf({ links, roots, starts, blobs }: BlobPieces, piece: number): Generator<number, void> {
  for (let at = starts[piece] as number; at < (starts[piece + 1] as number); at++) {
    for (const number of chainOf(links, roots[at] as number)) if (blobs[number] === 1) yield number;
  }
}

/**
 * Reads the blobs of a piece, in the order of {@link readBlobs}.
 *
 * @param caught - gets what cannot be read
 */
export function* readPiece(
  { stored, objects }: Pick<OpenStore, "stored" | "objects">,
  { links, roots, starts, blobs }: BlobPieces,
  piece: number,
  caught: (error: unknown) => void,
): Generator<{ readonly number: number; readonly bytes: Buffer }, void> {
  for (let at = starts[piece] as number; at < (starts[piece + 1] as number); at++) {
    const root = roots[at] as number;
    if ((stored.places[root] as number) < 0) {
      try {
        yield { number: root, bytes: objects.read(root, "once").bytes };
      } catch (error) {
        caught(error);
      }
      continue;
    }
    for (const { number, bytes } of readChain(objects, root, links, { withCopies: false, caught })) {
      if (blobs[number] !== 1) continue;
      markRead(links, number);
      yield { number, bytes };
    }
  }
}

/** Tells as gaps what of a pack no piece led to. */
export function tellUnreadOf(repository: Repository, pieces: BlobPieces, pack: number): void {
  const sorted = repository.stored.byOffset[pack] as Int32Array;
  tellUnread(repository, sorted, (number) => pieces.blobs[number] === 1, pieces.links);
}
