/**
 * JSON of which every reader makes the same. Go's encoding/json, by which runtimes read documents of images, takes a
 * key in another case for the field that it knows, and the last of several; here the exact one would count. A document
 * that leaves room for both is two documents under one digest.
 */
import { isUtf8 } from "node:buffer";
import { writtenKeys } from "./json-cost.ts";
import { endOfString, parseJson } from "./parse-json.ts";

export type ExactJson =
  | { readonly value: unknown }
  /** `ambiguous`: readers take it, and not all for the same. */
  | { readonly fault: string; readonly ambiguous: boolean };

/**
 * @param keys - as many as were counted in it already (`measureJson`)
 * @returns the value, or why there is none as the end of a sentence about the document
 */
export function parseExactJson(bytes: Buffer, keys?: number): ExactJson {
  // Each reader puts something else in the place of bytes that are no text.
  if (!isUtf8(bytes)) return { fault: "not UTF-8", ambiguous: true };
  const text = bytes.toString("utf8");
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    return { fault: `not JSON: ${(error as Error).message}`, ambiguous: false };
  }
  if (text.includes("\\u") && /\\ud[89a-f]/i.test(text) && !isWellFormed(value)) {
    return { fault: "an escaped half of a character", ambiguous: true };
  }
  // Of one that stands twice the parser keeps one: where as many were kept as written there is none, and the text need not be
  // read once more.
  if (keptKeys(value) === (keys ?? writtenKeys(bytes))) return { value };
  const key = repeatedKey(text);
  if (key === undefined) return { value };
  return { fault: `the key ${JSON.stringify(key)} twice in one object`, ambiguous: true };
}

function keptKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let keys = 0;
  const pending: object[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (Array.isArray(next)) {
      for (const item of next) if (typeof item === "object" && item !== null) pending.push(item);
      continue;
    }
    for (const key in next) {
      keys += 1;
      const item = (next as Readonly<Record<string, unknown>>)[key];
      if (typeof item === "object" && item !== null) pending.push(item);
    }
  }
  return keys;
}

/** Whether no text in it is cut within a character, keys included. */
function isWellFormed(value: unknown): boolean {
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === "string" && !next.isWellFormed()) return false;
    if (typeof next !== "object" || next === null) continue;
    for (const [key, item] of Object.entries(next)) {
      if (!key.isWellFormed()) return false;
      pending.push(item);
    }
  }
  return true;
}

/** A key that Go takes for one of the fields though it is written otherwise. */
export function foldedKey(json: object, fields: ReadonlySet<string>): string | undefined {
  const folded = foldedFields(fields);
  return Object.keys(json).find((key) => !fields.has(key) && folded.has(fold(key)));
}

const foldedOf = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

function foldedFields(fields: ReadonlySet<string>): ReadonlySet<string> {
  const known = foldedOf.get(fields) ?? new Set([...fields].map(fold));
  foldedOf.set(fields, known);
  return known;
}

/** As Unicode folds one character to one (Go's unicode.SimpleFold), where one of them is in ASCII. */
function fold(key: string): string {
  return key.replace(/[A-Z\u017f\u212a]/g, (letter) => {
    if (letter === "\u017f") return "s";
    return letter === "\u212a" ? "k" : letter.toLowerCase();
  });
}

/** The first key that one object has twice. The text must be JSON. */
function repeatedKey(text: string): string | undefined {
  /** The keys of each object around the place; undefined for a list. */
  const around: (Set<string> | undefined)[] = [];
  let keyFollows = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const start = at;
        at = endOfString(text, at + 1);
        const keys = around.at(-1);
        if (!keyFollows || keys === undefined) break;
        keyFollows = false;
        const written = text.slice(start + 1, at);
        const key = written.includes("\\") ? (parseJson(text.slice(start, at + 1)) as string) : written;
        if (keys.has(key)) return key;
        keys.add(key);
        break;
      }
      case 0x7b: // {
        around.push(new Set());
        keyFollows = true;
        break;
      case 0x5b: // [
        around.push(undefined);
        break;
      case 0x7d: // }
      case 0x5d: // ]
        around.pop();
        keyFollows = false;
        break;
      case 0x2c: // ,
        keyFollows = around.at(-1) !== undefined;
        break;
    }
  }
  return undefined;
}
