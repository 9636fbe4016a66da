import type { Asset } from "../core/asset.ts";
import type { Evidence } from "../core/evidence.ts";
import type { LayerReference } from "../core/location.ts";
import { assetEnd, type Relation, type RelationEnd } from "../core/relation.ts";
import type { BaseImage } from "../engines/contents/model.ts";

/** What an image was built from: its base where that was recognised, the Dockerfiles where they are known. */
export function builtFromRelations(
  asset: Asset,
  base: Evidence<BaseImage>,
  layers: readonly LayerReference[],
  now: Date,
): Relation[] {
  const ends: { to: RelationEnd; evidence: Relation["evidence"] }[] = [];
  if (base.state === "present") {
    const { name, digest, layers: count, by, confidence } = base.facts;
    const reference = name === undefined ? digest : digest === undefined ? name : `${name}@${digest}`;
    if (count > 0 && reference !== undefined) {
      ends.push({
        to: { kind: "image", id: reference, identifiedBy: "reference", name: name ?? reference },
        evidence: { by, confidence, layers: String(count) },
      });
    }
  }
  const written = Map.groupBy(layers, ({ dockerfile }) => dockerfile?.path);
  for (const [path, own] of written) {
    if (path === undefined) continue;
    ends.push({
      to: { kind: "file", id: path, name: path },
      evidence: { layers: String(own.length), "of layers": String(layers.length) },
    });
  }
  return ends.map(({ to, evidence }) => ({
    type: "builtFrom",
    from: assetEnd(asset),
    to,
    observedAt: now.toISOString(),
    evidence,
    gaps: base.gaps,
  }));
}
