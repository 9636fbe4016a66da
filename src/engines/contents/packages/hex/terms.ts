import { bounds as formatsBounds } from "../../../../formats/bounds.ts";
import { positionAt } from "../../../../formats/position.ts";
import { bounds } from "../../bounds.ts";
import { brokenLockfile } from "../lockfile.ts";

/** A term of Erlang or Elixir. Strings, binaries, atoms and numbers are their text. */
export type Term = string | TermGroup | TermPair;

export interface TermGroup {
  readonly kind: "tuple" | "list" | "map";
  readonly items: readonly Term[];
}

/** `key: value` and `key => value`. */
export interface TermPair {
  readonly kind: "pair";
  readonly key: string;
  readonly value: Term;
}

const CLOSING = { "{": "}", "[": "]", "%{": "}" } as const;
type Opening = keyof typeof CLOSING;
const KINDS = { "{": "tuple", "[": "list", "%{": "map" } as const;

/** A group that is still open, and the key that waits for its value. */
interface OpenGroup {
  readonly opening: Opening;
  readonly items: Term[];
  key?: string;
}

/**
 * Reads literal terms: tuples, lists, maps, strings, binaries, atoms, numbers. The syntax of the two languages is the
 * same here but for their comments, and for `%{`, which is a map in Elixir alone. Nothing is evaluated: whatever is no
 * literal is refused. Erlang's full stops between terms are passed over.
 *
 * @throws Problem where the text is something else
 */
export function readTerms(source: string, language: "elixir" | "erlang"): Term[] {
  const terms: Term[] = [];
  const open: OpenGroup[] = [];
  const comment = language === "elixir" ? "#" : "%";
  let values = 0;
  let at = 0;

  const broken = (cause: string): Error => brokenAt(source, at, cause);

  const put = (term: Term): void => {
    const group = open.at(-1);
    if (group?.key === undefined) {
      (group?.items ?? terms).push(term);
      return;
    }
    group.items.push({ kind: "pair", key: group.key, value: term });
    delete group.key;
  };

  while (at < source.length) {
    const character = source[at] as string;
    if (SPACE.has(character)) {
      at += 1;
      continue;
    }
    if (language === "elixir" && source.startsWith("%{", at)) {
      openGroup("%{");
      at += 2;
      continue;
    }
    if (character === comment) {
      const newline = source.indexOf("\n", at);
      at = newline < 0 ? source.length : newline;
      continue;
    }
    if (character === "{" || character === "[") {
      openGroup(character);
      at += 1;
      continue;
    }
    if (character === "}" || character === "]") {
      const group = open.pop();
      if (group === undefined || CLOSING[group.opening] !== character || group.key !== undefined) {
        throw broken(`a ${character} closes nothing`);
      }
      put({ kind: KINDS[group.opening], items: group.items });
      at += 1;
      continue;
    }
    const { text, end, isKey } = readText(source, at, language);
    countValue();
    const group = open.at(-1);
    if (isKey && group !== undefined && group.key === undefined) group.key = text;
    else if (isKey) throw broken("a key stands outside of a list or map");
    else put(text);
    at = end;
  }
  if (open.length > 0) throw broken("it ends within a term");
  return terms;

  function openGroup(opening: Opening): void {
    countValue();
    if (open.length >= formatsBounds.depth) throw broken(`terms are nested more than ${formatsBounds.depth} deep`);
    open.push({ opening, items: [] });
  }

  function countValue(): void {
    values += 1;
    if (values > bounds.manifestValues) throw broken(`there are more than ${bounds.manifestValues} values`);
  }
}

function brokenAt(source: string, offset: number, cause: string): Error {
  return brokenLockfile(`line ${positionAt(source, offset).line}`, cause);
}

/** What is passed over between values; a comma too many is no matter here. */
const SPACE: ReadonlySet<string> = new Set([" ", "\t", "\r", "\n", ",", "."]);

/** Letters of atoms, keys and numbers. A full stop belongs to it where a letter or digit follows. */
const WORD = /(?:[A-Za-z0-9_@+-]|\.(?=[A-Za-z0-9_]))+[?!]?/y;
const ARROW = /\s*=>/y;

/** One text, quoted or not, and whether it is a key: `name:`, `"name":` or anything before `=>`. */
function readText(
  source: string,
  from: number,
  language: "elixir" | "erlang",
): { readonly text: string; readonly end: number; readonly isKey: boolean } {
  const atom = language === "elixir" && source[from] === ":";
  const binary = language === "erlang" && source.startsWith("<<", from);
  const start = binary ? from + 2 : atom ? from + 1 : from;
  const quote = source[start];
  let text: string;
  let end: number;
  if (quote === '"' || (quote === "'" && language === "erlang")) {
    ({ text, end } = readQuoted(source, start, quote));
  } else {
    WORD.lastIndex = start;
    const word = binary ? null : WORD.exec(source);
    if (word === null) throw brokenAt(source, from, "no literal");
    text = word[0];
    end = WORD.lastIndex;
  }
  if (binary) {
    if (!source.startsWith(">>", end)) throw brokenAt(source, from, "a binary is not a string");
    end += 2;
  }
  if (language === "elixir" && !atom && source[end] === ":") return { text, end: end + 1, isKey: true };
  ARROW.lastIndex = end;
  if (ARROW.test(source)) return { text, end: ARROW.lastIndex, isKey: true };
  return { text, end, isKey: false };
}

/** An escaped character stands for itself: no name or version has one that means another. */
function readQuoted(source: string, start: number, quote: string): { readonly text: string; readonly end: number } {
  let escaped = false;
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at];
    if (character === quote) {
      const raw = source.slice(start + 1, at);
      return { text: escaped ? raw.replace(/\\(.)/gs, "$1") : raw, end: at + 1 };
    }
    if (character === "#" && source[at + 1] === "{") throw brokenAt(source, at, "a string is computed");
    if (character === "\\") {
      escaped = true;
      at += 1;
    }
  }
  throw brokenAt(source, start, "a string never ends");
}

/** The items of a tuple, list or map; none of anything else. */
export function itemsOfTerm(term: Term | undefined): readonly Term[] {
  return typeof term === "object" && term.kind !== "pair" ? term.items : [];
}

/** Undefined where it is no text. */
export function textOfTerm(term: Term | undefined): string | undefined {
  return typeof term === "string" ? term : undefined;
}
