/**
 * Keywords in contents that resemble the one before, as the versions of a file do: what both have in common was looked at
 * already. What is found is what the automaton alone finds. What keywords led to is remembered too where it came to
 * nothing, as it nearly always does.
 */
import type { Automaton } from "./automaton.ts";
import { noneUnchanged } from "./unchanged.ts";

/** As of {@link Automaton}. */
export type FindKeywords = (
  bytes: Buffer,
  from: number,
  to: number,
  hit: (keyword: number, start: number) => void,
) => void;

export interface SimilarFinder {
  readonly find: FindKeywords;
  /**
   * Whether the same was looked for in the same bytes of the content before, and not found. Asked while `find` tells of
   * keywords, or behind it.
   *
   * @param what - is looked for: any number
   * @param from - of the bytes that decide; before it only what is on the same line
   */
  isQuiet(what: number, from: number, to: number): boolean;
  /** It was not found. */
  noteQuiet(what: number, from: number, to: number): void;
  /** The same for what is looked for at one place alone, by whatever bytes decide: those between two offsets. */
  isQuietAt(at: number): boolean;
  noteQuietAt(at: number, from: number, to: number): void;
  /** Bytes that are kept, about. */
  kept: number;
}

/** What is longer is looked at anew, and not kept. */
const LONGEST = 4 * 1024 * 1024;
/** Looks of the content before that are gone through for one; it is tried anew where that is not enough. */
const TRIED = 32;

/**
 * Numbers, of which as many count as it says: it is written anew for another content, and grows no more then. Arrays that are made
 * anew for each are copied again and again as they grow.
 */
interface List {
  readonly items: number[];
  count: number;
}

function noList(): List {
  return { items: [], count: 0 };
}

function emptied(list: List): List {
  list.count = 0;
  return list;
}

function addThree(list: List, first: number, second: number, third: number): void {
  const { items, count } = list;
  items[count] = first;
  items[count + 1] = second;
  items[count + 2] = third;
  list.count = count + 3;
}

/** Keeps the last content until the next; nobody may write to it meanwhile. */
export function createSimilarFinder(automaton: Automaton): SimilarFinder {
  let before: Buffer = EMPTY;
  /** Keyword and start by turns, in order of the end. */
  let known = noList();
  let knownBefore = noList();
  /** What was looked for in vain, from where and to where. */
  let quiet = noList();
  let quietBefore = noList();
  /** Where the next is expected among those before. */
  let next = 0;
  /** Places where nothing was found: the place, from where and to where bytes decided. */
  let places = noList();
  let placesBefore = noList();
  let nextPlace = 0;
  const same = noneUnchanged(automaton.lookBehind);

  const forget = (): void => {
    before = EMPTY;
    finder.kept = 0;
    for (const list of [known, quiet, quietBefore, places, placesBefore]) emptied(list);
  };
  const { lengths, lookBehind } = automaton;
  const addKnown = (keyword: number, start: number): void => {
    const { items, count } = known;
    items[count] = keyword;
    items[count + 1] = start;
    known.count = count + 2;
  };
  /** Those that were known in what is the same, and what is found between. */
  const knownAgain = (bytes: Buffer): void => {
    const { items, count } = knownBefore;
    let i = 0;
    for (let nth = 0, keptFrom = 0; nth < same.count; nth++) {
      if (nth > 0) {
        // A keyword that begins before what is the same is another.
        keptFrom = Math.min(bytes.length, (same.from[nth] as number) + lookBehind);
        automaton.find(bytes, same.to[nth - 1] as number, keptFrom, addKnown);
      }
      const to = same.to[nth] as number;
      const moved = same.moved[nth] as number;
      for (; i < count; i += 2) {
        const keyword = items[i] as number;
        const start = (items[i + 1] as number) + moved;
        const end = start + (lengths[keyword] as number);
        if (end > to) break;
        if (end > keptFrom) addKnown(keyword, start);
      }
    }
  };
  const find: FindKeywords = (bytes, from, to, hit) => {
    if (from !== 0 || to !== bytes.length || to > LONGEST) {
      forget();
      automaton.find(bytes, from, to, hit);
      return;
    }
    same.compare(before, bytes);
    const freeQuiet = quietBefore;
    quietBefore = quiet;
    quiet = emptied(freeQuiet);
    next = 0;
    const freePlaces = placesBefore;
    placesBefore = places;
    places = emptied(freePlaces);
    nextPlace = 0;
    const freeKnown = knownBefore;
    knownBefore = known;
    known = emptied(freeKnown);
    knownAgain(bytes);
    before = bytes;
    // What comes to nothing in it is about as much as in the one before.
    finder.kept = bytes.length + (known.count + quietBefore.count + placesBefore.count) * ENTRY_BYTES;
    const { items, count } = known;
    for (let i = 0; i < count; i += 2) hit(items[i] as number, items[i + 1] as number);
  };
  const finder: SimilarFinder = {
    find,
    kept: 0,
    isQuiet(what, from, to) {
      const stretch = same.holds(from, to);
      if (stretch === -1) return false;
      const shift = same.moved[stretch] as number;
      const { items } = quietBefore;
      const count = quietBefore.count / 3;
      for (let tried = 0; tried < count && tried < TRIED; tried++) {
        const at = turned(next + tried, count) * 3;
        if (items[at] !== what || items[at + 1] !== from - shift || items[at + 2] !== to - shift) continue;
        next = turned(next + tried + 1, count);
        return true;
      }
      return false;
    },
    noteQuiet(what, from, to) {
      if (before.length > 0) addThree(quiet, what, from, to);
    },
    isQuietAt(at) {
      const stretch = same.holds(at, at);
      if (stretch === -1) return false;
      const shift = same.moved[stretch] as number;
      const { items } = placesBefore;
      const count = placesBefore.count / 3;
      for (let tried = 0; tried < count && tried < TRIED; tried++) {
        const nth = turned(nextPlace + tried, count) * 3;
        if (items[nth] !== at - shift) continue;
        const from = (items[nth + 1] as number) + shift;
        const to = (items[nth + 2] as number) + shift;
        if (same.holds(from, to) !== stretch) return false;
        nextPlace = turned(nextPlace + tried + 1, count);
        addThree(places, at, from, to);
        return true;
      }
      return false;
    },
    noteQuietAt(at, from, to) {
      if (before.length > 0) addThree(places, at, from, to);
    },
  };
  return finder;
}

