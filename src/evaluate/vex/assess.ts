/** What VEX documents say of findings: held against the asset by product and subcomponent. */
import type { Asset } from "../../core/asset.ts";
import type { Assessment } from "../../core/exception.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { Package } from "../../engines/contents/model.ts";
import { assessByVex } from "../../engines/vulnerability/vex/apply.ts";
import type { NamedSubject } from "../../engines/vulnerability/vex/component.ts";
import type { VexDocument } from "../../engines/vulnerability/vex/model.ts";

/**
 * What the documents say of the asset's findings.
 *
 * @param project - package-url of what the asset's packages are linked into, whatever file declares them
 */
export function assessorOf(
  documents: readonly VexDocument[],
  asset: Asset,
  packages: readonly Package[],
  project?: string,
): (finding: FindingDraft) => Assessment | undefined {
  if (documents.length === 0) return () => undefined;
  const byPath = Map.groupBy(packages, ({ path }) => path);
  return assessByVex(documents, {
    ...(asset.kind === "image" ? { image: named(asset) } : {}),
    declaredAt: (path) => [
      ...(byPath.get(path) ?? []).map(({ purl }) => purl),
      ...(project === undefined ? [] : [project]),
    ],
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
