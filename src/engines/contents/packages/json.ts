/** A JSON object whose fields nobody has looked at yet. */
import { parseJson } from "../../../core/parse-json.ts";
import { isObject } from "../../../core/untyped.ts";
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value of a file's JSON (RFC 8259), or undefined where it is none; a byte order mark is skipped. */
export function jsonIn(bytes: Buffer): unknown {
  const text = bytes.toString("utf8");
  try {
    return parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

/** The object that a file's JSON is, or undefined where it is none. */
export function jsonObjectIn(bytes: Buffer): JsonObject | undefined {
  const value = jsonIn(bytes);
  return isObject(value) ? value : undefined;
}

/** The fields of an object; none where the value is no object. */
export function fieldsOf(value: unknown): [name: string, value: unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

/** The items of a list; none where the value is no list. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Undefined where it is no text. */
export function textIn(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
