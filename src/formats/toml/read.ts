import { bounds } from "../bounds.ts";
import { lineCounter, positionAt, type Refuse } from "../position.ts";

/** Dates, special numbers and numbers in other bases are null: nothing that is read here says anything wanted in them. */
export type TomlValue = string | number | boolean | null | readonly TomlValue[] | TomlTable;
export type TomlTable = ReadonlyMap<string, TomlValue>;

type MutableTable = Map<string, TomlValue>;

/** One table of the file's first level, with all that is written into it from its header on. */
export interface TomlSection {
  /** `package` for `[[package]]`; empty for what stands before the first header. */
  readonly name: string;
  readonly table: TomlTable;
  /** Of the header, from 1. */
  readonly line: number;
  /** Keys that a table of it has twice, which TOML forbids. */
  readonly repeated?: readonly string[];
}

/**
 * Reads TOML 1.0 one first-level table at a time, so that a lockfile of any number of packages needs the memory of one.
 * A header below the first level (`[package.source]`, `[[package.wheels]]`) belongs to the section before it where that
 * has the same first name; a name that comes up again makes a section of its own. Of a repeated key the last counts.
 *
 * @param refuse - makes what is thrown where the text is no TOML
 */
export function* tomlSections(text: string, refuse: Refuse): Generator<TomlSection> {
  const reader = tomlReader(text, refuse);
  let name = "";
  let section: MutableTable = new Map();
  let current = section;
  const lineAt = lineCounter(text);
  let line = 1;
  let repeated: string[] | undefined;
  const whole = (): TomlSection => ({ name, table: section, line, ...(repeated === undefined ? {} : { repeated }) });
  while (true) {
    const next = reader.next();
    if (next === undefined) break;
    if ("header" in next) {
      const [first = "", ...rest] = next.header;
      if (first !== name || rest.length === 0) {
        if (section.size > 0 || name !== "") yield whole();
        name = first;
        section = new Map();
        line = lineAt(next.at);
        repeated = undefined;
      }
      current = rest.length === 0 ? section : within(section, rest, next.element);
    } else {
      const table = within(current, next.key.slice(0, -1), false);
      const key = next.key.at(-1) as string;
      if (table.has(key)) {
        repeated ??= [];
        repeated.push(key);
      }
      table.set(key, next.value);
    }
  }
  if (section.size > 0 || name !== "") yield whole();
}

/** The table at a path, made where there is none; of an array of tables the last, or a new one. */
function within(table: MutableTable, path: readonly string[], newElement: boolean): MutableTable {
  let at = table;
  for (const [index, key] of path.entries()) {
    const there = at.get(key);
    const adds = newElement && index === path.length - 1;
    if (adds && Array.isArray(there)) {
      const element: MutableTable = new Map();
      (there as TomlValue[]).push(element);
      at = element;
    } else if (there instanceof Map) {
      at = there;
    } else if (Array.isArray(there) && there.at(-1) instanceof Map) {
      at = there.at(-1) as MutableTable;
    } else {
      const made: MutableTable = new Map();
      at.set(key, adds ? [made] : made);
      at = made;
    }
  }
  return at;
}

type Statement =
  | { readonly header: readonly string[]; readonly element: boolean; readonly at: number }
  | { readonly key: readonly string[]; readonly value: TomlValue };

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;

