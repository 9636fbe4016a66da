/** The text of a pipeline file beside what was read of it, and changes of it that keep how it is written. */
import type { TextEdit } from "../../core/finding.ts";
import type { Location } from "../../core/location.ts";
import type {
  Dependabot,
  Field,
  GithubFile,
  Place,
  PlacedExpression,
  Step,
  Text,
} from "../../engines/pipelines/model.ts";

export interface PipelineSource {
  readonly path: string;
  readonly text: string;
  readonly file: GithubFile | Dependabot;
  /** Other workflows and actions of the tree, by path; undefined of what was not read. */
  other?(path: string): GithubFile | undefined;
  /** What a reference points to now; absent where nothing is looked up. */
  readonly pins?: Pins;
}

/** Answers that were looked up before: nothing here asks a network. */
export interface Pins {
  /** `owner/repository`, `v4` → 40 hex digits. */
  commit(repository: string, ref: string): string | undefined;
  /** `alpine:3.20` as it is written → `sha256:…`. */
  digest(image: string): string | undefined;
}

export function edit({ path }: PipelineSource, start: number, end: number, replacement: string): TextEdit {
  return { path, start, end, replacement };
}

/** Whether one of the places is where this value stands. */
export function isAt({ line, column }: Place, locations: readonly Location[]): boolean {
  return locations.some((one) => one.kind === "file" && one.line === line && one.column === column);
}

/**
 * Where the key of a value begins. Undefined where the key is written in a way that is not looked through: with an anchor or
 * a tag before the value, or in a mapping in braces.
 */
export function keyStart({ text }: PipelineSource, key: string, value: Place): number | undefined {
  const before = text.slice(Math.max(0, value.start - 1000), value.start);
  const trimmed = before.trimEnd();
  if (!trimmed.endsWith(":")) return undefined;
  const named = trimmed.slice(0, -1).trimEnd();
  for (const form of [key, `"${key}"`, `'${key}'`]) {
    if (!named.endsWith(form)) continue;
    const start = value.start - before.length + named.length - form.length;
    // At the beginning of its line, or behind the dash of a list's item.
    const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
    return /^\s*(?:- +)*$/.test(line) ? start : undefined;
  }
  return undefined;
}

/** Spaces that put a line below the column of an offset. */
export function indentAt({ text }: PipelineSource, offset: number): string {
  return " ".repeat(offset - (text.lastIndexOf("\n", offset - 1) + 1));
}

/** Puts an entry before the one that begins at an offset, in the same column. `lines` are indented from there. */
export function entryBefore(source: PipelineSource, offset: number, lines: readonly string[]): TextEdit {
  const indent = indentAt(source, offset);
  return edit(source, offset, offset, lines.map((line) => `${line}\n${indent}`).join(""));
}

/** Puts an entry below the line that a value of one line ends on, in the column of the key at `key`. */
export function entryAfter(
  source: PipelineSource,
  key: number,
  value: Place,
  lines: readonly string[],
): TextEdit | undefined {
  const newline = source.text.indexOf("\n", value.end);
  const end = newline < 0 ? source.text.length : newline;
  const rest = source.text.slice(value.end, end);
  if (!/^\s*(?:#[^\n]*)?$/.test(rest)) return undefined;
  const indent = indentAt(source, key);
  const at = rest.endsWith("\r") ? end - 1 : end;
  return edit(source, at, at, lines.map((line) => `\n${indent}${line}`).join(""));
}

/** Where an entry may be put before a mapping's first one. Undefined of one in braces. */
export function firstEntry({ text }: PipelineSource, fields: readonly Field[]): number | undefined {
  const [first] = fields;
  if (first === undefined) return undefined;
  const { start } = first.key.place;
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  return line.trim() === "" ? start : undefined;
}

/** The key of what a step does, which every step has. */
export function stepKey(source: PipelineSource, step: Step): number | undefined {
  return step.kind === "run" ? keyStart(source, "run", step.run.place) : keyStart(source, "uses", step.uses.text.place);
}

/** Adds variables to a step. Undefined where the file is not written in a way to do so. */
export function withVariables(
  source: PipelineSource,
  step: Step,
  variables: readonly (readonly [name: string, value: string])[],
): TextEdit | undefined {
  if (step.envComputed !== undefined) return undefined;
  const lines = variables.map(([name, value]) => `${name}: ${value}`);
  const first = firstEntry(source, step.env);
  if (first !== undefined) return lastLine(source, step.env, lines) ?? entryBefore(source, first, lines);
  const key = stepKey(source, step);
  // An `env` that is there and empty would be there twice.
  if (step.env.length > 0 || key === undefined || hasEmptyEnv(source, step)) return undefined;
  const value = step.kind === "run" ? step.run : step.uses.text;
  const entry = ["env:", ...lines.map((line) => `  ${line}`)];
  const isLine = value.style !== "literal" && value.style !== "folded";
  return (isLine ? entryAfter(source, key, value.place, entry) : undefined) ?? entryBefore(source, key, entry);
}

/** Behind the last entry of a mapping, where that is one line. */
function lastLine(source: PipelineSource, fields: readonly Field[], lines: readonly string[]): TextEdit | undefined {
  const last = fields.at(-1);
  if (last?.value === undefined || last.value.style === "literal" || last.value.style === "folded") return undefined;
  return firstEntry(source, [last]) === undefined
    ? undefined
    : entryAfter(source, last.key.place.start, last.value.place, lines);
}

function hasEmptyEnv(source: PipelineSource, { place, env }: Step): boolean {
  return env.length === 0 && hasKey(source, place, "env");
}

/** Whether a line of the place begins with the key, be it one within a scalar. */
export function hasKey({ text }: PipelineSource, { start, end }: Place, key: string): boolean {
  return text
    .slice(start, end)
    .split("\n")
    .some((line) => {
      const trimmed = line.trimStart();
      const entry = trimmed.startsWith("- ") ? trimmed.slice(2).trimStart() : trimmed;
      return entry.startsWith(key) && entry.slice(key.length).trimStart().startsWith(":");
    });
}

/**
 * Where an expression stands in the file, with its braces. Undefined where the scalar is not written as it reads: with escapes
 * in the expression, or over several lines that are folded.
 */
export function expressionSpan(
  { text }: PipelineSource,
  scalar: Text,
  expression: PlacedExpression,
): { readonly start: number; readonly end: number } | undefined {
  const raw = text.slice(scalar.place.start, scalar.place.end);
  let from = 0;
  for (const one of scalar.expressions) {
    const start = raw.indexOf("${{", from);
    const inner = start < 0 ? -1 : raw.indexOf(one.source, start + 3);
    // Nothing but white space is between the braces and what is read of it.
    if (inner < 0 || raw.slice(start + 3, inner).trim() !== "") return undefined;
    const close = raw.indexOf("}}", inner + one.source.length);
    if (close < 0 || raw.slice(inner + one.source.length, close).trim() !== "") return undefined;
    if (one === expression) return { start: scalar.place.start + start, end: scalar.place.start + close + 2 };
    from = close + 2;
  }
  return undefined;
}

/** A replacement for a part of a scalar, as the scalar's form needs it. Undefined where that form cannot hold it. */
export function inStyle({ style }: Text, replacement: string): string | undefined {
  switch (style) {
    case "single":
      return replacement.replaceAll("'", "''");
    case "double":
      return replacement.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
    case "plain":
      return /: | #|\n/.test(replacement) ? undefined : replacement;
    default:
      return replacement;
  }
}
