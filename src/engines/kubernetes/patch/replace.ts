import type { DocumentEdit, EditContext } from "./document-edit.ts";
import { behindIndicator, isInFlow, type Place, valueEnd } from "./place.ts";
import { blockLines, type FlowQuotes, flowText, isNested, nestedLines, scalarText } from "./render.ts";
import { columnOf, isBlank, isFlow, lineEnd, lineStart } from "./style.ts";
import type { PatchRefusal } from "./value.ts";

const ODD = "the text there is of an unusual form";

/** Another value in the place of one: in one line where it is single or in braces, else in lines of its own. */
export function replaceValue(context: EditContext, at: Place, value: unknown): DocumentEdit | PatchRefusal {
  const { text, style } = context;
  const { node } = at;
  const behind = at.holder === undefined ? node.start : behindIndicator(text, at);
  const end = valueEnd(text, at);
  const inFlow = isInFlow(text, at);
  if (end === undefined || (behind === undefined && !inFlow)) return { refused: ODD };
  if (inFlow || style.json !== undefined) {
    return { start: node.start, end, replacement: flowOf(context, at, value) };
  }
  const start = behind as number;
  if (!isNested(value)) {
    const isInLine = node.start < end && lineStart(text, node.start) === lineStart(text, start);
    const written = scalarText(value, node.kind === "scalar" ? text[node.start] : "");
    const shown = isCollection(value) ? flowText(value, "needed") : written;
    return isInLine ? { start: node.start, end, replacement: shown } : { start, end, replacement: ` ${shown}` };
  }
  if (at.entry !== undefined) {
    const indent = " ".repeat(columnOf(text, at.entry.keyStart));
    const lines = nestedLines(value, style).map((line) => style.newline + indent + line);
    // What is said behind the value stays in the key's line.
    const close = lineEnd(text, end);
    const comment = text.slice(end, close);
    const keeps = /^[ \t]+#/.test(comment);
    if (!keeps && !isBlank(comment)) return { refused: ODD };
    return keeps
      ? { start, end: close, replacement: `${comment}${lines.join("")}` }
      : { start, end, replacement: lines.join("") };
  }
  if (at.holder === undefined) return { refused: ODD };
  const indent = " ".repeat(columnOf(text, start) + 1);
  return { start, end, replacement: ` ${blockLines(value, style).join(style.newline + indent)}` };
}

function isCollection(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function flowOf(context: EditContext, at: Place, value: unknown): string {
  const quotes = quotesAt(context, at.holder ?? at);
  if (at.node.kind === "scalar" && typeof value === "string" && quotes === "needed") {
    return scalarText(value, context.text[at.node.start]);
  }
  if (quotes === "all" && isNested(value) && context.style.json === "spaced") return prettyJson(context, at, value);
  return flowText(value, quotes);
}

/** Over several lines where the document is, as its own lines are indented. */
export function prettyJson({ text, style }: EditContext, at: Place, value: unknown): string {
  const anchor = at.entry?.keyStart ?? at.node.start;
  const before = text.slice(lineStart(text, anchor), anchor);
  if (!isBlank(before) || !text.includes("\n")) return flowText(value, "all");
  return indented(value, style.unit, before, style.newline);
}

export function indented(value: unknown, unit: string, before: string, newline: string): string {
  return JSON.stringify(value, undefined, unit).replaceAll("\n", newline + before);
}

/** How the keys of a collection in flow style are written. */
export function quotesAt({ text, style }: EditContext, { node }: Place): FlowQuotes {
  const first = node.kind === "map" && isFlow(text, node) ? node.entries[0] : undefined;
  if (style.json !== undefined) return style.json === "compact" ? "compact" : "all";
  if (first === undefined) return "needed";
  if (text[first.keyStart] !== '"') return "needed";
  return /[ \t\r\n]/.test(text[first.value.start - 1] ?? "") ? "all" : "compact";
}
