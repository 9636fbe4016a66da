import { type JsonPlace, jsonPlaces } from "../../../formats/json/places.ts";
import { bounds } from "../bounds.ts";

/** Lines of a lockfile's entries. */
export interface JsonLines {
  /** Of the member or item at this path, from 1; undefined where it was not asked for. */
  at(...path: readonly (string | number)[]): number | undefined;
}

/**
 * Looks where entries stand, and tells of every name that one object has twice: programs differ in which they take, and
 * nothing that writes lockfiles writes any.
 *
 * @param into - as of {@link jsonPlaces}; of entries that are objects the members too, or repeated ones are not seen
 */
export function jsonLines(
  text: string,
  into: (path: readonly string[]) => boolean,
  unread: (sentence: string) => void,
): JsonLines {
  const { root, repeated } = jsonPlaces(text, into);
  for (const { name, line } of repeated) unread(repeatedName(name, line));
  return {
    at(...path) {
      let place: JsonPlace | undefined = root;
      for (const name of path) place = place?.members?.get(String(name));
      return place?.line;
    },
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
