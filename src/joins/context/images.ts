/** By what images are known: digests join them, and a name joins nothing but what was looked up by that very name. */
import type { Asset, ImageAsset } from "../../core/asset.ts";
import { parseDigest } from "../../core/digest.ts";
import { splitImageName } from "../../core/image-name.ts";
import type { Relation } from "../../core/relation.ts";

/** `sha256:…`, or `name registry/api:1`. */
export type ImageKey = string;

/** The digests of an image, of whatever they are; of one that could not be opened its reference, and the digest in it. */
export function keysOfAsset(asset: ImageAsset): ReadonlySet<ImageKey> {
  const keys = new Set<ImageKey>(asset.identifiedBy === "reference" ? keysOfName(asset.id) : [asset.id]);
  for (const { manifestDigest, indexDigest } of asset.references) {
    for (const digest of [manifestDigest, indexDigest]) if (digest !== undefined) keys.add(digest);
  }
  return keys;
}

function keysOfName(reference: string): ImageKey[] {
  const digest = parseDigest(splitImageName(reference).digest);
  return [nameKey(reference), ...(digest === undefined ? [] : [digest])];
}

export function nameKey(reference: string): ImageKey {
  return `name ${reference}`;
}

/** Of what a relation leads to: a runtime that tells a digest may tell that of a manifest, an index or a config. */
export function keysOfEnd({ to, evidence }: Pick<Relation, "to" | "evidence">): readonly ImageKey[] {
  if (to.kind !== "image") return [];
  if (to.identifiedBy !== "reference") return [to.id];
  const digest = parseDigest(evidence.digest);
  return [...keysOfName(to.id), ...(digest === undefined ? [] : [digest])];
}

/** Whether a digest says which image it is. */
export function isDigested(relation: Pick<Relation, "to" | "evidence">): boolean {
  return keysOfEnd(relation).some(isDigest);
}

export function isDigest(key: ImageKey): boolean {
  return !key.startsWith("name ");
}

export function isImage(asset: Asset): asset is ImageAsset {
  return asset.kind === "image";
}
