import { append } from "../../../core/append.ts";
import type { FieldPatch } from "../../../core/finding.ts";
import { cutDocuments } from "../../../formats/yaml/documents.ts";
import { bounds } from "../bounds.ts";
import { patchDocument } from "./document.ts";

/** A patch of an object in a file: which of its documents, and where in that document the object is. */
export interface ObjectPatch {
  readonly document: number;
  readonly root: readonly (string | number)[];
  readonly patch: FieldPatch;
}

export type PatchedFile = { readonly text: string } | { readonly refused: readonly RefusedPatches[] };

export interface RefusedPatches {
  /** One sentence without a full stop. */
  readonly reason: string;
  /** The one that cannot be made; or all of a document, which cannot be made together. */
  readonly among: readonly ObjectPatch[];
  readonly alone: boolean;
}

/** Makes all patches of one file's objects; the other documents stay as they are, byte for byte. */
export function patchFile(text: string, patches: readonly ObjectPatch[]): PatchedFile {
  const { documents } = cutDocuments("", text, bounds.kubernetesDocuments).text;
  const byDocument = Map.groupBy(patches, ({ document }) => document);
  const parts: string[] = [];
  const refused: RefusedPatches[] = [];
  let at = 0;
  for (const [index, { start, end }] of documents.entries()) {
    const own = byDocument.get(index);
    if (own === undefined) continue;
    const document = text.slice(start, end);
    const made = patchDocument(document, own.map(fromDocument));
    if ("refused" in made) {
      append(refused, refusedOf(document, own, made));
      continue;
    }
    parts.push(text.slice(at, start), made.text);
    at = end;
  }
  if (refused.length > 0) return { refused };
  parts.push(text.slice(at));
  return { text: parts.join("") };
}

function fromDocument({ root, patch }: ObjectPatch): FieldPatch {
  return { ...patch, path: [...root, ...patch.path] };
}

/** Which patches cannot be made by themselves; all, where only together they cannot. */
function refusedOf(
  document: string,
  own: readonly ObjectPatch[],
  { refused: reason, patch }: { readonly refused: string; readonly patch?: number },
): RefusedPatches[] {
  const first = patch === undefined ? undefined : own[patch];
  if (first !== undefined) return [{ reason, among: [first], alone: true }];
  if (own.length * document.length > bounds.kubernetesPatchLength) return [{ reason, among: own, alone: false }];
  const each = own.flatMap((one): RefusedPatches[] => {
    const made = patchDocument(document, [fromDocument(one)]);
    return "refused" in made ? [{ reason: made.refused, among: [one], alone: true }] : [];
  });
  return each.length > 0 ? each : [{ reason, among: own, alone: false }];
}
