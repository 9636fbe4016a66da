/** VEX documents that the caller names, and what they are held against. */
import type { Asset } from "../../core/asset.ts";
import { bounds } from "../../core/bounds.ts";
import type { Assessment } from "../../core/exception.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Package } from "../../engines/contents/model.ts";
import { assessByVex } from "../../engines/vulnerability/vex/apply.ts";
import type { NamedSubject } from "../../engines/vulnerability/vex/component.ts";
import type { VexDocument } from "../../engines/vulnerability/vex/model.ts";
import { readVex } from "../../engines/vulnerability/vex/read.ts";
import { readNamedText } from "./named-text.ts";

/**
 * Files, or `git:REF:PATH`. None is looked for in the tree under review: it loosens what is judged, so only who calls
 * may bring it.
 *
 * @param root - whose repository `git:` means
 * @throws Problem where one cannot be read or is broken
 */
export async function readVexDocuments(flags: readonly string[], root: string): Promise<VexDocument[]> {
  const kind = { code: "vex", option: "--vex", example: "openvex.json", bytes: bounds.vexBytes } as const;
  const documents: VexDocument[] = [];
  for (const flag of flags) documents.push(readVex(Buffer.from(await readNamedText(flag, root, kind)), flag));
  return documents;
}

/** One sentence for each document: what the verdicts rest on beside the advisories. */
export function vexNotes(documents: readonly VexDocument[]): string[] {
  return documents.map(({ path, author, format, statements: { length } }) => {
    return `VEX: ${path}, ${format} by ${author}, ${length} ${length === 1 ? "statement" : "statements"}`;
  });
}

/** What the documents say of the asset's findings. */
export function assessorOf(
  documents: readonly VexDocument[],
  asset: Asset,
  packages: readonly Package[],
): (finding: FindingDraft) => Assessment | undefined {
  if (documents.length === 0) return () => undefined;
  const byPath = Map.groupBy(packages, ({ path }) => path);
  return assessByVex(documents, {
    ...(asset.kind === "image" ? { image: named(asset) } : {}),
    declaredAt: (path) => (byPath.get(path) ?? []).map(({ purl }) => purl),
  });
}

function named({ id, lineage, references }: Extract<Asset, { kind: "image" }>): NamedSubject {
  return {
    repository: lineage,
    tags: references.flatMap(({ reference }) => tagOf(reference) ?? []),
    manifests: references.flatMap(({ manifestDigest, indexDigest }) => [manifestDigest, indexDigest]).filter(isStated),
    config: id,
  };
}

function isStated<T>(value: T | undefined): value is T {
  return value !== undefined;
}

/** A layout may name an image by its tag alone. */
function tagOf(reference: string): string | undefined {
  const name = reference.split("@", 1)[0] ?? "";
  const slash = name.lastIndexOf("/");
  const colon = name.lastIndexOf(":");
  if (slash < 0 && colon < 0) return name;
  return colon > slash ? name.slice(colon + 1) : undefined;
}
