/** Where the members of a JSON text stand, which JSON's own parser does not tell. */
import { parseJson } from "../../core/parse-json.ts";
import { bounds } from "../bounds.ts";

/** A value of a JSON text by its place. */
export interface JsonPlace {
  /** In UTF-16 units: of a member where its name begins, of an item where it begins itself. */
  readonly offset: number;
  /** Of an object by name, of a list by index; absent where the value is neither or was not asked for. */
  readonly members?: ReadonlyMap<string, JsonPlace>;
}

export interface JsonPlaces {
  readonly root: JsonPlace;
  /** Names that an object has twice, among those that were asked for, in the order of the text. */
  readonly repeated: readonly { readonly name: string; readonly offset: number }[];
}

/**
 * What is wanted of a value: the places of its members, or no more than whether one of their names stands there twice.
 */
export type Wanted = "places" | "names" | "nothing";

interface Frame {
  readonly list: boolean;
  /** Absent where names alone are wanted. */
  readonly place: { offset: number; members?: Map<string, JsonPlace> } | undefined;
  readonly names: Set<string> | undefined;
  items: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LIST = 0x5b;

/**
 * One look at a text that JSON's parser took: linear, and about as fast as that parser. What lies deeper than the bound of
 * depth has no place.
 *
 * @param into - what is wanted of the value at this path; not asked below one whose places are not
 */
export function jsonPlaces(text: string, into: (path: readonly string[]) => Wanted): JsonPlaces {
  const root: NonNullable<Frame["place"]> = { offset: 0 };
  const repeated: { name: string; offset: number }[] = [];
  const path: string[] = [];
  const frames: Frame[] = [];
  /** How many values are open below the last one that is wanted. */
  let skipped = 0;
  let at = 0;
  /** Of a member whose value comes next. */
  let named: { readonly name: string; readonly offset: number } | undefined;

  const begin = (offset: number): Frame["place"] => {
    const frame = frames.at(-1);
    if (frame === undefined) return root;
    const name = frame.list ? String(frame.items++) : (named?.name ?? "");
    const at = frame.list ? offset : (named?.offset ?? offset);
    named = undefined;
    path.push(name);
    if (frame.names !== undefined) {
      if (!frame.list && frame.names.has(name)) repeated.push({ name, offset: at });
      frame.names.add(name);
      return undefined;
    }
    const place = { offset: at };
    const members = frame.place?.members;
    if (members?.has(name) === true) repeated.push({ name, offset: at });
    members?.set(name, place);
    return place;
  };

  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isBetween(code)) at += 1;
    else if (skipped > 0) {
      if (code === QUOTE) at = behindText(text, at);
      else {
        if (isOpening(code)) skipped += 1;
        else if (isClosing(code)) skipped -= 1;
        at += 1;
        if (skipped === 0) path.pop();
      }
    } else if (isClosing(code)) {
      frames.pop();
      path.pop();
      at += 1;
    } else if (isOpening(code)) {
      const place = begin(at);
      const wanted = place === undefined || frames.length >= bounds.depth ? "nothing" : into(path);
      if (place !== undefined && wanted !== "nothing") {
        const names = wanted === "names" ? new Set<string>() : undefined;
        if (names === undefined) place.members = new Map();
        frames.push({ list: code === LIST, place, names, items: 0 });
      } else skipped = 1;
      at += 1;
    } else {
      const end = code === QUOTE ? behindText(text, at) : behindWord(text, at);
      const frame = frames.at(-1);
      if (frame?.list === false && named === undefined) named = { name: textOf(text, at, end), offset: at };
      else {
        begin(at);
        path.pop();
      }
      at = end;
    }
  }
  return { root, repeated };
}

/** White space, a comma or a colon. */
function isBetween(code: number): boolean {
  return code <= 0x20 || code === 0x2c || code === 0x3a;
}

function isOpening(code: number): boolean {
  return code === 0x7b || code === LIST;
}

function isClosing(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}

function behindText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** A number, `true`, `false` or `null`. */
function behindWord(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (isBetween(code) || isClosing(code) || isOpening(code) || code === QUOTE) break;
    end += 1;
  }
  return end;
}

function textOf(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  if (!raw.includes("\\")) return raw;
  try {
    return String(parseJson(text.slice(start, end)));
  } catch {
    return raw;
  }
}
