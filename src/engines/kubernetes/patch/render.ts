/** Plain data as the text of a manifest. */
import { isObject } from "../../../core/untyped.ts";
import { keyText, resolvePlain } from "../../../formats/yaml/scalars.ts";

/** How a document is written. */
export interface TextStyle {
  readonly newline: "\n" | "\r\n";
  /** What a nested mapping is indented by. */
  readonly unit: string;
  /** What the dashes of a sequence are indented by, from the key that they stand below. */
  readonly dashes: string;
  /** Where it is JSON, what is written into it is JSON too; `compact`: without white space. */
  readonly json: "compact" | "spaced" | undefined;
}

/** Needs no quotes, whatever the reader. */
const PLAIN = /^[A-Za-z_/][A-Za-z0-9_./-]*$/;

/** One value in one line. `quote` is that of what stood there before. */
export function scalarText(value: unknown, quote = ""): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "null";
  if (quote === "'" && /^[ -~]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  if (quote !== '"' && PLAIN.test(value) && resolvePlain(value) === value) return value;
  return quoted(value);
}

/** JSON's text is YAML's where nothing in it ends a line or is not printable. */
function quoted(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function keyOf(key: string): string {
  return PLAIN.test(key) && keyText(key) === key && typeof resolvePlain(key) === "string" ? key : quoted(key);
}

/** Whether it is written over several lines in block style. */
export function isNested(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}

export type FlowQuotes = "all" | "compact" | "needed";

/** In braces and brackets, in one line: `all` as JSON with spaces, `compact` as JSON without. */
export function flowText(value: unknown, quotes: FlowQuotes): string {
  if (quotes === "compact") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => flowText(item, quotes)).join(", ")}]`;
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, inner]) => flowEntry(key, inner, quotes));
    return quotes === "all" && entries.length > 0 ? `{ ${entries.join(", ")} }` : `{${entries.join(", ")}}`;
  }
  return quotes === "all" ? scalarText(value, '"') : scalarText(value);
}

export function flowEntry(key: string, value: unknown, quotes: FlowQuotes): string {
  if (quotes === "compact") return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  return `${quotes === "all" ? quoted(key) : keyOf(key)}: ${flowText(value, quotes)}`;
}

/** Lines of a collection that is not empty, from column 0. */
export function blockLines(value: unknown, style: TextStyle): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item) =>
      isNested(item)
        ? blockLines(item, style).map((line, index) => `${index === 0 ? "- " : "  "}${line}`)
        : [`- ${flowText(item, "needed")}`],
    );
  }
  return Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([key, inner]) =>
    entryLines(key, inner, style),
  );
}

export function entryLines(key: string, value: unknown, style: TextStyle): string[] {
  if (!isNested(value)) return [`${keyOf(key)}: ${flowText(value, "needed")}`];
  return [`${keyOf(key)}:`, ...nestedLines(value, style)];
}

/** What stands below a key, from the key's column. */
export function nestedLines(value: unknown, style: TextStyle): string[] {
  const indent = Array.isArray(value) ? style.dashes : style.unit;
  return blockLines(value, style).map((line) => indent + line);
}
