/** From a descriptor in a store to one image: indexes walked, platform chosen, manifest and config verified. */

import type { Digest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import { artifactKind } from "./artifact-kind.ts";
import type { BlobStore } from "./blob.ts";
import { bounds } from "./bounds.ts";
import { type Manifest, parseImageConfig, parseIndexOrManifest } from "./document.ts";
import type { Descriptor, HistoryStep, ImageConfig, Layer, Platform } from "./model.ts";
import { formatPlatform, hostPlatform } from "./platform.ts";

/** An image whose layers have not been read yet. */
export interface OpenImage {
  readonly store: BlobStore;
  /** The config's digest: the identity of the image. */
  readonly configDigest: Digest;
  /** Absent in a docker-archive, which has no manifest of this kind. */
  readonly manifestDigest?: Digest;
  /** The outermost index that led here. */
  readonly indexDigest?: Digest;
  readonly config: ImageConfig;
  readonly layers: readonly Layer[];
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Opens the image that a descriptor leads to.
 *
 * @param platform - the wanted platform; without one the host's, or the only one there is
 * @throws Problem `oci.platform` (usage) naming what there is, `oci.index` (cycles, depth), `oci.not-an-image`,
 *   `oci.document`, `oci.digest-mismatch`
 */
export async function openImageAt(
  store: BlobStore,
  root: Pick<Descriptor, "digest" | "mediaType">,
  platform: Platform | undefined,
): Promise<OpenImage> {
  const path: Digest[] = [];
  let at = root;
  for (;;) {
    const place = `${store.place}@${at.digest}`;
    if (path.includes(at.digest)) throw indexProblem(place, "an index that points to itself");
    path.push(at.digest);
    const document = parseIndexOrManifest(await store.document(at), place);
    if (document.kind === "manifest") {
      const indexDigest = path.length > 1 ? path[0] : undefined;
      return await openManifest(store, document, at.digest, indexDigest);
    }
    if (path.length > bounds.indexDepth)
      throw indexProblem(place, `more than ${bounds.indexDepth} indexes within indexes`);
    at = chooseByPlatform(document.manifests, platform, place);
  }
}

async function openManifest(
  store: BlobStore,
  manifest: Manifest,
  manifestDigest: Digest,
  indexDigest: Digest | undefined,
): Promise<OpenImage> {
  const place = `${store.place}@${manifestDigest}`;
  const kind = artifactKind(manifest);
  if (kind !== undefined) {
    throw new Problem({ kind: "input", code: "oci.not-an-image", place, cause: `${kind}, not a container image` });
  }
  const config = parseImageConfig(await store.document(manifest.config), `${store.place}@${manifest.config.digest}`);
  return {
    store,
    configDigest: manifest.config.digest,
    manifestDigest,
    ...(indexDigest === undefined ? {} : { indexDigest }),
    config,
    layers: layersOf(manifest.layers, config, place),
    annotations: manifest.annotations,
  };
}

/** Joins the manifest's layers with the config's diffIDs and history. */
export function layersOf(
  blobs: readonly Pick<Descriptor, "digest" | "mediaType" | "size">[],
  config: ImageConfig,
  place: string,
): Layer[] {
  if (blobs.length !== config.diffIds.length) {
    throw new Problem({
      kind: "input",
      code: "oci.document",
      place,
      cause: `the manifest has ${blobs.length} layers, the config ${config.diffIds.length} diffIDs`,
    });
  }
  const steps = layerSteps(config.history, blobs.length);
  return blobs.map((blob, index) => {
    if (blob.mediaType.endsWith("+encrypted")) {
      throw new Problem({
        kind: "input",
        code: "oci.layer",
        place: `layer ${index + 1} of ${place}`,
        cause: "encrypted",
      });
    }
    const step = steps[index];
    return {
      index,
      diffId: config.diffIds[index] as Digest,
      digest: blob.digest,
      mediaType: blob.mediaType,
      size: blob.size,
      ...(step === undefined ? {} : { history: step }),
    };
  });
}

/** The history entry of each layer; none at all where the counts differ, for then every assignment is a guess. */
function layerSteps(history: readonly HistoryStep[], layers: number): readonly (HistoryStep & { index: number })[] {
  const steps = history.map((step, index) => ({ ...step, index })).filter((step) => !step.emptyLayer);
  return steps.length === layers ? steps : [];
}

/** Image manifests of an index: attestations (BuildKit marks them unknown/unknown) are none. */
export function isImageEntry(entry: Descriptor): boolean {
  return entry.annotations?.["vnd.docker.reference.type"] === undefined && entry.platform?.os !== "unknown";
}

/** The entry of an index for a platform. @throws Problem `oci.platform` (usage) naming what there is */
export function chooseByPlatform(
  manifests: readonly Descriptor[],
  platform: Platform | undefined,
  place: string,
): Descriptor {
  const images = manifests.filter(isImageEntry);
  const wanted = platform ?? hostPlatform();
  const fitting = images.filter((entry) => fits(entry.platform, wanted));
  // Without a variant wanted, an engine takes the first that fits, in the index's order.
  const [first] = fitting;
  if (first !== undefined) return first;
  const [only, ...others] = images;
  // A nested index or a manifest of no stated platform has to be opened to be known.
  if (only !== undefined && others.length === 0 && (platform === undefined || only.platform === undefined)) return only;
  const there = images.map((entry) => (entry.platform === undefined ? entry.digest : formatPlatform(entry.platform)));
  throw new Problem({
    kind: "usage",
    code: "oci.platform",
    place,
    cause: `no image for ${formatPlatform(wanted)}`,
    remedy:
      there.length === 0 ? "it holds no images at all" : `--platform with one of ${[...new Set(there)].join(", ")}`,
  });
}

function fits(platform: Platform | undefined, wanted: Platform): boolean {
  return (
    platform !== undefined &&
    platform.os === wanted.os &&
    platform.architecture === wanted.architecture &&
    (wanted.variant === undefined || platform.variant === wanted.variant)
  );
}

function indexProblem(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "oci.index", place, cause });
}
