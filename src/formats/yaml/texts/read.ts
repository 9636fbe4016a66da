import { bounds } from "../../bounds.ts";
import type { Refuse } from "../../position.ts";
import { flowAt, isMap, type YamlMap, type YamlValue } from "./flow.ts";
import { type Line, type Lines, yamlLines } from "./lines.ts";
import { quotedAt, trimmedEnd, trimmedStart } from "./quoted.ts";

export { isMap, type YamlMap, type YamlValue };

/**
 * Reads what programs write for themselves, lockfiles above all, and what they use of YAML 1.2 for it: block mappings and sequences, flow collections, plain and quoted
 * scalars, literal and folded blocks, explicit keys, comments, several documents. Anchors, aliases and tags are refused,
 * and so is a quoted scalar that goes over its line. Of a repeated key the last counts.
 *
 * @returns one mapping a document; a document that is empty has none
 * @param refuse - makes what is thrown where the text is something else
 */
export function yamlDocuments(text: string, refuse: Refuse): YamlMap[] {
  const lines = yamlLines(text, refuse);
  const documents: YamlMap[] = [];
  while (lines.current !== undefined) {
    if (lines.current.marker) {
      lines.advance();
      continue;
    }
    const { start } = lines.current;
    const value = block(lines, lines.current.indent, 1);
    if (!isMap(value)) throw lines.brokenAt(start, "it is no mapping");
    documents.push(value);
    // Flow typing cannot see that block() moves on.
    const left = lines.current as Line | undefined;
    if (left !== undefined && !left.marker) throw lines.broken("a line is indented less than those before it");
  }
  return documents;
}

/** The collection whose lines are indented by `indent`. */
function block(lines: Lines, indent: number, depth: number): YamlValue {
  if (depth > bounds.depth) throw lines.broken(`values are nested more than ${bounds.depth} deep`);
  const content = lines.current?.content ?? "";
  if (isItem(content)) return sequence(lines, indent, depth);
  if (content[0] === "{" || content[0] === "[") return flowAt(lines, lines.current?.start ?? 0, depth);
  return mapping(lines, indent, depth);
}

function isItem(content: string): boolean {
  return content[0] === "-" && (content.length === 1 || content[1] === " ");
}

function sequence(lines: Lines, indent: number, depth: number): YamlValue[] {
  const items: YamlValue[] = [];
  for (let line = lines.current; line?.indent === indent && isItem(line.content); line = lines.current) {
    const rest = trimmedStart(line.content.slice(1));
    if (rest === "" || rest[0] === "#") {
      items.push(nested(lines, indent, depth, indent + 1));
      continue;
    }
    const offset = line.content.length - rest.length;
    if (isItem(rest) || keyOf(rest) !== undefined) {
      lines.reenter(indent + offset, line.start + offset, rest);
      items.push(block(lines, indent + offset, depth + 1));
    } else {
      items.push(scalar(lines, rest, line.start + offset, indent, depth));
    }
  }
  return items;
}

function mapping(lines: Lines, indent: number, depth: number): YamlMap {
  const map = new Map<string, YamlValue>();
  for (let line = lines.current; line?.indent === indent && !line.marker; line = lines.current) {
    if (line.content.startsWith("? ")) {
      const key = explicitKey(lines, line, indent);
      const valueLine = lines.current;
      if (valueLine?.indent !== indent || !/^:(?: |$)/.test(valueLine.content)) {
        map.set(key, "");
        continue;
      }
      const rest = trimmedStart(valueLine.content.slice(1));
      const offset = valueLine.content.length - rest.length;
      if (keyOf(rest) === undefined) {
        map.set(key, valueBehind(lines, rest, valueLine.start + offset, indent, depth));
      } else {
        lines.reenter(indent + offset, valueLine.start + offset, rest);
        map.set(key, block(lines, indent + offset, depth + 1));
      }
      continue;
    }
    const found = keyOf(line.content);
    if (found === undefined) throw lines.broken("a line has no key");
    const rest = trimmedStart(line.content.slice(found.length));
    const offset = line.content.length - rest.length;
    map.set(found.key, valueBehind(lines, rest, line.start + offset, indent, depth));
  }
  return map;
}

