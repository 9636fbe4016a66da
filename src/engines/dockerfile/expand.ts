/** Docker's own expansion of variables and quotes in the arguments of instructions (BuildKit, frontend/dockerfile/shell). */
import { bounds } from "../../core/bounds.ts";

/** What the file says of a variable where it is used. */
export type Value =
  | { readonly kind: "set"; readonly value: string }
  | { readonly kind: "unset" }
  /** Given at build time, or by a base image. */
  | { readonly kind: "unknown" };

export type Lookup = (name: string) => Value;

export interface Expanded {
  /** Without quotes and escapes, with variables as written. */
  readonly text: string;
  /** Undefined where a variable is unknown, or the whole is over a bound. */
  readonly value: string | undefined;
  readonly variables: readonly string[];
}

interface State {
  readonly text: string;
  readonly escapeCharacter: string;
  readonly lookup: Lookup;
  readonly variables: string[];
  at: number;
  /** A `${` without its end, or nothing between them: Docker refuses the instruction. */
  broken: boolean;
}

/** Two renderings of the same stretch. */
interface Rendered {
  text: string;
  value: string | undefined;
}

export function expand(
  written: string,
  escapeCharacter: string,
  lookup: Lookup,
): Expanded & { readonly broken: boolean } {
  const state: State = { text: written, escapeCharacter, lookup, variables: [], at: 0, broken: false };
  const { text, value } = renderUntil(state, "", 0);
  return { text, value, variables: state.variables, broken: state.broken };
}

/** Renders up to the character `stop`, which is left unread; to the end where it is "". */
function renderUntil(state: State, stop: string, depth: number): Rendered {
  const out: Rendered = { text: "", value: "" };
  let quote = "";
  while (state.at < state.text.length) {
    const character = state.text[state.at] as string;
    if (quote === "" && character === stop) break;
    if (quote === "'") {
      state.at++;
      if (character === "'") quote = "";
      else add(out, character, character);
    } else if (character === state.escapeCharacter) {
      const next = state.text[state.at + 1];
      state.at += 2;
      if (next === undefined) break;
      const kept =
        quote === '"' && next !== '"' && next !== "$" && next !== state.escapeCharacter ? character + next : next;
      add(out, kept, kept);
    } else if (character === '"') {
      state.at++;
      quote = quote === "" ? '"' : "";
    } else if (character === "'" && quote === "") {
      state.at++;
      quote = "'";
    } else if (character === "$") {
      const start = state.at;
      const value = dollar(state, depth);
      add(out, state.text.slice(start, state.at), value);
    } else {
      state.at++;
      add(out, character, character);
    }
  }
  if (quote !== "") state.broken = true;
  return out;
}

function add(out: Rendered, text: string, value: string | undefined): void {
  out.text += text;
  const joined = out.value === undefined || value === undefined ? undefined : out.value + value;
  out.value = joined !== undefined && joined.length > bounds.dockerfileValueLength ? undefined : joined;
}

