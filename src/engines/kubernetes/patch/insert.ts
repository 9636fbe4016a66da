import type { YamlEntry, YamlMap } from "../../../formats/yaml/model.ts";
import type { DocumentEdit, EditContext } from "./document-edit.ts";
import { isInFlow, type Place, valueEnd } from "./place.ts";
import { blockLines, entryLines, flowEntry, flowText, isNested } from "./render.ts";
import { indented, quotesAt, replaceValue } from "./replace.ts";
import { columnOf, isBlank, isFlow, lineEnd, lineStart } from "./style.ts";
import type { PatchRefusal } from "./value.ts";

const ODD = "the text there is of an unusual form";

/** A new key of a mapping: by the alphabet where its keys are, else behind the last. */
export function insertEntry(context: EditContext, at: Place, key: string, value: unknown): DocumentEdit | PatchRefusal {
  const { text, style } = context;
  const node = at.node as YamlMap;
  if (node.entries.length === 0) {
    const isBlockHere = at.entry !== undefined && style.json === undefined && !isInFlow(text, at);
    if (isBlockHere) return replaceValue(context, at, { [key]: value });
    return { start: node.start, end: node.end, replacement: emptyWith(context, at, key, value) };
  }
  if (isFlow(text, node)) {
    const before = neighbour(node, key, () => true) ?? (node.entries.at(-1) as YamlEntry);
    return flowInsert(context, before.keyStart, before.value.end, (indent) => flowKey(context, at, key, value, indent));
  }
  const indent = style.newline + " ".repeat(columnOf(text, (node.entries[0] as YamlEntry).keyStart));
  const lines = entryLines(key, value, style);
  const before = neighbour(node, key, (entry) => isFollowable(text, entry));
  if (before === undefined) {
    const first = node.entries[0] as YamlEntry;
    return { start: first.keyStart, end: first.keyStart, replacement: `${lines.join(indent)}${indent}` };
  }
  return blockInsert(
    text,
    valueEnd(text, { node: before.value, entry: before, holder: at }),
    indent + lines.join(indent),
  );
}

/** A new last item of a sequence. */
export function appendItem(context: EditContext, at: Place, value: unknown): DocumentEdit | PatchRefusal {
  const { text, style } = context;
  const { node } = at;
  if (node.kind !== "sequence") return { refused: "not a list" };
  const last = node.items.at(-1);
  if (last === undefined) return replaceValue(context, at, [value]);
  if (last.start < node.start || last.end > node.end) return { refused: ODD };
  if (isFlow(text, node)) {
    const quotes = quotesAt(context, { node: last });
    return flowInsert(context, last.start, last.end, (indent) =>
      indent !== undefined && style.json !== undefined
        ? indented(value, style.unit, indent, style.newline)
        : flowText(value, quotes),
    );
  }
  if (text[node.start] !== "-") return { refused: ODD };
  const indent = style.newline + " ".repeat(columnOf(text, node.start));
  const lines = blockLines([value], style);
  return blockInsert(text, valueEnd(text, { node: last, holder: at }), indent + lines.join(indent));
}

/** Behind the line that the value before ends in, with what is said there. */
function blockInsert(text: string, end: number | undefined, lines: string): DocumentEdit | PatchRefusal {
  if (end === undefined) return { refused: ODD };
  const close = lineEnd(text, end);
  const rest = text.slice(end, close);
  if (!isBlank(rest) && !/^[ \t]+#/.test(rest)) return { refused: ODD };
  return { start: close, end: close, replacement: lines };
}

/** Behind a value in braces or brackets: in a line of its own where the one before has one. */
function flowInsert(
  { text, style }: EditContext,
  start: number,
  end: number,
  write: (indent: string | undefined) => string,
): DocumentEdit {
  const before = text.slice(lineStart(text, start), start);
  const hasOwnLine = isBlank(before) && lineStart(text, start) > 0;
  if (!hasOwnLine) {
    return { start: end, end, replacement: `${style.json === "compact" ? "," : ", "}${write(undefined)}` };
  }
  const close = lineEnd(text, end);
  const [, comma, comment] = /^(,?)([ \t]*#.*)$/.exec(text.slice(end, close).replace(/^[ \t]*(?=,)/, "")) ?? [];
  const line = `${style.newline}${before}${write(before)}`;
  if (comment === undefined) return { start: end, end, replacement: `,${line}` };
  return { start: end, end: close, replacement: `,${comment}${line}${comma}` };
}

function flowKey(context: EditContext, at: Place, key: string, value: unknown, indent: string | undefined): string {
  const { style } = context;
  if (indent === undefined || style.json === undefined || !isNested(value))
    return flowEntry(key, value, quotesAt(context, at));
  return `${JSON.stringify(key)}: ${indented(value, style.unit, indent, style.newline)}`;
}

function emptyWith({ text, style }: EditContext, at: Place, key: string, value: unknown): string {
  if (style.json === undefined) return flowText({ [key]: value }, "needed");
  if (style.json === "compact") return flowText({ [key]: value }, "compact");
  const anchor = at.entry?.keyStart ?? at.node.start;
  const before = text.slice(lineStart(text, anchor), anchor);
  const isPretty = isBlank(before) && text.includes("\n");
  return isPretty ? indented({ [key]: value }, style.unit, before, style.newline) : flowText({ [key]: value }, "all");
}

/** The entry to stand behind; undefined: before the first. */
function neighbour({ entries }: YamlMap, key: string, allowed: (entry: YamlEntry) => boolean): YamlEntry | undefined {
  const isSorted =
    entries.length > 1 && entries.every((one, index) => index === 0 || (entries[index - 1]?.key ?? "") < one.key);
  const fitting = isSorted ? entries.filter((one) => one.key < key) : entries;
  return fitting.findLast(allowed) ?? entries.findLast(allowed);
}

/** Not an alias, whose place is elsewhere, nor a block of text that keeps the lines behind it. */
function isFollowable(text: string, { value, shared }: YamlEntry): boolean {
  return shared !== true && !/^[|>][0-9]*\+/.test(text.slice(value.start, value.start + 4));
}
