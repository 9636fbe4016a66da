/** Which asset a report is about: by digest for an image, by path for a file, and never by a tag. */
import { type Asset, fileAsset, type ImageAsset } from "../../core/asset.ts";
import type { Digest } from "../../core/digest.ts";
import type { Evaluations } from "../../core/evaluations.ts";
import { splitImageName } from "../../core/image-name.ts";
import type { ReportedFlaw, ReportedSubject, ScannerReport } from "../../engines/reports/model.ts";

/** What this run evaluated by itself. */
export interface OwnAssets {
  /** The checks that were run over an asset, by its kind and id. */
  checksOf(asset: Asset): ReadonlySet<string>;
  /** The one image that a digest of a config or manifest is of. */
  imageOf(digest: Digest): ImageAsset | undefined;
  /** Whether an index of this digest led to an image: several images may be behind it. */
  isIndex(digest: Digest): boolean;
  fileAt(path: string): Asset | undefined;
}

export function ownAssets(evaluations: Evaluations): OwnAssets {
  const checks = new Map<string, Set<string>>();
  const images = new Map<string, ImageAsset>();
  const indexes = new Set<string>();
  const files = new Map<string, Asset>();
  const seen = new Set<Asset>();
  for (const { asset, check } of evaluations) {
    const key = assetKeyOf(asset);
    const known = checks.get(key);
    if (known === undefined) checks.set(key, new Set([check]));
    else known.add(check);
    if (seen.has(asset)) continue;
    seen.add(asset);
    if (asset.kind === "file" && !files.has(asset.id)) files.set(asset.id, asset);
    if (asset.kind !== "image") continue;
    const manifests = asset.references.flatMap(({ manifestDigest, indexDigest }) => {
      if (indexDigest !== undefined) indexes.add(indexDigest);
      return manifestDigest ?? [];
    });
    const own = asset.identifiedBy === "reference" ? [] : [asset.id];
    for (const digest of [...own, ...manifests]) if (!images.has(digest)) images.set(digest, asset);
  }
  return {
    checksOf: (asset) => checks.get(assetKeyOf(asset)) ?? NONE,
    imageOf: (digest) => images.get(digest),
    isIndex: (digest) => indexes.has(digest),
    fileAt: (path) => files.get(path),
  };
}

const NONE: ReadonlySet<string> = new Set();

export function assetKeyOf({ kind, id }: Asset): string {
  return `${kind} ${id}`;
}

/**
 * The image of a report: the one of this run whose digests are among the report's; else one of its own, by what tells it best.
 * A report whose digests are of two images is of neither.
 */
export function imageAssetOf(
  subject: Extract<ReportedSubject, { kind: "image" }>,
  own: OwnAssets,
  { place, observedAt }: Pick<ScannerReport, "place" | "observedAt">,
  now: Date,
): ImageAsset {
  const { config, manifests, name } = subject;
  const digests = [...(config === undefined ? [] : [config]), ...manifests];
  const found = new Map<string, ImageAsset>();
  for (const digest of digests) {
    const image = own.imageOf(digest);
    // A manifest leads to one config: where the report states another, it is wrong about one of them.
    const isContradicted = image?.identifiedBy === "config" && config !== undefined && config !== image.id;
    if (image !== undefined && !isContradicted) found.set(image.id, image);
  }
  const [image] = found.values();
  if (image !== undefined && found.size === 1) return image;
  const written = name === "" ? place : name;
  const [manifest] = manifests.filter((digest) => !own.isIndex(digest));
  const isTaken = digests.some((digest) => own.imageOf(digest) !== undefined);
  const id = isTaken ? undefined : (config ?? manifest);
  const lineage = lineageOf(written);
  // Another report that says the same name may be about another image.
  if (id === undefined) {
    return {
      kind: "image",
      id: `${place}#${written}`,
      identifiedBy: "reference",
      lineage,
      name: written,
      references: [],
    };
  }
  const at = observedAt ?? now.toISOString();
  return {
    kind: "image",
    id,
    identifiedBy: config === undefined ? "manifest" : "config",
    lineage,
    name: written,
    references: [
      { reference: written, ...(manifest === undefined ? {} : { manifestDigest: manifest }), observedAt: at },
    ],
  };
}

/** The registry and repository, without a tag and a digest. */
function lineageOf(written: string): string {
  const { registry, repository } = splitImageName(written);
  if (repository === "") return written;
  return registry === undefined ? repository : `${registry}/${repository}`;
}

/** The file that a package of a directory is declared in: below what the report says was scanned, where this run read it there. */
export function fileAssetOf({ path }: Pick<ReportedFlaw, "path">, root: string, own: OwnAssets): Asset {
  if (path === undefined) return fileAsset(".");
  const below = root === "" ? undefined : own.fileAt(`${root}/${path}`);
  return below ?? own.fileAt(path) ?? fileAsset(path);
}