/** `? key`, which writers use for keys of more than 1,024 characters; leaves the reader at the line behind it. */
function explicitKey(lines: Lines, line: Line, indent: number): string {
  const rest = trimmedStart(line.content.slice(1));
  const quoted = quotedAt(rest, 0);
  if (quoted === undefined && (rest === "" || FLOW_OR_BLOCK.has(rest[0] ?? ""))) {
    throw lines.broken("a key is no scalar");
  }
  if (quoted !== undefined && quoted.end !== rest.length) throw lines.broken("something stands behind a key");
  lines.advance();
  if ((lines.current?.indent ?? 0) > indent) throw lines.broken("a key goes over its line");
  return quoted?.value ?? rest;
}

/** What stands behind a key: nothing (then it is in the lines below), or a scalar or flow collection. */
function valueBehind(lines: Lines, rest: string, start: number, indent: number, depth: number): YamlValue {
  if (rest === "" || rest[0] === "#") return nested(lines, indent, depth, indent);
  return scalar(lines, rest, start, indent, depth);
}

/** A collection in the lines below, if they are deep enough: a sequence may stand as deep as its key. */
function nested(lines: Lines, indent: number, depth: number, sequenceFrom: number): YamlValue {
  lines.advance();
  const line = lines.current;
  if (line === undefined || line.marker) return "";
  if (line.indent > indent) {
    const inFlow = line.content[0] === "{" || line.content[0] === "[";
    if (inFlow || isItem(line.content) || line.content.startsWith("? ") || keyOf(line.content) !== undefined) {
      return block(lines, line.indent, depth + 1);
    }
    return scalar(lines, line.content, line.start, indent, depth);
  }
  return line.indent >= sequenceFrom && isItem(line.content) ? block(lines, line.indent, depth + 1) : "";
}

const FLOW_OR_BLOCK: ReadonlySet<string> = new Set(["{", "[", "|", ">", "&", "*", "!"]);

/** A scalar or flow collection that begins in this line; leaves the reader at the line behind it. */
function scalar(lines: Lines, rest: string, start: number, indent: number, depth: number): YamlValue {
  switch (rest[0]) {
    case "{":
    case "[":
      return flowAt(lines, start, depth);
    case "|":
    case ">":
      return lines
        .takeDeeper(indent)
        .join(rest[0] === "|" ? "\n" : " ")
        .trim();
    case "&":
    case "*":
    case "!":
      throw lines.broken("anchors, aliases and tags have no place here");
  }
  const quoted = quotedAt(rest, 0);
  if (quoted !== undefined) {
    const behind = trimmedStart(rest.slice(quoted.end));
    if (behind !== "" && behind[0] !== "#") throw lines.broken("something stands behind a quoted text");
    lines.advance();
    return quoted.value;
  }
  if (rest[0] === '"' || rest[0] === "'") throw lines.broken("a quoted text does not end in its line");
  const parts = [withoutComment(rest)];
  lines.advance();
  for (let line = lines.current; line !== undefined && line.indent > indent && !line.marker; line = lines.current) {
    parts.push(withoutComment(line.content));
    lines.advance();
  }
  return parts.join(" ");
}

function withoutComment(plain: string): string {
  const comment = plain.indexOf(" #");
  return comment < 0 ? plain : trimmedEnd(plain.slice(0, comment));
}

/** The key at the start of a line, and how far it goes with its colon; undefined where the line has none. */
function keyOf(content: string): { readonly key: string; readonly length: number } | undefined {
  const quoted = quotedAt(content, 0);
  if (quoted !== undefined) {
    let end = quoted.end;
    while (content[end] === " ") end += 1;
    const behind = content[end + 1];
    return content[end] === ":" && (behind === undefined || behind === " ")
      ? { key: quoted.value, length: end + 1 }
      : undefined;
  }
  if (NO_KEY.has(content[0] ?? "")) return undefined;
  const colon = content.indexOf(": ");
  if (colon >= 0) return { key: trimmedEnd(content.slice(0, colon)), length: colon + 1 };
  if (content.endsWith(":")) return { key: trimmedEnd(content.slice(0, -1)), length: content.length };
  return undefined;
}

/** No plain key begins like that. */
const NO_KEY: ReadonlySet<string> = new Set([...FLOW_OR_BLOCK, '"', "'", "#", "%", "@", "`", "]", "}", ","]);
