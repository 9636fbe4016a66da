/** Patches of one document's text: comments, order, quotes, indentation and line ends stay as they are. */

import { isDeepStrictEqual } from "node:util";
import { append } from "../../../core/append.ts";
import type { FieldPatch } from "../../../core/finding.ts";
import { readDocument } from "../../../formats/yaml/documents.ts";
import type { YamlNode } from "../../../formats/yaml/model.ts";
import { plainValue } from "../../../formats/yaml/value.ts";
import { bounds } from "../bounds.ts";
import type { DocumentEdit } from "./document-edit.ts";
import { patchEdit } from "./edit.ts";
import { styleOf } from "./style.ts";
import { patchedValue } from "./value.ts";

export type PatchedText =
  | { readonly text: string }
  /** Why, in one sentence without a full stop; `patch` is the first that cannot be made, absent where it is not one alone. */
  | { readonly refused: string; readonly patch?: number };

/**
 * Makes all patches, each as if those before it were made. The result is read again, and must say exactly what the
 * patches make of the values: else it is refused.
 *
 * @param text - of one document, without the `---` lines around it
 */
export function patchDocument(text: string, patches: readonly FieldPatch[]): PatchedText {
  const before = read(text);
  if (before === undefined) return { refused: TEMPLATE.test(text) ? "a template" : "cannot be read" };
  let expected = before.value;
  for (const [patch, one] of patches.entries()) {
    const made = patchedValue(expected, one);
    if ("refused" in made) return { ...made, patch };
    expected = made.value;
  }
  let current = text;
  let root = before.root;
  let pending = patches.map((patch, index) => ({ patch, index }));
  for (let work = 0; pending.length > 0; work += current.length) {
    if (work > bounds.kubernetesPatchLength) return { refused: "too many changes of too long a document" };
    const round = editsOfRound(current, root, pending);
    if ("refused" in round) return round;
    current = withEdits(current, round.edits);
    const after = read(current);
    if (after === undefined) return unfit(text);
    ({ root } = after);
    pending = round.later;
  }
  const after = read(current);
  if (after === undefined || after.faults > before.faults || !isDeepStrictEqual(after.value, expected)) {
    return unfit(text);
  }
  return { text: current };
}

const TEMPLATE = /\{\{/;

/** What no place told, and the proof did. */
function unfit(text: string): PatchedText {
  const refused = /(?:^|[\s[,])[&*][^\s,[\]{}]/.test(text)
    ? "anchors and aliases of the document make one place stand for others"
    : "the text is of a form that is not changed";
  return { refused };
}

interface Pending {
  readonly patch: FieldPatch;
  readonly index: number;
}

interface Made {
  readonly edit: DocumentEdit;
  readonly of: Pending;
}

/**
 * Edits that can be made at once: none is within what another one changes. The other patches wait. Without an item of a list
 * those behind it have other numbers, so that it goes only once nothing before waits, and whatever comes later waits for it.
 */
function editsOfRound(
  text: string,
  root: YamlNode,
  pending: readonly Pending[],
):
  | { readonly edits: readonly DocumentEdit[]; readonly later: Pending[] }
  | { readonly refused: string; readonly patch: number } {
  const context = { text, style: styleOf(text, root) };
  const made: Made[] = [];
  const later: Pending[] = [];
  const claimed = claims();
  let shifting: Made | undefined;
  for (const [order, one] of pending.entries()) {
    const { path, op } = one.patch;
    const shifts = op === "remove" && typeof path.at(-1) === "number";
    if (shifts && later.length > 0) {
      append(later, pending.slice(order));
      break;
    }
    if (claimed.has(path)) {
      claimed.add(path, path.length);
      later.push(one);
      continue;
    }
    const found = patchEdit(context, root, one.patch);
    if ("refused" in found) {
      return { refused: TEMPLATE.test(text) ? `${found.refused}, in a template` : found.refused, patch: one.index };
    }
    if (found.edit === undefined) continue;
    made.push({ edit: found.edit, of: one });
    claimed.add(path, Math.min(found.depth, path.length - 1));
    if (shifts) {
      shifting = made.at(-1);
      append(later, pending.slice(order + 1));
      break;
    }
  }
  let chosen = apart(made);
  if (chosen.late.length > 0 && shifting !== undefined) {
    chosen = apart(made.slice(0, -1));
    later.push(shifting.of);
  }
  append(later, chosen.late);
  return { edits: chosen.edits, later: later.sort((a, b) => a.index - b.index) };
}

/** Edits that do not touch each other, in the text's order; the other patches are late. */
function apart(made: readonly Made[]): { readonly edits: DocumentEdit[]; readonly late: Pending[] } {
  const edits: DocumentEdit[] = [];
  const late: Pending[] = [];
  for (const { edit, of } of made.toSorted((a, b) => a.edit.start - b.edit.start || a.of.index - b.of.index)) {
    const last = edits.at(-1);
    if (last !== undefined && edit.start <= last.end) late.push(of);
    else edits.push(edit);
  }
  return { edits, late };
}

/** Paths of what a round changes. */
function claims() {
  const places = new Set<string>();
  const onTheWay = new Set<string>();
  const key = (path: FieldPatch["path"], length: number) => JSON.stringify(path.slice(0, length));
  return {
    /** Whether what the path leads through, or to, is changed, or lies on the way to what is. */
    has: (path: FieldPatch["path"]): boolean =>
      path.some((_, length) => places.has(key(path, length))) ||
      places.has(key(path, path.length)) ||
      onTheWay.has(key(path, path.length)),
    add: (path: FieldPatch["path"], depth: number): void => {
      places.add(key(path, depth));
      for (let length = depth; length > 0; length--) onTheWay.add(key(path, length));
    },
  };
}

function withEdits(text: string, edits: readonly DocumentEdit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, replacement } of edits) {
    parts.push(text.slice(at, start), replacement);
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join("");
}

function read(text: string) {
  const { node, faults } = readDocument(text, { start: 0, end: text.length });
  if (node === null || node === undefined) return undefined;
  const found = [...faults];
  const value = plainValue(node, found);
  return { root: node, value, faults: found.length };
}
