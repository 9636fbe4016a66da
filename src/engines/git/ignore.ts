/** Files of patterns of what Git leaves out (gitignore(5)), one `.gitignore` a folder. */
import { bounds } from "./bounds.ts";

/** One line of a file. */
export interface IgnoreRule {
  /** Begins with `!`: what it matches is taken in again. */
  readonly negated: boolean;
  /** Ends with `/`. */
  readonly directoryOnly: boolean;
  /** Has no `/` before its end: it is held against the last name of a path, wherever that is. */
  readonly anywhere: boolean;
  readonly tokens: readonly Token[];
}

type Token =
  | { readonly kind: "character"; readonly character: string }
  /** One byte of UTF-8, `/` never; a star is any run of them. */
  | { readonly kind: "one"; readonly ranges?: readonly (readonly [number, number])[]; readonly negated: boolean }
  | { readonly kind: "star" }
  /** `**` + `/` at the start of a component: any run of whole folders, also none. */
  | { readonly kind: "folders" }
  /** `/**` at the end: whatever is below. */
  | { readonly kind: "below" };

/**
 * The rules of a file, in its order. A line that Git cannot match (one that ends with a lone `\`, a class that does not end)
 * is none; so is what is over the bound of rules.
 */
export function parseIgnore(text: string): IgnoreRule[] {
  const rules: IgnoreRule[] = [];
  for (const line of text.replace(/^\uFEFF/, "").split("\n")) {
    if (rules.length >= bounds.ignoreRules) break;
    const rule = ruleOf(line.endsWith("\r") ? line.slice(0, -1) : line);
    if (rule !== undefined) rules.push(rule);
  }
  return rules;
}

function ruleOf(line: string): IgnoreRule | undefined {
  if (line.startsWith("#") || line.length > bounds.ignoreLine) return undefined;
  let pattern = withoutTrailingSpaces(line);
  const negated = pattern.startsWith("!");
  if (negated) pattern = pattern.slice(1);
  const directoryOnly = pattern.endsWith("/");
  if (directoryOnly) pattern = pattern.slice(0, -1);
  if (pattern === "") return undefined;
  const anywhere = !pattern.includes("/");
  const tokens = tokenise(pattern.startsWith("/") ? pattern.slice(1) : pattern);
  return tokens === undefined ? undefined : { negated, directoryOnly, anywhere, tokens };
}

/** Unless a `\` is before the first of them. */
function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === " ") end--;
  let slashes = 0;
  while (line[end - 1 - slashes] === "\\") slashes++;
  return line.slice(0, slashes % 2 === 1 && end < line.length ? end + 1 : end);
}

function tokenise(pattern: string): Token[] | undefined {
  const characters = bytesOf(pattern);
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] as string;
    const begins = at === 0 || characters[at - 1] === "/";
    if (character === "\\") {
      const next = characters[++at];
      if (next === undefined) return undefined;
      tokens.push({ kind: "character", character: next });
    } else if (character === "?") tokens.push({ kind: "one", negated: false });
    else if (character === "[") {
      const read = classAt(characters, at);
      if (read === undefined) return undefined;
      tokens.push(read.token);
      at = read.end;
    } else if (character === "*") {
      let end = at;
      while (characters[end + 1] === "*") end++;
      const next = characters[end + 1];
      // Two stars or more are other than one only as a whole component.
      if (end > at && begins && next === "/") {
        tokens.push({ kind: "folders" });
        end++;
      } else if (end > at && begins && next === undefined) tokens.push({ kind: "below" });
      else tokens.push({ kind: "star" });
      at = end;
    } else tokens.push({ kind: "character", character });
  }
  return tokens;
}

/** Git compares bytes: `?` and a class are one of them, which of `ä` is half. Each is a character of its own here. */
function bytesOf(text: string): string[] {
  return Array.from(Buffer.from(text).toString("latin1"));
}

type Range = readonly [number, number];

