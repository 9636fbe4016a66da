/**
 * Docker's own expansion of variables and quotes in the arguments of instructions, and its splitting into words
 * (BuildKit, frontend/dockerfile/shell). One pass from left to right.
 */
import { bounds } from "./bounds.ts";
import { type Matched, withoutPrefix, withoutSuffix, withReplaced } from "./pattern.ts";
import { isSpace } from "./white-space.ts";

/** What is decided of a variable. */
export type Known = { readonly kind: "set"; readonly value: string } | { readonly kind: "unset" };

/** What the file says of a variable where it is used, by BuildKit. */
export type Value = (
  | Known
  /** Given at build time, or by a base image. `stated`: what it is where neither gives it. */
  | { readonly kind: "unknown"; readonly stated?: Known }
) & {
  /** To another builder it stands for something else. */
  readonly disputed?: true;
};

export type Lookup = (name: string) => Value;

export interface Expanded {
  /** Without quotes and escapes, with variables as written. */
  readonly text: string;
  /** Undefined where a variable is unknown, or the whole is over a bound. */
  readonly value: string | undefined;
  /** The value where nobody gives what may be given; undefined where the file does not say that either. */
  readonly stated: string | undefined;
  /** The value, or what is stated, taken apart at white space that is not quoted. */
  readonly words: readonly string[] | undefined;
  readonly variables: readonly string[];
  /** It rests on a variable over which builders differ. */
  readonly disputed?: true;
  /** Docker refuses the instruction (`refused`), or it goes deeper than is followed here (`deep`). */
  readonly failure?: Failure;
}

type Failure = "refused" | "deep";

export function expand(written: string, escapeCharacter: string, lookup: Lookup): Expanded {
  if (isPlain(written, escapeCharacter)) {
    return { text: written, value: written, stated: written, words: wordsIn(written), variables: [] };
  }
  const state = stateOf(written, escapeCharacter, lookup);
  const { text, value, words } = finish(stretch(state, "", false, 0));
  const { failure } = state;
  const variables = { variables: state.variables, ...(state.disputed ? { disputed: true as const } : {}) };
  if (failure !== undefined) {
    return { text: written, value: undefined, stated: undefined, words: undefined, ...variables, failure };
  }
  if (value !== undefined) return { text, value, stated: value, words, ...variables };
  const ungiven = stateOf(written, escapeCharacter, (name) => {
    const own = lookup(name);
    return own.kind === "unknown" ? (own.stated ?? own) : own;
  });
  const stated = finish(stretch(ungiven, "", false, 0));
  if (ungiven.failure !== undefined) return { text, value, stated: undefined, words: undefined, ...variables };
  return { text, value, stated: stated.value, words: stated.words, ...variables };
}

/**
 * The words of a line for a heredoc among them: quotes and escapes stay, and so does every variable. Undefined where the
 * line has none, because Docker gives up on it.
 */
export function rawWords(line: string): { readonly words: readonly string[] | undefined; readonly deep: boolean } {
  const state: State = { ...stateOf(line, "\\", () => ({ kind: "unset" })), raw: true };
  const { words } = finish(stretch(state, "", true, 0));
  return { words: state.failure === undefined ? words : undefined, deep: state.failure === "deep" };
}