function tomlReader(text: string, refuse: Refuse): { next(): Statement | undefined } {
  let at = 0;

  const broken = (cause: string): Error => refuse(positionAt(text, at), cause);

  const skipBlanks = (): void => {
    while (text[at] === " " || text[at] === "\t") at += 1;
  };

  const skipComment = (): void => {
    if (text[at] !== "#") return;
    const newline = text.indexOf("\n", at);
    at = newline < 0 ? text.length : newline;
  };

  /** White space, line ends and comments. */
  const skipAll = (): void => {
    while (at < text.length) {
      skipBlanks();
      skipComment();
      if (text[at] === "\r" || text[at] === "\n") at += 1;
      else return;
    }
  };

  const endLine = (): void => {
    skipBlanks();
    skipComment();
    if (text[at] === "\r") at += 1;
    if (at < text.length && text[at] !== "\n") throw broken("something stands after the value");
    at += 1;
  };

  const expect = (mark: string): void => {
    if (!text.startsWith(mark, at)) throw broken(`there is no ${mark}`);
    at += mark.length;
  };

  const keyPart = (): string => {
    if (text[at] === '"' || text[at] === "'") return quoted();
    const start = at;
    while (isBare(text.charCodeAt(at))) at += 1;
    if (start === at) throw broken("there is no key");
    return text.slice(start, at);
  };

  const dottedKey = (): string[] => {
    const parts: string[] = [];
    while (true) {
      skipBlanks();
      parts.push(keyPart());
      if (parts.length > bounds.depth) throw broken(`a key has more than ${bounds.depth} parts`);
      skipBlanks();
      if (text[at] !== ".") return parts;
      at += 1;
    }
  };

  /** A basic or literal string of one line. */
  const quoted = (): string => {
    const quote = text.charCodeAt(at);
    const start = ++at;
    let escaped = false;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        const raw = text.slice(start, at);
        at += 1;
        return escaped ? unescaped(raw) : raw;
      }
      if (code === NEWLINE) break;
      if (code === BACKSLASH && quote === QUOTE) {
        escaped = true;
        if (text.charCodeAt(at + 1) !== NEWLINE) at += 1;
      }
    }
    at = start;
    throw broken("a text does not end in its line");
  };

  const multiline = (mark: string): string => {
    const opened = at;
    at += mark.length;
    if (text[at] === "\r") at += 1;
    if (text[at] === "\n") at += 1;
    const start = at;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH && mark === '"""') at += 1;
      else if (text.startsWith(mark, at)) {
        // Up to two quotes may stand right before the closing three.
        while (text[at + 3] === mark[0]) at += 1;
        const raw = text.slice(start, at);
        at += mark.length;
        return mark === '"""' ? unescaped(raw) : raw;
      }
    }
    at = opened;
    throw broken("a text never ends");
  };

  const unescaped = (raw: string): string =>
    raw.replace(ESCAPE, (whole: string, short?: string, four?: string, eight?: string) => {
      if (short !== undefined) return SHORT_ESCAPES.get(short) ?? whole;
      const code = four ?? eight;
      if (code === undefined) return "";
      const point = Number.parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : "\ufffd";
    });

  const value = (depth: number): TomlValue => {
    if (depth > bounds.depth) throw broken(`values are nested more than ${bounds.depth} deep`);
    const code = text.charCodeAt(at);
    if (code === QUOTE) return text.startsWith('"""', at) ? multiline('"""') : quoted();
    if (code === APOSTROPHE) return text.startsWith("'''", at) ? multiline("'''") : quoted();
    if (text[at] === "[") return array(depth);
    if (text[at] === "{") return inlineTable(depth);
    return plain();
  };

  const array = (depth: number): TomlValue[] => {
    const items: TomlValue[] = [];
    at += 1;
    while (true) {
      skipAll();
      if (text[at] === "]") break;
      items.push(value(depth + 1));
      skipAll();
      if (text[at] !== ",") break;
      at += 1;
    }
    expect("]");
    return items;
  };

  const inlineTable = (depth: number): TomlTable => {
    const table: MutableTable = new Map();
    at += 1;
    // TOML 1.1 allows line ends and a last comma in them.
    while (true) {
      skipAll();
      if (text[at] === "}") break;
      const key = dottedKey();
      expect("=");
      skipBlanks();
      within(table, key.slice(0, -1), false).set(key.at(-1) as string, value(depth + 1));
      skipAll();
      if (text[at] !== ",") break;
      at += 1;
    }
    expect("}");
    return table;
  };

  /** A boolean, number or date: what begins like one and stands before a mark or the line's end. */
  const plain = (): TomlValue => {
    const start = at;
    while (isPlain(text.charCodeAt(at)) || (text[at] === " " && isDateBefore(start))) at += 1;
    const raw = text.slice(start, at);
    if (raw === "true" || raw === "false") return raw === "true";
    if (!/^[+-]?(?:[0-9]|inf$|nan$)/.test(raw)) throw broken("there is no value");
    return /^[+-]?[0-9_]{1,15}(?:\.[0-9_]{1,15})?$/.test(raw) ? Number(raw.replaceAll("_", "")) : null;
  };

  /** A date and its time may be parted by one space. */
  const isDateBefore = (start: number): boolean =>
    at - start === 10 && /^[0-9-]{10} [0-9]/.test(text.slice(start, at + 2));

  return {
    next() {
      skipAll();
      if (at >= text.length) return undefined;
      if (text[at] === "[") {
        const start = at;
        const element = text[at + 1] === "[";
        at += element ? 2 : 1;
        const header = dottedKey();
        expect(element ? "]]" : "]");
        endLine();
        return { header, element, at: start };
      }
      const key = dottedKey();
      expect("=");
      skipBlanks();
      const stated = value(1);
      endLine();
      return { key, value: stated };
    },
  };
}

/** A backslash with what it means: one letter, a code point, or a line end with the white space that it swallows. */
const ESCAPE = /\\(?:(["\\bfnrte])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|\s+)/g;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["e", "\u001b"],
]);

/** `A-Za-z0-9_-` */
function isBare(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2d
  );
}

/** What numbers and dates are made of: bare keys' characters, `+`, `.` and `:`. */
function isPlain(code: number): boolean {
  return isBare(code) || code === 0x2b || code === 0x2e || code === 0x3a;
}
