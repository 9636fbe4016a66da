/**
 * YAML 1.2 with its core schema, as those read it that act on pipelines: every value with its place and its style, keys as
 * they are written, repeated keys and merge keys left in. The fast reader reads what nearly all files are written in; anchors,
 * aliases and tags, and whatever it refuses, are left to the library.
 */
import { composeDocument } from "./block.ts";
import type { Composer } from "./composer.ts";
import { coreType } from "./core-schema.ts";
import { loneReturn } from "./lines.ts";
import type { DocumentRange } from "./model.ts";
import type {
  PlacedEntry,
  PlacedLimits,
  PlacedMap,
  PlacedNode,
  PlacedReading,
  PlacedScalar,
  PlacedSequence,
  ScalarStyle,
} from "./placed-model.ts";
import { slowPlaced } from "./placed-slow.ts";

export type * from "./placed-model.ts";

/**
 * Reads one document.
 *
 * @param range - without the marker's line where nothing but a comment stands in it
 */
export function readPlaced(text: string, range: DocumentRange, limits: PlacedLimits): PlacedReading {
  const { start, end } = range;
  if (loneReturn(text) === undefined && !text.startsWith("---", start)) {
    try {
      return { node: composeDocument(text, start, end, composerOf(text, limits)) ?? null };
    } catch (error) {
      if (!(error instanceof Unusual)) throw error;
      // The library has no other limits, and takes far longer until it runs into them.
      if (error.limit) return { node: undefined, fault: { offset: error.offset, reason: error.message } };
    }
  }
  return slowPlaced(text, range, limits);
}

/**
 * Reads a text that is one document of a form that all readers take alike, which nearly all are.
 *
 * @returns undefined where only the library can tell what it says, or what is wrong with it
 */
export function readSimple(text: string, limits: Pick<PlacedLimits, "depth" | "values">): PlacedNode | undefined {
  if (MARKS.test(text) || loneReturn(text) !== undefined) return undefined;
  try {
    return composeDocument(text, 0, text.length, {
      ...composerOf(text, limits),
      explicitKey: (offset) => giveUp(offset, "an explicit key"),
      doubt: (offset) => giveUp(offset, "readers part there"),
    });
  } catch (error) {
    if (error instanceof Unusual) return undefined;
    throw error;
  }
}

/** Of documents, directives and byte order. */
const MARKS = /^(?:---|\.\.\.|%|\ufeff)/m;

/**
 * The documents of a stream, those that hold nothing left out (YAML 1.2.2, 9.1.2). A mark of byte order before the first is
 * none of it.
 */
export function placedDocuments(text: string): DocumentRange[] {
  const documents: DocumentRange[] = [];
  let start = text.startsWith("\ufeff") ? 1 : 0;
  const push = (end: number) => {
    if (HOLDS.test(text.slice(start, end))) documents.push({ start, end });
  };
  // Nearly no text holds a further marker.
  for (const { index, 0: mark } of text.matchAll(/^\ufeff?(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm)) {
    push(index);
    const behind = index + mark.length;
    const feed = text.indexOf("\n", behind);
    const lineEnd = feed < 0 ? text.length : feed;
    // A value may begin in the marker's line.
    start = HOLDS.test(text.slice(behind, lineEnd)) ? behind - 3 : Math.min(lineEnd + 1, text.length);
  }
  push(text.length);
  return documents;
}

/** More than white space and comments. */
const HOLDS = /^[ \t]*[^ \t\r\n#]/m;

/** Thrown for what is left to the library, and caught here. */
class Unusual extends Error {
  readonly offset: number;
  /** Whether it is about a limit. */
  readonly limit: boolean;

  constructor(offset: number, cause: string) {
    super(cause);
    this.offset = offset;
    this.limit = LIMIT.test(cause);
  }
}

/** As the fast reader words it. */
const LIMIT = /^(?:values are nested more than|there are more than) \d+/;

function giveUp(offset: number, cause: string): never {
  throw new Unusual(offset, cause);
}

interface OpenMap extends PlacedMap {
  end: number;
  readonly entries: PlacedEntry[];
}

interface OpenSequence extends PlacedSequence {
  end: number;
  readonly items: PlacedNode[];
}

function composerOf(
  text: string,
  { depth, values }: Pick<PlacedLimits, "depth" | "values">,
): Composer<PlacedNode, OpenMap, OpenSequence> {
  const scalar = (value: string, start: number, end: number): PlacedScalar => {
    const style = styleAt(text, start);
    return { kind: "scalar", text: value, type: style === "plain" ? coreType(value) : "string", style, start, end };
  };
  return {
    depth,
    values,
    key: (key) => key,
    explicitKey() {},
    // Readers of YAML 1.1 and of 1.2 part there; ours and GitHub's are of 1.2.
    doubt() {},
    refuse: giveUp,
    plain: scalar,
    text: scalar,
    nothing: (offset) => ({ kind: "scalar", text: "", type: "null", style: "plain", start: offset, end: offset }),
    map: (start) => ({ kind: "map", entries: [], start, end: start }),
    put: ({ entries }, key, keyStart, keyEnd, value) => entries.push({ key: scalar(key, keyStart, keyEnd), value }),
    sequence: (start) => ({ kind: "sequence", items: [], start, end: start }),
    push: ({ items }, item) => items.push(item),
    close(collection, end) {
      collection.end = end;
    },
  };
}

/** By its first character. */
export function styleAt(text: string, start: number): ScalarStyle {
  switch (text.charCodeAt(start)) {
    case 39:
      return "single";
    case 34:
      return "double";
    case 124:
      return "literal";
    case 62:
      return "folded";
    default:
      return "plain";
  }
}
