/** One patch as one edit of a document's text. What it makes of the text is proven by whoever makes it. */
import { isDeepStrictEqual } from "node:util";
import type { FieldPatch } from "../../../core/finding.ts";
import type { YamlNode } from "../../../formats/yaml/model.ts";
import { plainValue } from "../../../formats/yaml/value.ts";
import type { DocumentEdit, EditContext } from "./document-edit.ts";
import { appendItem, insertEntry } from "./insert.ts";
import { type Place, placeOf } from "./place.ts";
import { removePlace } from "./remove.ts";
import { replaceValue } from "./replace.ts";
import type { PatchRefusal } from "./value.ts";

/** Undefined where the text says it already. `at` is the deepest part of the path that is stated. */
export interface PatchEdit {
  readonly edit: DocumentEdit | undefined;
  readonly depth: number;
}

export function patchEdit(context: EditContext, root: YamlNode, patch: FieldPatch): PatchEdit | PatchRefusal {
  const found = placeOf(context.text, root, patch);
  if ("refused" in found) return found;
  const { at, missing } = found;
  const edit = editAt(context, at, missing, patch);
  if (edit !== undefined && "refused" in edit) return edit;
  return { edit, depth: patch.path.length - missing.length };
}

function editAt(
  context: EditContext,
  at: Place,
  missing: readonly (string | number)[],
  { op, value }: FieldPatch,
): DocumentEdit | PatchRefusal | undefined {
  if (op === "remove") {
    if (missing.length > 0) return undefined;
    return at.holder === undefined ? { refused: "the whole object" } : removePlace(context, at);
  }
  const [step, ...deeper] = missing;
  if (step !== undefined) {
    if (typeof step === "number" || deeper.some((one) => typeof one === "number")) {
      return { refused: "no such item" };
    }
    const made = op === "add" ? [value] : value;
    const nested = deeper.reduceRight<unknown>((inner, name) => ({ [name]: inner }), made);
    return at.node.kind === "map"
      ? insertEntry(context, at, step, nested)
      : replaceValue(context, at, { [step]: nested });
  }
  const old = plainValue(at.node, []);
  if (op === "set") return isDeepStrictEqual(old, value) ? undefined : replaceValue(context, at, value);
  if (old === null) return replaceValue(context, at, [value]);
  if (!Array.isArray(old)) return { refused: "not a list" };
  return old.some((item) => isDeepStrictEqual(item, value)) ? undefined : appendItem(context, at, value);
}