/** At a `$`. Gives the value of what follows it; undefined where it is unknown. */
function dollar(state: State, depth: number): string | undefined {
  state.at++;
  if (state.text[state.at] !== "{") {
    const name = nameAt(state);
    return name === "" ? "$" : plain(state, name);
  }
  state.at++;
  const name = nameAt(state);
  if (name === "" || depth >= bounds.dockerfileExpansionDepth) return give(state);
  const first = state.text[state.at];
  if (first === "}") {
    state.at++;
    return plain(state, name);
  }
  const colon = first === ":";
  const modifier = state.text[state.at + (colon ? 1 : 0)] ?? "";
  state.at += colon ? 2 : 1;
  const own = look(state, name);
  switch (modifier) {
    case "-":
    case "+":
    case "?": {
      const { value: word } = renderUntil(state, "}", depth + 1);
      if (!closes(state)) return give(state);
      if (own.kind === "unknown") return undefined;
      const isSet = own.kind === "set" && !(colon && own.value === "");
      if (modifier === "+") return isSet ? word : "";
      if (isSet && own.kind === "set") return own.value;
      return modifier === "-" ? word : undefined;
    }
    case "#":
    case "%": {
      if (colon) return give(state);
      const greedy = state.text[state.at] === modifier;
      if (greedy) state.at++;
      const { value: pattern } = renderUntil(state, "}", depth + 1);
      if (!closes(state)) return give(state);
      if (own.kind === "unknown" || pattern === undefined) return undefined;
      return strip(own.kind === "set" ? own.value : "", pattern, modifier, greedy);
    }
    case "/": {
      if (colon) return give(state);
      const all = state.text[state.at] === "/";
      if (all) state.at++;
      const { value: pattern } = renderUntil(state, "/", depth + 1);
      if (!closes(state)) return give(state);
      const { value: replacement } = renderUntil(state, "}", depth + 1);
      if (!closes(state)) return give(state);
      if (own.kind === "unknown" || pattern === undefined || replacement === undefined) return undefined;
      // With wildcards the match is a search of its own: it is left unknown.
      if (pattern === "" || /[*?\\]/.test(pattern)) return own.kind === "unset" ? "" : undefined;
      const value = own.kind === "set" ? own.value : "";
      if (value.length > bounds.dockerfileReplacedLength) return undefined;
      if (!all) {
        const at = value.indexOf(pattern);
        return at === -1 ? value : value.slice(0, at) + replacement + value.slice(at + pattern.length);
      }
      const pieces = value.split(pattern);
      const length = value.length + pieces.length * replacement.length;
      return length > bounds.dockerfileReplacedLength ? undefined : pieces.join(replacement);
    }
    default:
      return give(state);
  }
}

/** Docker refuses what stands here; the rest of the word is taken as it is. */
function give(state: State): undefined {
  state.broken = true;
  state.at = state.text.length;
  return undefined;
}

function closes(state: State): boolean {
  if (state.at >= state.text.length) return false;
  state.at++;
  return true;
}

function nameAt(state: State): string {
  const start = state.at;
  const first = state.text[start] ?? "";
  if (/[A-Za-z_]/.test(first)) {
    while (/[A-Za-z0-9_]/.test(state.text[state.at] ?? "")) state.at++;
  } else if (/[0-9]/.test(first)) {
    while (/[0-9]/.test(state.text[state.at] ?? "")) state.at++;
  } else if (first !== "" && "@*#?-$!".includes(first)) {
    state.at++;
  }
  return state.text.slice(start, state.at);
}

function look(state: State, name: string): Value {
  if (state.variables.length < bounds.dockerfileWordVariables) state.variables.push(name);
  return state.lookup(name);
}

function plain(state: State, name: string): string | undefined {
  const own = look(state, name);
  return own.kind === "unknown" ? undefined : own.kind === "set" ? own.value : "";
}

/** `${x#p}` and `${x%p}`: the shortest match, the longest where `greedy`. Undefined where the pattern is no simple one. */
function strip(value: string, pattern: string, end: "#" | "%", greedy: boolean): string | undefined {
  if (pattern.includes("\\") || pattern.includes("[")) return undefined;
  const star = pattern.indexOf("*");
  if (star === -1 && !pattern.includes("?")) {
    if (end === "#") return value.startsWith(pattern) ? value.slice(pattern.length) : value;
    return value.endsWith(pattern) ? value.slice(0, value.length - pattern.length) : value;
  }
  // One star at the edge that the match does not start from is what is written in practice: `${x%%-*}`, `${x##*/}`.
  const fixed = end === "#" ? pattern.slice(1) : pattern.slice(0, -1);
  const atEdge = end === "#" ? star === 0 : star === pattern.length - 1;
  if (!atEdge || /[*?]/.test(fixed)) return undefined;
  if (end === "#") {
    const at = greedy ? value.lastIndexOf(fixed) : value.indexOf(fixed);
    return at === -1 ? value : value.slice(greedy && fixed === "" ? value.length : at + fixed.length);
  }
  const at = greedy ? value.indexOf(fixed) : value.lastIndexOf(fixed);
  return at === -1 ? value : value.slice(0, at);
}
