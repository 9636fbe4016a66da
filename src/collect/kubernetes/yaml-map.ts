/** Small files of settings that another program acts on: read where every reader of YAML reads them alike, else refused. */

import { lstatSync } from "node:fs";
import { isObject } from "../../core/untyped.ts";
import { foreignLineBreak } from "../../formats/yaml/documents.ts";
import type { YamlFault } from "../../formats/yaml/model.ts";
import { fastDocument } from "../../formats/yaml/nodes.ts";
import { plainValue } from "../../formats/yaml/value.ts";
import { readBoundedText } from "../tree/text-file.ts";

/**
 * The map that the file holds, empty where it holds nothing; or why it cannot be read. Tags, anchors, aliases, explicit
 * keys, directives and all else of a rare form are refused: what a program makes of them is not known for certain, and
 * what is decided here is what that program may reach.
 */
export function readYamlMap(file: string, name: string, limit: number): Readonly<Record<string, unknown>> | string {
  if (isLink(file)) return `its ${name} is a symbolic link`;
  const text = readBoundedText(file, limit);
  return text === undefined ? `its ${name} is not a file of UTF-8 with at most ${limit} bytes` : mapOf(text, name);
}

/** The same of a text; `name` is what a reason calls it. */
export function mapOf(text: string, name: string): Readonly<Record<string, unknown>> | string {
  // YAML 1.1 ends lines, and comments, at more characters than YAML 1.2: what follows may be a field to that program.
  if (foreignLineBreak(text) !== undefined) {
    return `its ${name} has a line separator that not all programs end a line at`;
  }
  const start = /^(?:[ \t]*(?:#[^\n]*|\r?)\n)*---[ \t]*(?=\r?\n|$)/.exec(text)?.[0].length ?? 0;
  if (/^(?:---|\.\.\.)/m.test(text.slice(start))) return `its ${name} has several documents`;
  const unusual = UNUSUAL.exec(text);
  const node = unusual === null ? fastDocument(text, { start, end: text.length }, "refused") : undefined;
  if (node === undefined) return `its ${name} is of a form that not all programs read alike`;
  const faults: YamlFault[] = [];
  const value = node === null ? null : plainValue(node, faults);
  // Of a key that is there twice programs take one or the other.
  const [fault] = faults;
  if (fault !== undefined) return `its ${name} cannot be read: ${fault.reason}`;
  if (value === null) return {};
  return isObject(value) ? value : `its ${name} is not a map`;
}

/** Control characters, byte order marks, and keys of a flow mapping without a space or a value behind their colon. */
const UNUSUAL = /[^\P{Cc}\t\n\r]|[\ufeff\ufffe\uffff]|[{,][^{},:"']*:[,}\]]/u;

function isLink(file: string): boolean {
  try {
    return lstatSync(file).isSymbolicLink();
  } catch {
    return false;
  }
}
