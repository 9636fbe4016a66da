/**
 * Wildcards as `fnmatch` of glibc reads them without flags and in the C locale: `*` and `?` match any byte, `/` and a leading
 * `.` among them; brackets hold ranges, classes and a leading `!` or `^`; a backslash takes the next character as it is.
 *
 * POSIX.1-2024, Shell and Utilities, 2.14 Pattern Matching Notation.
 */
import { lowerAscii } from "./case.ts";

/** One byte of a pattern: which bytes it takes, a byte each (1: taken). */
type Unit = Uint8Array | number;

interface Segment {
  readonly units: readonly Unit[];
  /** The whole segment, where no unit takes more than one byte. */
  readonly literal: string | undefined;
}

/** Longest pattern, in bytes: no path is longer. A `[` that nothing closes is looked behind to the end, each anew. */
const longestPattern = 4_096;

/**
 * @param pattern - a byte string; one that is too long matches nothing. The answer takes byte strings, in time at most their
 * length times the pattern's.
 */
export function compileGlob(pattern: string, anyCase: boolean): (text: string) => boolean {
  if (isTooLong(pattern)) return () => false;
  const segments = readPattern(anyCase ? lowerAscii(pattern) : pattern, anyCase);
  if (segments === undefined) return () => false;
  const match = matcherOf(segments);
  return anyCase ? (text) => match(lowerAscii(text)) : match;
}

/** Whether it would take long to read: by its length, or by brackets that are open. */
export function isTooLong(pattern: string): boolean {
  if (pattern.length > longestPattern) return true;
  let open = 0;
  for (let at = pattern.indexOf("["); at !== -1; at = pattern.indexOf("[", at + 1)) open++;
  return open * pattern.length > 64 * longestPattern;
}

function matcherOf(segments: readonly Segment[]): (text: string) => boolean {
  const [first, ...others] = segments;
  if (first === undefined) return () => false;
  const last = others.pop();
  if (last === undefined) return (text) => text.length === first.units.length && matchesAt(first, text, 0);
  const shortest = segments.reduce((sum, { units }) => sum + units.length, 0);
  return (text) => {
    if (text.length < shortest || !matchesAt(first, text, 0)) return false;
    const end = text.length - last.units.length;
    if (!matchesAt(last, text, end)) return false;
    let at = first.units.length;
    for (const segment of others) {
      at = find(segment, text, at);
      if (at < 0) return false;
      at += segment.units.length;
    }
    return at <= end;
  };
}

function find(segment: Segment, text: string, from: number): number {
  if (segment.literal !== undefined) return text.indexOf(segment.literal, from);
  for (let at = from; at + segment.units.length <= text.length; at++) if (matchesAt(segment, text, at)) return at;
  return -1;
}

function matchesAt({ units, literal }: Segment, text: string, at: number): boolean {
  if (literal !== undefined) return text.startsWith(literal, at);
  if (at + units.length > text.length) return false;
  for (let i = 0; i < units.length; i++) {
    const unit = units[i];
    const byte = text.charCodeAt(at + i) & 255;
    if (typeof unit === "number" ? unit !== byte : unit?.[byte] !== 1) return false;
  }
  return true;
}

const ANY = new Uint8Array(256).fill(1);

/** The segments between stars; undefined where the pattern matches nothing whatever the text is. */
function readPattern(pattern: string, anyCase: boolean): Segment[] | undefined {
  const segments: Segment[] = [];
  let units: Unit[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "*") {
      segments.push(segmentOf(units));
      units = [];
      while (pattern[at + 1] === "*") at++;
    } else if (character === "?") units.push(ANY);
    else if (character === "\\") {
      at++;
      // A backslash at the end matches nothing.
      if (at === pattern.length) return undefined;
      units.push(pattern.charCodeAt(at));
    } else if (character === "[") {
      const bracket = readBracket(pattern, at, anyCase);
      if (bracket === "nothing") return undefined;
      if (bracket === undefined) units.push(pattern.charCodeAt(at));
      else {
        units.push(bracket.unit);
        at = bracket.end;
      }
    } else units.push(pattern.charCodeAt(at));
  }
  segments.push(segmentOf(units));
  return segments;
}

function segmentOf(units: readonly Unit[]): Segment {
  const codes = units.filter((unit) => typeof unit === "number");
  return {
    units,
    literal: codes.length === units.length ? codes.map((code) => String.fromCharCode(code)).join("") : undefined,
  };
}

/** At `[`. Undefined: no bracket closes it, so it is an ordinary character. */
function readBracket(
  pattern: string,
  start: number,
  anyCase: boolean,
): { readonly unit: Unit; readonly end: number } | "nothing" | undefined {
  let at = start + 1;
  const negated = pattern[at] === "!" || pattern[at] === "^";
  if (negated) at++;
  const set = new Uint8Array(256);
  for (let first = true; ; first = false) {
    if (at >= pattern.length) return undefined;
    if (pattern[at] === "]" && !first) break;
    const named = /^\[:([a-z]*):\]/.exec(pattern.slice(at, at + 16));
    if (named !== null) {
      const members = classes.get(named[1] ?? "");
      if (members === undefined) return "nothing";
      for (let byte = 0; byte < 128; byte++) if (members.test(String.fromCharCode(byte))) set[byte] = 1;
      at += named[0].length;
      continue;
    }
    const from = readElement(pattern, at);
    if (from === undefined) return undefined;
    at = from.end;
    if (pattern[at] === "-" && pattern[at + 1] !== "]" && at + 1 < pattern.length) {
      const to = readElement(pattern, at + 1);
      if (to === undefined) return undefined;
      at = to.end;
      for (let byte = from.byte; byte <= to.byte; byte++) set[byte] = 1;
    } else set[from.byte] = 1;
  }
  // Texts are lower case then: a range of capitals takes their lower case.
  if (anyCase) for (let byte = 65; byte <= 90; byte++) if (set[byte] === 1) set[byte + 32] = 1;
  if (negated) for (let byte = 0; byte < 256; byte++) set[byte] = set[byte] === 1 ? 0 : 1;
  return { unit: set, end: at };
}

/** One character of a bracket: as it is, behind a backslash, or as `[.x.]` or `[=x=]`. */
function readElement(pattern: string, at: number): { readonly byte: number; readonly end: number } | undefined {
  const special = /^\[([.=])([\s\S])\1\]/.exec(pattern.slice(at, at + 5));
  if (special !== null) return { byte: (special[2] ?? "").charCodeAt(0), end: at + special[0].length };
  const escaped = pattern[at] === "\\";
  const place = escaped ? at + 1 : at;
  return place >= pattern.length ? undefined : { byte: pattern.charCodeAt(place) & 255, end: place + 1 };
}

const classes = new Map<string, RegExp>([
  ["alnum", /[A-Za-z0-9]/],
  ["alpha", /[A-Za-z]/],
  ["blank", /[ \t]/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what the class holds
  ["cntrl", /[\x00-\x1f\x7f]/],
  ["digit", /[0-9]/],
  ["graph", /[\x21-\x7e]/],
  ["lower", /[a-z]/],
  ["print", /[\x20-\x7e]/],
  ["punct", /[!-/:-@[-`{-~]/],
  ["space", /[ \t\n\v\f\r]/],
  ["upper", /[A-Z]/],
  ["xdigit", /[0-9A-Fa-f]/],
]);
