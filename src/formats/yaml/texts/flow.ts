import { bounds } from "../../bounds.ts";
import type { Lines } from "./lines.ts";
import { quotedAt, trimmedEnd, trimmedStart } from "./quoted.ts";

/** Every scalar is its text, whatever YAML's schemas would make of it; an empty one is the empty text. */
export type YamlValue = string | readonly YamlValue[] | YamlMap;
export type YamlMap = ReadonlyMap<string, YamlValue>;

export function isMap(value: YamlValue | undefined): value is YamlMap {
  return value instanceof Map;
}

/** A flow collection that begins at this offset; it may go over lines. */
export function flowAt(lines: Lines, start: number, depth: number): YamlValue {
  const { text } = lines;
  let at = start;
  const broken = (cause: string): Error => lines.brokenAt(at, cause);

  const skip = (): void => {
    while (at < text.length) {
      const mark = text[at];
      if (mark === " " || mark === "\n" || mark === "\r" || mark === "\t") at += 1;
      else if (mark === "#" && /\s/.test(text[at - 1] ?? "")) {
        const newline = text.indexOf("\n", at);
        at = newline < 0 ? text.length : newline;
      } else return;
    }
  };

  const token = (): string => {
    const quoted = quotedAt(text, at);
    if (quoted !== undefined) {
      at = quoted.end;
      return quoted.value;
    }
    const first = text[at] ?? "";
    if (first === '"' || first === "'") throw broken("a quoted text does not end in its line");
    if (first === "&" || first === "*" || first === "!") {
      throw broken("anchors, aliases and tags have no place here");
    }
    const from = at;
    while (at < text.length && !FLOW_ENDS.has(text.charCodeAt(at))) {
      if (text[at] === ":" && FLOW_COLON_BEFORE.has(text[at + 1] ?? "")) break;
      at += 1;
    }
    return trimmedStart(trimmedEnd(text.slice(from, at)));
  };

  const value = (level: number): YamlValue => {
    if (level > bounds.depth) throw broken(`values are nested more than ${bounds.depth} deep`);
    if (text[at] === "{") return map(level);
    if (text[at] === "[") return list(level);
    return token();
  };

  const map = (level: number): YamlMap => {
    const entries = new Map<string, YamlValue>();
    at += 1;
    while (true) {
      skip();
      if (text[at] === "}") break;
      const key = token();
      skip();
      if (text[at] === ":") {
        at += 1;
        skip();
        entries.set(key, value(level + 1));
        skip();
      } else {
        entries.set(key, "");
      }
      if (text[at] !== ",") break;
      at += 1;
    }
    if (text[at] !== "}") throw broken("there is no }");
    at += 1;
    return entries;
  };

  const list = (level: number): YamlValue[] => {
    const items: YamlValue[] = [];
    at += 1;
    while (true) {
      skip();
      if (text[at] === "]") break;
      items.push(value(level + 1));
      skip();
      if (text[at] !== ",") break;
      at += 1;
    }
    if (text[at] !== "]") throw broken("there is no ]");
    at += 1;
    return items;
  };

  const read = value(depth);
  lines.continueAt(at);
  return read;
}

/** A plain text in a flow collection ends before a mark or the line's end. */
const FLOW_ENDS: ReadonlySet<number> = new Set([..."{}[],\n"].map((mark) => mark.charCodeAt(0)));
const FLOW_COLON_BEFORE: ReadonlySet<string> = new Set(["", " ", "\n", "\r", "\t", ",", "}", "]"]);
