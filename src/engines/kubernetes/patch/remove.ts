import type { DocumentEdit, EditContext } from "./document-edit.ts";
import { dashBefore, type Place, valueEnd } from "./place.ts";
import { replaceValue } from "./replace.ts";
import { isBlank, isFlow, lineEnd, lineStart } from "./style.ts";
import type { PatchRefusal } from "./value.ts";

const ODD = "the text there is of an unusual form";

/** Takes a key with its value, or an item, away, and with it the comment in its last line. */
export function removePlace(context: EditContext, at: Place): DocumentEdit | PatchRefusal {
  const { text } = context;
  const holder = at.holder as Place;
  const siblings = siblingsOf(holder);
  const index = at.index ?? siblings.findIndex(({ entry }) => entry === at.entry);
  if (siblings.length === 1) {
    if (holder.holder === undefined && !isFlow(text, holder.node))
      return { refused: "nothing would be left of the object" };
    return replaceValue(context, holder, holder.node.kind === "map" ? {} : []);
  }
  const [before, next] = [siblings[index - 1], siblings[index + 1]];
  if (isFlow(text, holder.node)) {
    const start = at.entry?.keyStart ?? at.node.start;
    if (next !== undefined) return { start, end: next.entry?.keyStart ?? next.node.start, replacement: "" };
    return { start: before?.node.end ?? start, end: at.node.end, replacement: "" };
  }
  const start = startOf(text, at);
  const end = valueEnd(text, at);
  if (start === undefined || end === undefined) return { refused: ODD };
  const close = lineEnd(text, end);
  const rest = text.slice(end, close);
  if (!isBlank(rest) && !/^[ \t]+#/.test(rest)) return { refused: ODD };
  const behind = text[close] === "\r" ? close + 2 : close + 1;
  const line = lineStart(text, start);
  if (isBlank(text.slice(line, start))) {
    if (behind <= text.length) return { start: line, end: behind, replacement: "" };
    // The last line of a text that ends without a line end.
    return { start: line === 0 ? 0 : line - (text[line - 2] === "\r" ? 2 : 1), end: close, replacement: "" };
  }
  // The first key of an item stands behind its dash, where the next one is to stand.
  const following = next === undefined ? undefined : startOf(text, next);
  if (following === undefined) return { refused: ODD };
  const hasComment = text.slice(close, following).includes("#");
  return { start, end: hasComment ? behind : following, replacement: "" };
}

function siblingsOf(holder: Place): Place[] {
  const { node } = holder;
  if (node.kind === "map") return node.entries.map((entry) => ({ node: entry.value, entry, holder }));
  return node.kind === "sequence" ? node.items.map((item, index) => ({ node: item, index, holder })) : [];
}

/** Of the key, or of the item's dash. */
function startOf(text: string, { node, entry }: Place): number | undefined {
  return entry === undefined ? dashBefore(text, node.start) : entry.keyStart;
}
