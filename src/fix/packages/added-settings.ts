/** Settings put into files of package managers, which keep all that is in them. */

import { isObject } from "../../core/untyped.ts";
import { libraryDocument } from "../../formats/yaml/library.ts";

/** Lines at the end. */
export function withLines(before: string | undefined, lines: readonly string[]): string {
  return `${ended(before ?? "")}${lines.map((line) => `${line}\n`).join("")}`;
}

function ended(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

/**
 * Keys of the first level of a YAML mapping that it does not have, at its end.
 *
 * @returns undefined where the text is no mapping in block style, or would say something else afterwards
 */
export function withTopLevel(
  before: string | undefined,
  entries: readonly (readonly [key: string, value: string])[],
): { readonly text: string; readonly lines: readonly string[] } | undefined {
  const own = before === undefined || before.trim() === "" ? {} : mappingOf(before);
  if (own === undefined) return undefined;
  const lines = entries.filter(([key]) => !Object.hasOwn(own, key)).map(([key, value]) => `${key}: ${value}`);
  const text = withLines(before, lines);
  if (lines.length === 0) return { text, lines };
  const after = mappingOf(text);
  const kept = after !== undefined && Object.entries(own).every(([key, value]) => same(value, after[key]));
  const isAdded = after !== undefined && Object.keys(after).length === Object.keys(own).length + lines.length;
  return kept && isAdded ? { text, lines } : undefined;
}

function mappingOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const document = libraryDocument(text, { schema: "core", logLevel: "error" });
  if (document === undefined || document.errors.length > 0) return undefined;
  if (document.contents === null) return {};
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Whether a line begins with the key and the sign behind it. */
export function states(text: string | undefined, key: string, sign: string): boolean {
  return (text ?? "").split("\n").some((line) => {
    const plain = line.trimStart();
    return plain.startsWith(key) && plain.slice(key.length).trimStart().startsWith(sign);
  });
}

/** A line below the header of a table of TOML's first level, which is made where it is missing; undefined where it is there twice. */
export function withSection(before: string | undefined, section: string, line: string): string | undefined {
  const text = before ?? "";
  const lines = text.split("\n");
  const headers = lines.flatMap((one, index) => (one.split("#", 1)[0]?.trim() === `[${section}]` ? [index] : []));
  // Where it is written otherwise, or texts of several lines could look like a header.
  const isElsewhere = states(text, section, "=") || states(text, section, ".");
  if (headers.length > 1 || isElsewhere || text.includes('"""') || text.includes("'''")) return undefined;
  const [at] = headers;
  if (at === undefined) return `${ended(text)}${text === "" ? "" : "\n"}[${section}]\n${line}\n`;
  return [...lines.slice(0, at + 1), line, ...lines.slice(at + 1)].join("\n");
}
