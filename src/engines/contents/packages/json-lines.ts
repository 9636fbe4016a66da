import { type JsonPlace, jsonPlaces, type Wanted } from "../../../formats/json/places.ts";
import { lineCounter } from "../../../formats/position.ts";
import { bounds } from "../bounds.ts";

/** Lines of a lockfile's entries. */
export interface JsonLines {
  /** Of the member or item at this path, from 1; undefined where it was not asked for. Best asked in the text's order. */
  at(...path: readonly (string | number)[]): number | undefined;
}

/**
 * Looks where entries stand, and tells of every name that one object has twice: programs differ in which they take, and
 * nothing that writes lockfiles writes any.
 *
 * @param into - as of {@link jsonPlaces}; of entries that are objects the names at least, or repeated ones are not seen
 */
export function jsonLines(
  text: string,
  into: (path: readonly string[]) => Wanted,
  unread: (sentence: string) => void,
): JsonLines {
  const { root, repeated } = jsonPlaces(text, into);
  const lineAt = lineCounter(text);
  for (const { name, offset } of repeated) unread(repeatedName(name, lineAt(offset)));
  return {
    at(...path) {
      let place: JsonPlace | undefined = root;
      for (const name of path) place = place?.members?.get(String(name));
      return place === undefined ? undefined : lineAt(place.offset);
    },
  };
}

/** Wants the places of the entries below these names, of which `*` is any, and the names within each entry. */
export function entriesAt(...way: readonly string[]): (path: readonly string[]) => Wanted {
  return (path) => {
    if (path.length > way.length + 1) return "nothing";
    const within = Math.min(path.length, way.length);
    for (let depth = 0; depth < within; depth++) {
      if (way[depth] !== "*" && way[depth] !== path[depth]) return "nothing";
    }
    return path.length > way.length ? "names" : "places";
  };
}

/** One sentence about a name that stands twice where it may stand once. */
export function repeatedName(name: string, line: number): string {
  return `line ${line} has the name ${name.slice(0, bounds.packageNameLength)} a second time`;
}

/** A record's field, absent where the line is not known. */
export function lineOf(line: number | undefined): { readonly line?: number } {
  return line === undefined ? {} : { line };
}