/** POSIX's classes in the C locale, as Git has them. */
const CLASSES: Readonly<Record<string, readonly Range[]>> = {
  alnum: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  alpha: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0x00, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: [[0x30, 0x39]],
  graph: [[0x21, 0x7e]],
  lower: [[0x61, 0x7a]],
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  upper: [[0x41, 0x5a]],
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
};

/** A class, from its `[`; undefined where it does not end, or names a class that there is not. */
function classAt(
  characters: readonly string[],
  start: number,
): { readonly token: Token; readonly end: number } | undefined {
  let at = start + 1;
  const negated = characters[at] === "!" || characters[at] === "^";
  if (negated) at++;
  const ranges: Range[] = [];
  /** Of the character before, which a `-` after it would make a range of. */
  let before: number | undefined;
  for (let first = true; ; first = false, at++) {
    let character = characters[at];
    if (character === undefined) return undefined;
    if (character === "]" && !first) return { token: { kind: "one", ranges, negated }, end: at };
    if (character === "[" && characters[at + 1] === ":") {
      const end = characters.indexOf("]", at + 2);
      if (end < 0) return undefined;
      if (end > at + 2 && characters[end - 1] === ":") {
        const named = CLASSES[characters.slice(at + 2, end - 1).join("")];
        if (named === undefined) return undefined;
        ranges.push(...named);
        before = undefined;
        at = end;
        continue;
      }
    }
    const next = characters[at + 1];
    if (character === "-" && before !== undefined && next !== undefined && next !== "]") {
      let last = next;
      at++;
      if (last === "\\") last = characters[++at] ?? "";
      if (last === "") return undefined;
      ranges.push([before, last.codePointAt(0) as number]);
      before = undefined;
      continue;
    }
    if (character === "\\") {
      character = characters[++at];
      if (character === undefined) return undefined;
    }
    before = character.codePointAt(0) as number;
    ranges.push([before, before]);
  }
}

/**
 * What a file's rules say of a path: ignored, taken in again, or nothing (undefined). The last that matches counts.
 *
 * @param path - from the folder of the file, with `/`
 */
export function ignoredBy(rules: readonly IgnoreRule[], path: string, isDirectory: boolean): boolean | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  for (let at = rules.length - 1; at >= 0; at--) {
    const { negated, directoryOnly, anywhere, tokens } = rules[at] as IgnoreRule;
    if (directoryOnly && !isDirectory) continue;
    if (matches(tokens, anywhere ? name : path)) return !negated;
  }
  return undefined;
}

/** Keeps the set of reachable places in the text, and never goes back: time is at most pattern times text. */
function matches(tokens: readonly Token[], text: string): boolean {
  const characters = bytesOf(text);
  let reachable = new Uint8Array(characters.length + 1);
  reachable[0] = 1;
  for (const token of tokens) {
    const to = new Uint8Array(reachable.length);
    /** A place at or before this one is reachable; for a star, in the same folder. */
    let open = false;
    let any = false;
    for (let place = 0; place < reachable.length; place++) {
      const previous = place === 0 ? undefined : characters[place - 1];
      const here = reachable[place] === 1;
      const last = place > 0 && reachable[place - 1] === 1;
      let reached: boolean;
      switch (token.kind) {
        case "character":
          reached = last && previous === token.character;
          break;
        case "one":
          reached = last && previous !== "/" && isOne(previous as string, token);
          break;
        case "star":
          open = here || (open && previous !== "/");
          reached = open;
          break;
        case "folders":
          reached = here || (open && previous === "/");
          open ||= here;
          break;
        case "below":
          reached = open;
          open ||= here;
          break;
      }
      if (!reached) continue;
      to[place] = 1;
      any = true;
    }
    if (!any) return false;
    reachable = to;
  }
  return reachable[characters.length] === 1;
}

function isOne(character: string, { ranges, negated }: Extract<Token, { kind: "one" }>): boolean {
  if (ranges === undefined) return true;
  const code = character.codePointAt(0) as number;
  return ranges.some(([from, to]) => from <= code && code <= to) !== negated;
}