/** The one word that a heredoc's name is, and whether any of its quotes were such; undefined where it is no single word. */
export function heredocName(written: string): { readonly name: string; readonly quoted: boolean } | undefined {
  const read = (quotes: "taken off" | "kept"): readonly string[] | undefined => {
    const state: State = { ...stateOf(written, "\\", () => ({ kind: "unset" })), unsetStay: true };
    if (quotes === "kept") state.raw = true;
    const { words } = finish(stretch(state, "", false, 0));
    return state.failure === undefined ? words : undefined;
  };
  const [name, ...more] = read("taken off") ?? [];
  const [kept] = read("kept") ?? [];
  if (name === undefined || kept === undefined || more.length > 0) return undefined;
  const quotesIn = (text: string): number => text.split(/["']/).length;
  return { name, quoted: quotesIn(name) !== quotesIn(kept) };
}

interface State {
  readonly text: string;
  readonly escapeCharacter: string;
  readonly lookup: Lookup;
  readonly variables: string[];
  /** Quotes are kept, and variables that are not set too. */
  raw: boolean;
  /** Variables that are not set stay as they are written. */
  readonly unsetStay: boolean;
  at: number;
  disputed: boolean;
  failure?: Failure;
}

function stateOf(text: string, escapeCharacter: string, lookup: Lookup): State {
  // Go's scanner passes over a byte order mark at the start.
  const at = text.startsWith("\ufeff") ? 1 : 0;
  return { text, escapeCharacter, lookup, variables: [], raw: false, unsetStay: false, at, disputed: false };
}

/** Renderings of the same stretch. */
interface Rendered {
  text: string;
  value: string | undefined;
  readonly words: string[];
  word: string;
}

const rendered = (): Rendered => ({ text: "", value: "", words: [], word: "" });

function isPlain(text: string, escapeCharacter: string): boolean {
  return !/[$'"\ufeff]/.test(text) && !text.includes(escapeCharacter);
}

function wordsIn(text: string): string[] {
  const out = rendered();
  addSplit(out, text);
  if (out.word !== "") out.words.push(out.word);
  return out.words;
}

function finish(out: Rendered): { text: string; value: string | undefined; words: readonly string[] | undefined } {
  if (out.word !== "") out.words.push(out.word);
  out.word = "";
  return { text: out.text, value: out.value, words: out.value === undefined ? undefined : out.words };
}

/** Renders up to the character `stop` and passes it; to the end where it is "". */
function stretch(state: State, stop: string, escapesStay: boolean, depth: number): Rendered {
  const { text, escapeCharacter } = state;
  const out = rendered();
  while (state.at < text.length) {
    const start = state.at;
    const character = text[start] as string;
    if (character === stop) {
      state.at++;
      return out;
    }
    if (character === "$") {
      const value = dollar(state, depth);
      add(state, out, text.slice(start, state.at), value, true);
    } else if (character === "'") singleQuoted(state, out);
    else if (character === '"') doubleQuoted(state, out, escapesStay, depth);
    else if (character === escapeCharacter) {
      if (escapesStay) add(state, out, character, character, false);
      const next = text[start + 1];
      state.at += 2;
      if (next !== undefined) add(state, out, next, next, false);
    } else {
      while (state.at < text.length && !isSpecial(text[state.at] as string, stop, escapeCharacter)) state.at++;
      const plain = text.slice(start, state.at);
      add(state, out, plain, plain, true);
    }
  }
  if (stop !== "") fail(state, "refused");
  return out;
}

function isSpecial(character: string, stop: string, escapeCharacter: string): boolean {
  return (
    character === "$" || character === "'" || character === '"' || character === escapeCharacter || character === stop
  );
}

/** @param split - white space in it ends a word */
function add(state: State, out: Rendered, text: string, value: string | undefined, split: boolean): void {
  out.text += text;
  if (out.value === undefined) return;
  const isOver = !state.raw && out.value.length + (value?.length ?? 0) > bounds.dockerfileValueLength;
  if (value === undefined || isOver) {
    out.value = undefined;
    return;
  }
  out.value += value;
  if (split) addSplit(out, value);
  else out.word += value;
}

function addSplit(out: Rendered, text: string): void {
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && !isSpace(text.charCodeAt(at))) continue;
    out.word += text.slice(from, at);
    from = at + 1;
    if (at < text.length && out.word !== "") {
      out.words.push(out.word);
      out.word = "";
    }
  }
}

function singleQuoted(state: State, out: Rendered): void {
  const close = state.text.indexOf("'", state.at + 1);
  if (close === -1) {
    fail(state, "refused");
    return;
  }
  const inner = state.text.slice(state.at + 1, close);
  add(state, out, inner, state.raw ? `'${inner}'` : inner, false);
  state.at = close + 1;
}

function doubleQuoted(state: State, into: Rendered, escapesStay: boolean, depth: number): void {
  const { text, escapeCharacter } = state;
  const out = rendered();
  state.at++;
  for (;;) {
    const start = state.at;
    const character = text[start];
    if (character === undefined) {
      fail(state, "refused");
      return;
    }
    if (character === '"') break;
    if (character === "$") {
      const value = dollar(state, depth);
      add(state, out, text.slice(start, state.at), value, false);
    } else if (character === escapeCharacter) {
      const next = text[start + 1] ?? "";
      const escapes = next === '"' || next === "$" || next === escapeCharacter;
      const kept = (escapesStay && next !== "" ? character : "") + (escapes ? next : character);
      state.at += escapes ? 2 : 1;
      add(state, out, kept, kept, false);
    } else {
      while (state.at < text.length && !isSpecial(text[state.at] as string, '"', escapeCharacter)) state.at++;
      if (state.at === start) state.at++;
      const plain = text.slice(start, state.at);
      add(state, out, plain, plain, false);
    }
  }
  state.at++;
  add(state, into, out.text, state.raw && out.value !== undefined ? `"${out.value}"` : out.value, false);
}

/** At a `$`. Gives the value of what it begins; undefined where it is unknown. */
function dollar(state: State, depth: number): string | undefined {
  const { text } = state;
  state.at++;
  if (text[state.at] !== "{") {
    const name = nameAt(state);
    if (name === "") return "$";
    const own = look(state, name);
    return own.kind === "unset" && staysUnset(state) ? `$${name}` : textOf(own);
  }
  state.at++;
  if (state.at >= text.length || "{}:".includes(text[state.at] as string)) return fail(state, "refused");
  const name = nameAt(state);
  const first = text[state.at++];
  if (first === "}") {
    const own = look(state, name);
    return own.kind === "unset" && staysUnset(state) ? `\${${name}}` : textOf(own);
  }
  if (depth >= bounds.dockerfileExpansionDepth) return fail(state, "deep");
  if (first === "/") return replaced(state, name, depth);
  const colon = first === ":";
  const modifier = colon ? text[state.at++] : first;
  if (modifier === undefined || (!colon && !"+-?#%".includes(modifier))) return fail(state, "refused");
  const isPattern = modifier === "#" || modifier === "%";
  const own = look(state, name);
  const word = stretch(state, "}", isPattern, depth + 1).value;
  if (state.failure !== undefined) return undefined;
  if (own.kind === "unset" && staysUnset(state)) return `\${${name}${colon ? ":" : ""}${modifier}${word}}`;
  if (!"+-?#%".includes(modifier)) return fail(state, "refused");
  if (own.kind === "unknown") return undefined;
  const value = own.kind === "set" ? own.value : "";
  const isSet = own.kind === "set" && !(colon && value === "");
  switch (modifier) {
    case "-":
      return isSet ? value : word;
    case "+":
      return isSet ? word : "";
    case "?":
      return isSet ? value : fail(state, "refused");
    default: {
      if (word === undefined) return undefined;
      const greedy = word.startsWith(modifier);
      const pattern = greedy ? word.slice(1) : word;
      return matched(
        state,
        modifier === "#" ? withoutPrefix(value, pattern, greedy) : withoutSuffix(value, pattern, greedy),
      );
    }
  }
}

/** Behind `${name/`. */
function replaced(state: State, name: string, depth: number): string | undefined {
  const own = look(state, name);
  const all = state.text[state.at] === "/";
  if (all) state.at++;
  const pattern = stretch(state, "/", true, depth + 1).value;
  if (state.failure !== undefined) return undefined;
  const replacement = stretch(state, "}", true, depth + 1).value;
  if (state.failure !== undefined) return undefined;
  if (own.kind === "unset" && staysUnset(state)) return `\${${name}/${pattern}/${replacement}}`;
  if (own.kind === "unknown" || pattern === undefined || replacement === undefined) return undefined;
  return matched(state, withReplaced(own.kind === "set" ? own.value : "", pattern, replacement, all));
}

function matched(state: State, found: Matched): string | undefined {
  if (typeof found === "string") return found;
  return found.kind === "invalid" ? fail(state, "refused") : undefined;
}

/** What follows is not read. */
function fail(state: State, failure: Failure): undefined {
  state.failure ??= failure;
  state.at = state.text.length;
  return undefined;
}

function staysUnset(state: State): boolean {
  return state.raw || state.unsetStay;
}

const NAME = /\p{Nd}+|[@*#?$!-]|[\p{L}_][\p{L}\p{Nd}_]*/uy;

function nameAt(state: State): string {
  NAME.lastIndex = state.at;
  const name = NAME.exec(state.text)?.[0] ?? "";
  state.at += name.length;
  return name;
}

function look(state: State, name: string): Value {
  if (name === "") return { kind: "unset" };
  if (state.variables.length < bounds.dockerfileWordVariables) state.variables.push(name);
  const value = state.lookup(name);
  if (value.disputed) state.disputed = true;
  return value;
}

function textOf(own: Value): string | undefined {
  return own.kind === "unknown" ? undefined : own.kind === "set" ? own.value : "";
}
