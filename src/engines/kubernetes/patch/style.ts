import { parseJson } from "../../../core/parse-json.ts";
import type { YamlMap, YamlNode } from "../../../formats/yaml/model.ts";
import type { TextStyle } from "./render.ts";

/** Values that are looked at for how a document is indented; the first ones of each kind decide. */
const LOOKED_AT = 2000;

/** How a document is written, told by its first nested mapping and its first sequence in block style. */
export function styleOf(text: string, root: YamlNode): TextStyle {
  const lineFeed = text.indexOf("\n");
  const newline = lineFeed > 0 && text[lineFeed - 1] === "\r" ? "\r\n" : "\n";
  const compact = compactJson(text);
  if (compact !== undefined) {
    return { newline, unit: jsonUnit(text, root), dashes: "", json: compact === text.trim() ? "compact" : "spaced" };
  }
  let unit: number | undefined;
  let dashes: number | undefined;
  const pending: YamlNode[] = [root];
  for (let looked = 0; looked < LOOKED_AT && (unit === undefined || dashes === undefined); looked++) {
    const node = pending.shift();
    if (node === undefined) break;
    if (node.kind === "sequence") pending.push(...node.items.slice(0, 10));
    if (node.kind !== "map") continue;
    for (const entry of node.entries) {
      const { value } = entry;
      if (entry.shared === true || isFlow(text, value)) continue;
      const step = columnOf(text, value.start) - columnOf(text, entry.keyStart);
      if (value.kind === "map" && step > 0) unit ??= step;
      if (value.kind === "sequence" && text[value.start] === "-" && step >= 0) dashes ??= step;
      pending.push(value);
    }
  }
  unit ??= 2;
  return { newline, unit: " ".repeat(unit), dashes: " ".repeat(dashes ?? unit), json: undefined };
}

/** The same without white space; undefined where it is no JSON. */
function compactJson(text: string): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.stringify(parseJson(text));
  } catch {
    return undefined;
  }
}

function jsonUnit(text: string, root: YamlNode): string {
  const first = (root as YamlMap).entries?.[0];
  if (first === undefined) return "  ";
  const indent = text.slice(lineStart(text, first.keyStart), first.keyStart);
  return indent !== "" && isBlank(indent) ? indent : "  ";
}

/** Whether a collection stands in braces or brackets. */
export function isFlow(text: string, { kind, start }: YamlNode): boolean {
  return (kind === "map" && text[start] === "{") || (kind === "sequence" && text[start] === "[");
}

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** Where the line's own characters end: before its line end. */
export function lineEnd(text: string, offset: number): number {
  const found = text.indexOf("\n", offset);
  if (found < 0) return text.length;
  return found > offset && text[found - 1] === "\r" ? found - 1 : found;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

export function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}
