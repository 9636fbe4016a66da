/** A configuration in YAML or JSON as a flat list of settings, each with its place. */

import type { Document, Node } from "yaml";
import type { Location } from "../../../core/location.ts";
import { Problem } from "../../../core/problem.ts";
import { lineCounter } from "../../../formats/position.ts";
import { coreValue } from "../../../formats/yaml/core-schema.ts";
import { isMap, isScalar, isSeq, libraryDocument, libraryLines } from "../../../formats/yaml/library.ts";
import { type PlacedNode, readSimple } from "../../../formats/yaml/placed.ts";
import { bounds } from "./bounds.ts";
import type { RegistrySetting } from "./model.ts";

/** Looked up without regard to case, as the products do. */
export interface Settings {
  readonly all: readonly RegistrySetting[];
  /** The last that is stated at exactly this path. */
  get(...path: string[]): RegistrySetting | undefined;
  /** All that stand below it, and it itself. */
  under(...path: string[]): readonly RegistrySetting[];
}

export function settingsOf(all: readonly RegistrySetting[]): Settings {
  const key = (path: readonly string[]) => path.map((part) => part.toLowerCase()).join("\0");
  const byPath = new Map(all.map((setting) => [key(setting.path), setting]));
  return {
    all,
    get: (...path) => byPath.get(key(path)),
    under(...path) {
      const wanted = key(path);
      return all.filter((setting) => {
        const own = key(setting.path);
        return own === wanted || own.startsWith(`${wanted}\0`);
      });
    },
  };
}

/**
 * JSON is read as the YAML that it is.
 *
 * @param place - of a text that is part of another file; absent: the text is the file, and each setting has its line
 * @throws Problem `registry.configuration`, kind input
 */
export function readSettings(path: string, text: string, place?: Location): RegistrySetting[] {
  if (text.length > bounds.configurationCharacters) {
    throw broken(path, `exceeds the limit of ${bounds.configurationCharacters} characters`);
  }
  return settingsIn(text, path, place) ?? settingsByLibrary(text, path, place);
}

/** As the library reads it, wherever this answers: it is loaded for the few texts that are of another form, or wrong. */
export function settingsIn(text: string, path: string, place?: Location): RegistrySetting[] | undefined {
  const root = readSimple(text, { depth: bounds.depth, values: bounds.settings });
  if (root === undefined) return undefined;
  const found: RegistrySetting[] = [];
  const lineAt = lineCounter(text);
  const locate = ({ start }: PlacedNode): Location => {
    if (place !== undefined) return place;
    return { kind: "file", path, line: lineAt(start), column: start - text.lastIndexOf("\n", start - 1) };
  };

  /** Whether all was of a form that is read alike. */
  function take(node: PlacedNode, own: readonly string[], key: PlacedNode): boolean {
    if (node.kind === "scalar") {
      if (node.style === "literal" || node.style === "folded") return false;
      found.push({ path: own, value: node.type === "null" ? "" : String(coreValue(node)), location: locate(key) });
      return true;
    }
    if (own.length > 0) found.push({ path: own, value: "", location: locate(key) });
    if (node.kind === "map") {
      return node.entries.every((entry) => take(entry.value, [...own, String(coreValue(entry.key))], entry.key));
    }
    return node.items.every((item, index) => !isNothing(item) && take(item, [...own, String(index)], item));
  }
  return root.kind !== "scalar" && take(root, [], root) ? found : undefined;
}

/** What stands nowhere has a place all the same, which is the library's to tell. */
function isNothing(node: PlacedNode): boolean {
  return node.kind === "scalar" && node.type === "null" && node.text === "";
}

export function settingsByLibrary(text: string, path: string, place?: Location): RegistrySetting[] {
  const lines = libraryLines();
  const document = libraryDocument(text, { lineCounter: lines });
  if (document === undefined) throw broken(path, "nested too deeply");
  const [error] = document.errors;
  if (error !== undefined) {
    throw broken(`${path}:${lines.linePos(error.pos[0]).line}`, error.message.split("\n")[0] ?? "");
  }
  const found: RegistrySetting[] = [];
  const locate = (node: unknown): Location => {
    if (place !== undefined) return place;
    const { line, col } = lines.linePos((node as Node | undefined)?.range?.[0] ?? 0);
    return { kind: "file", path, line, column: col };
  };
  walk(document, document.contents, [], document.contents, path, locate, found);
  return found;
}

/** Aliases stand for what they name: how much that comes to is bounded as the rest is. */
function walk(
  document: Document,
  written: unknown,
  path: readonly string[],
  key: unknown,
  file: string,
  locate: (node: unknown) => Location,
  found: RegistrySetting[],
): void {
  if (path.length > bounds.depth) throw broken(file, "nested too deeply");
  if (found.length >= bounds.settings) throw broken(file, `more than ${bounds.settings} values`);
  const node = behind(document, written);
  if (isMap(node)) {
    if (path.length > 0) found.push({ path, value: "", location: locate(key) });
    for (const pair of node.items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : undefined;
      if (name !== undefined) walk(document, pair.value, [...path, name], pair.key, file, locate, found);
    }
  } else if (isSeq(node)) {
    if (path.length > 0) found.push({ path, value: "", location: locate(key) });
    for (const [index, item] of node.items.entries()) {
      walk(document, item, [...path, String(index)], item, file, locate, found);
    }
  } else if (path.length > 0) {
    const value = isScalar(node) && node.value !== null && node.value !== undefined ? String(node.value) : "";
    found.push({ path, value, location: locate(key) });
  }
}

function behind(document: Document, node: unknown): unknown {
  return typeof node === "object" && node !== null && "source" in node && "resolve" in node
    ? (node as { resolve(document: Document): Node | undefined }).resolve(document)
    : node;
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "registry.configuration", place, cause });
}
