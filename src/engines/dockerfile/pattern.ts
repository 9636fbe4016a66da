/** Patterns of `${x#p}`, `${x%p}` and `${x/p/r}`: `*`, `?` and escapes (BuildKit, `convertShellPatternToRegex`). */
import { bounds } from "./bounds.ts";

/** A text; `invalid` where BuildKit refuses the pattern, `unknown` where it is over a bound. */
export type Matched = string | { readonly kind: "invalid" | "unknown" };

const INVALID = { kind: "invalid" } as const;
const UNKNOWN = { kind: "unknown" } as const;

/** One character that must stand there, or any; stars lie between segments of them. */
type Segment = readonly (string | undefined)[];

export function withoutPrefix(value: string, pattern: string, greedy: boolean): Matched {
  const cut = afterPrefix(Array.from(value), Array.from(pattern), greedy);
  return Array.isArray(cut) ? cut.join("") : cut;
}

/** Both are turned round, and an escape with its character stays as it is. */
export function withoutSuffix(value: string, pattern: string, greedy: boolean): Matched {
  const units: string[] = [];
  const written = Array.from(pattern);
  for (let at = 0; at < written.length; at++) {
    const escapes = written[at] === "\\" && at + 1 < written.length;
    units.push(escapes ? `\\${written[++at]}` : (written[at] as string));
  }
  const cut = afterPrefix(Array.from(value).reverse(), Array.from(units.reverse().join("")), greedy);
  return Array.isArray(cut) ? cut.reverse().join("") : cut;
}

export function withReplaced(value: string, pattern: string, replacement: string, all: boolean): Matched {
  const segments = segmentsOf(Array.from(pattern));
  if (segments === undefined) return INVALID;
  const characters = Array.from(value);
  const { length } = characters;
  // Where all are replaced, a `$` in what takes their place has a meaning for Go's expressions.
  if (all && replacement.includes("$")) return UNKNOWN;
  const steps = length * Math.max(1, pattern.length) * (segments.length > 1 ? length : 1);
  if (isOver(value, steps)) return UNKNOWN;
  const parts: string[] = [];
  let from = 0;
  let size = 0;
  for (let search = 0; search <= length; ) {
    const match = matchFrom(segments, characters, search);
    if (match === undefined) break;
    const [start, end] = match;
    parts.push(characters.slice(from, start).join(""));
    // An empty match right behind another one is none.
    if (end > from || start === 0) parts.push(replacement);
    from = end;
    size += replacement.length;
    if (!all) break;
    if (length + size > bounds.dockerfileValueLength) return UNKNOWN;
    search = Math.max(search + 1, end);
  }
  parts.push(characters.slice(from).join(""));
  return parts.join("");
}

function matchFrom(
  segments: readonly Segment[],
  characters: readonly string[],
  from: number,
): [number, number] | undefined {
  for (let start = from; start <= characters.length; start++) {
    const end = endOfMatch(segments, characters, start, true);
    if (end !== undefined) return [start, end];
  }
  return undefined;
}

function afterPrefix(
  characters: readonly string[],
  pattern: readonly string[],
  greedy: boolean,
): string[] | Exclude<Matched, string> {
  const segments = segmentsOf(pattern);
  if (segments === undefined) return INVALID;
  if (isOver(characters.join(""), characters.length * pattern.length)) return UNKNOWN;
  return characters.slice(endOfMatch(segments, characters, 0, greedy) ?? 0);
}

/** A wildcard matches no line end; no value has one but by a way that is not known here. */
function isOver(value: string, steps: number): boolean {
  return steps > bounds.dockerfilePatternSteps || value.includes("\n");
}

function segmentsOf(written: readonly string[]): Segment[] | undefined {
  const segments: (string | undefined)[][] = [[]];
  // Go's scanner passes over a byte order mark at the start.
  for (let at = written[0] === "\ufeff" ? 1 : 0; at < written.length; at++) {
    let character: string | undefined = written[at];
    if (character === "*") {
      segments.push([]);
      continue;
    }
    if (character === "\\") {
      const next = written[at + 1];
      if (next === "}" || next === "/") continue;
      if (next !== "*" && next !== "?" && next !== "\\") return undefined;
      character = next;
      at++;
    } else if (character === "?") character = undefined;
    segments.at(-1)?.push(character);
  }
  return segments;
}

/** Where the match that begins at `start` ends: the longest one where `greedy`, else the shortest. */
function endOfMatch(
  segments: readonly Segment[],
  characters: readonly string[],
  start: number,
  greedy: boolean,
): number | undefined {
  const [first = [], ...more] = segments;
  if (!standsAt(first, characters, start)) return undefined;
  let at = start + first.length;
  for (const [index, segment] of more.entries()) {
    const last = characters.length - segment.length;
    // All but the last one as early as can be: that leaves the most to the others.
    const fromEnd = greedy && index === more.length - 1;
    let found = fromEnd ? last : at;
    while (found >= at && found <= last && !standsAt(segment, characters, found)) found += fromEnd ? -1 : 1;
    if (found < at || found > last) return undefined;
    at = found + segment.length;
  }
  return at;
}

function standsAt(segment: Segment, characters: readonly string[], at: number): boolean {
  if (at + segment.length > characters.length) return false;
  return segment.every((character, index) => character === undefined || character === characters[at + index]);
}
