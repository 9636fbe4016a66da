/**
 * Expressions in RE2's language, as others' rules are written in. V8 runs those that mean the same there and cannot be
 * slow; the others are run by re2js, which is linear whatever they are and slower by far.
 *
 * Syntax: https://github.com/google/re2/wiki/Syntax
 */
import { RE2JS } from "re2js";

export interface FoundText {
  readonly index: number;
  /** The whole match, then the groups. */
  readonly groups: readonly (string | undefined)[];
  /** Where each of them begins; -1 where it has no part in the match. */
  readonly starts: readonly number[];
}

export interface Re2 {
  /** The leftmost match from an offset on. */
  find(text: string, from: number): FoundText | undefined;
  readonly by: "v8" | "re2js";
  readonly source: string;
}

/** @throws Error where it is no expression in RE2's language */
export function compileRe2(source: string): Re2 {
  const checked = RE2JS.compile(source);
  const translated = translate(source);
  if (translated === undefined) return byRe2js(checked, source);
  const expression = new RegExp(translated.source, `${translated.flags}dg`);
  return {
    by: "v8",
    source,
    find(text, from) {
      expression.lastIndex = from;
      const match = expression.exec(text);
      if (match === null) return undefined;
      const starts = [...match].map((_, i) => match.indices?.[i]?.[0] ?? -1);
      return { index: match.index, groups: [...match], starts };
    },
  };
}

function byRe2js(expression: RE2JS, source: string): Re2 {
  return {
    by: "re2js",
    source,
    find(text, from) {
      const matcher = expression.matcher(text);
      if (from > text.length || !matcher.find(from)) return undefined;
      const groups: (string | undefined)[] = [];
      const starts: number[] = [];
      for (let i = 0; i <= matcher.groupCount(); i++) {
        groups.push(matcher.group(i) ?? undefined);
        starts.push(matcher.start(i));
      }
      return { index: matcher.start(0), groups, starts };
    },
  };
}

/** What a backtracking engine may try at one place, at most; over it re2js runs the expression. */
const MOST_TRIES = 10_000;
/** What an unbounded repetition counts as. */
const UNBOUNDED = 100;

interface Group {
  /** Holds something that may match one text in several lengths. */
  variable: boolean;
  alternatives: number;
  /** The alternative that is being read has something that is never empty. */
  solid: boolean;
  /** One of its alternatives may match nothing. */
  empty: boolean;
}

function newGroup(): Group {
  return { variable: false, alternatives: 1, solid: false, empty: false };
}

/** At the end of an alternative. */
function endAlternative(group: Group): void {
  group.empty ||= !group.solid;
  group.solid = false;
}

/** Undefined where V8 would read it otherwise, or might take long. */
export function translate(source: string): { readonly source: string; readonly flags: string } | undefined {
  let flags = "";
  let at = 0;
  if (source.startsWith("(?i)")) {
    flags = "i";
    at = 4;
  }
  let out = "";
  let tries = 1;
  const open: Group[] = [newGroup()];
  /** The group around what is read, once the last atom is known to be there and not empty. */
  let pending: Group | undefined;
  /** The group that the last atom was, where it was one. */
  let closed: Group | undefined;
  /** Whether the last atom was one. */
  let assertion = false;
  while (at < source.length) {
    const rest = source.slice(at);
    const quantifier = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(rest);
    if (quantifier !== null) {
      // RE2 lets an assertion be repeated, V8 does not.
      if (assertion) return undefined;
      const { min, max } = boundsOf(quantifier);
      // The two count rounds that match nothing differently.
      if (closed?.empty && (min !== 1 || max !== 1)) return undefined;
      if (min === 0) pending = undefined;
      if (max > 1 && closed !== undefined) {
        if (closed.variable) return undefined;
        tries *= Math.min(closed.alternatives, 2) ** (Math.min(max, UNBOUNDED) - 1);
      }
      if (min !== max) {
        tries *= Math.min(max - min + 1, UNBOUNDED);
        for (const group of open) group.variable = true;
      }
      if (tries > MOST_TRIES) return undefined;
      out += quantifier[0];
      at += quantifier[0].length;
      closed = undefined;
      continue;
    }
    closed = undefined;
    if (pending !== undefined) pending.solid = true;
    pending = undefined;
    const token = tokenAt(rest);
    if (token === undefined) return undefined;
    assertion = /^(?:\\[bB]|[\^$])$/.test(token.text);
    if (token.kind === "open") open.push(newGroup());
    else if (token.kind === "close") {
      closed = open.pop();
      if (closed !== undefined) endAlternative(closed);
      if (closed?.empty === false) pending = open.at(-1);
      if (closed !== undefined && closed.alternatives > 1) tries *= 2;
      const outer = open.at(-1);
      if (closed?.variable && outer !== undefined) outer.variable = true;
      if (outer === undefined) return undefined;
    } else if (token.kind === "or") {
      const group = open.at(-1);
      if (group !== undefined) {
        group.alternatives += 1;
        endAlternative(group);
      }
    } else if (!assertion) pending = open.at(-1);
    out += token.text;
    at += token.length;
  }
  return tries > MOST_TRIES ? undefined : { source: out, flags };
}

