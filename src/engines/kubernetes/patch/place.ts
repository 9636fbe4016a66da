/** Where in a document's text a patch is to be made, and how deep its path is stated there. */
import type { FieldPatch } from "../../../core/finding.ts";
import type { YamlEntry, YamlNode } from "../../../formats/yaml/model.ts";
import { isFlow } from "./style.ts";
import type { PatchRefusal } from "./value.ts";

type Step = string | number;

/** A value with what it stands in. */
export interface Place {
  readonly node: YamlNode;
  /** The key that it stands behind, in a mapping. */
  readonly entry?: YamlEntry;
  /** Which item it is, in a sequence. */
  readonly index?: number;
  /** Absent for the document's value. */
  readonly holder?: Place;
}

export interface FoundPlace {
  /** The value at the path, or of the deepest part of it that is stated. */
  readonly at: Place;
  /** What of the path is not stated. */
  readonly missing: readonly Step[];
}

/** Follows a path. Refuses what stands elsewhere too: an alias, a merge key, a value that is named. */
export function placeOf(text: string, root: YamlNode, { path }: FieldPatch): FoundPlace | PatchRefusal {
  let at: Place = { node: root };
  for (const [depth, step] of path.entries()) {
    const { node }: Place = at;
    let next: Place | undefined;
    if (node.kind === "map") {
      if (typeof step === "number") return { refused: "a map, which has no items" };
      const entry = node.entries.findLast(({ key }) => key === step);
      if (entry?.shared === true) return { refused: SHARED };
      next = entry === undefined ? undefined : { node: entry.value, entry, holder: at };
    } else if (node.kind === "sequence") {
      if (typeof step !== "number") return { refused: "a list, which has no fields" };
      const item = node.items[step];
      next = item === undefined ? undefined : { node: item, index: step, holder: at };
      // What an alias stands for has its place elsewhere.
      if (item !== undefined && (item.start < node.start || item.end > Math.max(node.end, item.start))) {
        return { refused: SHARED };
      }
    } else if (node.value !== null) return { refused: "a single value, which has no fields" };
    if (next === undefined) return { at, missing: path.slice(depth) };
    if (isNamed(text, next)) return { refused: SHARED };
    at = next;
  }
  return { at, missing: [] };
}

const SHARED = "an anchor, an alias or a merge key is there: a change would be one of other places too";

/** `key: &name` and `- &name`: whatever stands before the value is no part of it. */
function isNamed(text: string, { node, entry, holder }: Place): boolean {
  const from = entry === undefined ? Math.max(holder?.node.start ?? 0, node.start - 200) : entry.keyEnd;
  const before = text.slice(Math.min(from, node.start), node.start);
  // Comments may stand between a key and its value.
  if (entry !== undefined) return /[&!]/.test(before.slice(0, 10_000).replace(/(?:^|[ \t])#[^\n]*/g, ""));
  const trimmed = before.trimEnd();
  let start = trimmed.length;
  while (start > 0 && !/[\s,[\]{}]/.test(trimmed[start - 1] as string)) start--;
  const word = trimmed.slice(start);
  if (word.includes("-&") || word.includes("-!")) return true;
  return /^[&!]/.test(word) && /[-[,]$/.test(trimmed.slice(0, start).trimEnd());
}

/** Whether what is written in a value's place must be in flow style. */
export function isInFlow(text: string, { holder, node }: Place): boolean {
  return holder === undefined ? isFlow(text, node) : isFlow(text, holder.node);
}

/** Behind the colon of a key, or behind the dash of an item: where its value may begin. Undefined where neither is there. */
export function behindIndicator(text: string, { node, entry }: Place): number | undefined {
  if (entry !== undefined) {
    let at = entry.keyEnd;
    while (text[at] === " " || text[at] === "\t") at++;
    return text[at] === ":" ? at + 1 : undefined;
  }
  return dashBefore(text, node.start, 1);
}

/** The offset of the dash before an item, and `more` behind it. */
export function dashBefore(text: string, start: number, more = 0): number | undefined {
  let at = start - 1;
  while (at >= 0 && " \t\r\n".includes(text[at] as string)) at--;
  return text[at] === "-" ? at + more : undefined;
}

/**
 * Where a value ends: of a collection in block style, where its last value does; where nothing is written, behind its
 * colon or dash; of an alias, behind its name.
 */
export function valueEnd(text: string, place: Place): number | undefined {
  const { node, entry } = place;
  if (entry?.shared === true) {
    const behind = behindIndicator(text, place);
    if (entry.merged === true || behind === undefined) return undefined;
    const [alias] = /^[ \t]*\*[^\s,[\]{}]+/.exec(text.slice(behind, behind + 200)) ?? [];
    return alias === undefined ? undefined : behind + alias.length;
  }
  if (node.kind === "scalar") return node.start === node.end ? behindIndicator(text, place) : node.end;
  if (isFlow(text, node)) return node.end;
  const last = lastOf(place);
  return last === undefined ? node.end : valueEnd(text, last);
}

function lastOf(holder: Place): Place | undefined {
  const { node } = holder;
  if (node.kind === "map") {
    const entry = node.entries.at(-1);
    return entry === undefined ? undefined : { node: entry.value, entry, holder };
  }
  if (node.kind !== "sequence") return undefined;
  const item = node.items.at(-1);
  return item === undefined ? undefined : { node: item, index: node.items.length - 1, holder };
}