/** Of a number below twice the count: what is left of it beyond the count. */
function turned(nth: number, count: number): number {
  return nth >= count ? nth - count : nth;
}

/** There is a list for the content before, too. */
const ENTRY_BYTES = 16;

/** Contents by their names: of each the last one is kept until the next. */
export interface Versions {
  /** @param kind - whatever else than the path decides what is found; there are few */
  of(kind: string, path: string): SimilarFinder;
}

/** Bytes of all that is kept; behind them what was not asked for longest is forgotten. */
const KEPT_BYTES = 32 * 1024 * 1024;
/** Of one that is kept, beside its bytes: others that lie in one piece of memory with them, too. */
const OVERHEAD = 8 * 1024;

interface Known {
  readonly finder: SimilarFinder;
  readonly forget: () => void;
  /** Of the clock, when it was asked for last. */
  used: number;
}

export function createVersions(automaton: Automaton): Versions {
  /** Not in order of use: a Map whose keys move to its end with every use is several times slower. */
  const kinds = new Map<string, Map<string, Known>>();
  let clock = 0;
  let kept = 0;
  let last: SimilarFinder | undefined;
  let lastKind = "";
  let lastPath = "";
  let lastBytes = 0;
  const forgetOldest = (): void => {
    const all = [...kinds.values()].flatMap((paths) => [...paths.values()]);
    for (const { finder, forget, used } of all.sort((a, b) => a.used - b.used)) {
      // Many at once, for they have to be put in order; and not the one that is asked for.
      if (kept <= KEPT_BYTES * 0.75 || used === clock) return;
      forget();
      kept -= finder.kept + OVERHEAD;
    }
  };
  return {
    of(kind, path) {
      if (last !== undefined) {
        // What was asked for last has grown or shrunk since.
        kept += last.kept - lastBytes;
        lastBytes = last.kept;
        // Versions of one file mostly come one after the other, and it is still the one that was used last.
        if (path === lastPath && kind === lastKind && kept <= KEPT_BYTES) return last;
      }
      let paths = kinds.get(kind);
      if (paths === undefined) {
        paths = new Map();
        kinds.set(kind, paths);
      }
      const own = paths;
      let known = own.get(path);
      clock += 1;
      if (known === undefined) {
        known = { finder: createSimilarFinder(automaton), forget: () => own.delete(path), used: clock };
        own.set(path, known);
        kept += OVERHEAD;
      } else known.used = clock;
      if (kept > KEPT_BYTES) forgetOldest();
      last = known.finder;
      lastKind = kind;
      lastPath = path;
      lastBytes = last.kept;
      return last;
    },
  };
}

const EMPTY = Buffer.alloc(0);