function boundsOf([text, least, comma, most]: RegExpExecArray): { min: number; max: number } {
  if (text?.startsWith("*")) return { min: 0, max: Number.POSITIVE_INFINITY };
  if (text?.startsWith("+")) return { min: 1, max: Number.POSITIVE_INFINITY };
  if (text?.startsWith("?")) return { min: 0, max: 1 };
  const min = Number(least);
  if (comma === undefined) return { min, max: min };
  return { min, max: most === "" ? Number.POSITIVE_INFINITY : Number(most) };
}

interface Token {
  readonly kind: "open" | "close" | "or" | "atom";
  /** In V8's language. */
  readonly text: string;
  /** Characters of the source. */
  readonly length: number;
}

/** V8's \s has more in it. */
const SPACE = "\\t\\n\\f\\r ";

function tokenAt(rest: string): Token | undefined {
  switch (rest[0]) {
    case "(": {
      // Not (?i:…): see rules/any-case.ts.
      const start = /^\((?!\?)|^\(\?:|^\(\?P?<([A-Za-z_]\w*)>/.exec(rest);
      if (start === null) return undefined;
      return { kind: "open", text: start[0].replace("(?P<", "(?<"), length: start[0].length };
    }
    case ")":
      return { kind: "close", text: ")", length: 1 };
    case "|":
      return { kind: "or", text: "|", length: 1 };
    case ".":
      return { kind: "atom", text: "[^\\n]", length: 1 };
    case "[":
      return classAt(rest);
    case "\\": {
      const escaped = escapeAt(rest, `[${SPACE}]`);
      if (escaped !== undefined) return { kind: "atom", ...escaped };
      return rest[1] === "S" ? { kind: "atom", text: `[^${SPACE}]`, length: 2 } : undefined;
    }
    default:
      return /^[\x20-\x7e]/.test(rest) ? { kind: "atom", text: rest[0] ?? "", length: 1 } : undefined;
  }
}

function escapeAt(rest: string, space: string): { readonly text: string; readonly length: number } | undefined {
  if (rest[1] === "s") return { text: space, length: 2 };
  const same = /^\\(?:[dDwWbBtnrfv]|x[0-7][0-9A-Fa-f]|[^\w\s])/.exec(rest)?.[0];
  return same === undefined ? undefined : { text: same, length: same.length };
}

function classAt(rest: string): Token | undefined {
  let at = rest.startsWith("[^") ? 2 : 1;
  let text = rest.slice(0, at);
  if (rest[at] === "]") return undefined;
  for (; at < rest.length && rest[at] !== "]"; ) {
    if (rest.startsWith("[:", at)) return undefined;
    const escaped = rest[at] === "\\" ? escapeAt(rest.slice(at, at + 8), SPACE) : undefined;
    if (rest[at] === "\\" && (escaped === undefined || /^\\[bB]/.test(escaped.text))) return undefined;
    if (escaped === undefined && !/^[\x20-\x7e]/.test(rest[at] ?? "")) return undefined;
    text += escaped?.text ?? rest[at];
    at += escaped?.length ?? 1;
  }
  return at < rest.length ? { kind: "atom", text: `${text}]`, length: at + 1 } : undefined;
}
