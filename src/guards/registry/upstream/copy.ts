/** An image on its way from its upstream into the engine: of an index all that is wanted, blobs before what names them. */
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { bounds as imageBounds } from "../../../engines/oci/bounds.ts";
import { type Index, type Manifest, parseIndexOrManifest } from "../../../engines/oci/document.ts";
import type { Descriptor } from "../../../engines/oci/model.ts";
import type { RegistryClient } from "../../../engines/oci/registry/client.ts";
import { inParallel } from "../../../engines/trust/in-parallel.ts";
import type { Engine, StoredManifest } from "../model.ts";
import { verifiedBlob } from "./blob.ts";
import { bounds } from "./bounds.ts";
import { type EnginePlace, withWriter } from "./engine-place.ts";

export interface Copying {
  readonly from: RegistryClient;
  readonly engine: Pick<Engine, "manifest">;
  readonly place: EnginePlace;
  /** Ours. */
  readonly repository: string;
  readonly signal: AbortSignal;
  /** Empty: all. */
  readonly platforms: readonly string[];
  /** Asked before each manifest is fetched: throws where the upstream has none left to give. */
  mayFetch(): void;
}

/** What one image took along. */
export interface Copied {
  /** Each with what it references, itself last: what was there already is among them. */
  readonly manifests: readonly CopiedManifest[];
  /** Bytes of blobs that were sent. */
  readonly bytes: number;
}

export interface CopiedManifest {
  readonly manifest: StoredManifest;
  readonly blobs: readonly Digest[];
  readonly children: readonly Digest[];
}

/** @throws Problem of the upstream or the engine; what was stored until then stays, and is not fetched again */
export async function copyImage(digest: Digest, copying: Copying): Promise<Copied> {
  const copier = createCopier(copying);
  await copier.copy(digest, 0);
  return { manifests: copier.manifests, bytes: copier.sent() };
}

function createCopier(copying: Copying) {
  const { from, engine, place, repository, signal, platforms } = copying;
  const manifests: CopiedManifest[] = [];
  const seen = new Set<Digest>();
  /** Layers are shared by the images of an index. */
  const blobs = new Map<Digest, Promise<boolean>>();
  let stated = 0;
  let sent = 0;

  /** What the engine has is whole, since blobs come first; of an index some images may have been left out. */
  async function copy(digest: Digest, depth: number): Promise<void> {
    if (seen.has(digest)) return;
    seen.add(digest);
    if (depth > imageBounds.indexDepth)
      throw tooMuch(digest, `indexes within indexes deeper than ${imageBounds.indexDepth}`);
    const there = await engine.manifest(repository, { digest }, signal);
    if (there instanceof Problem) throw there;
    if (there === undefined) copying.mayFetch();
    const manifest = there ?? (await from.manifest(digest));
    const document = parseIndexOrManifest(manifest.bytes, `${from.place}@${digest}`);
    if (document.kind === "manifest" && there === undefined) await copyContents(document, digest);
    const children = document.kind === "index" ? await copyChildren(document, depth) : [];
    if (there === undefined) await put(manifest, document, depth);
    const own = document.kind === "manifest" ? [document.config, ...document.layers].map((one) => one.digest) : [];
    manifests.push({ manifest, blobs: [...new Set(own)], children });
  }

  async function copyChildren({ manifests: all }: Index, depth: number): Promise<readonly Digest[]> {
    for (const child of all.filter((one) => isWanted(one, platforms))) await copy(child.digest, depth + 1);
    return [...new Set(all.map((child) => child.digest))];
  }

  /** An engine that takes no index without all of its images is given them all. */
  async function put(manifest: StoredManifest, document: Index | Manifest, depth: number): Promise<void> {
    const store = () => withWriter(place, repository, signal, (writer) => writer.manifest(manifest.digest, manifest));
    if (document.kind === "manifest" || document.manifests.every(({ digest }) => seen.has(digest)))
      return await store();
    try {
      await store();
    } catch (error) {
      if (!(error instanceof Problem) || (error.code !== "registry.answer" && error.code !== "registry.not-found"))
        throw error;
      for (const child of document.manifests) await copy(child.digest, depth + 1);
      await store();
    }
  }

  async function copyContents({ config, layers }: Manifest, digest: Digest): Promise<void> {
    // What may not be distributed lies where its own URLs say, and registries do not have it.
    const all = [config, ...layers.filter(({ mediaType }) => !/nondistributable|\.foreign\./.test(mediaType))];
    stated += all.reduce((sum, { digest: each, size }) => sum + (blobs.has(each) ? 0 : size), 0);
    if (stated > bounds.imageBytes) throw tooMuch(digest, `more than ${bounds.imageBytes} bytes`);
    await inParallel(all, bounds.blobs, (blob) => copyBlob(blob));
  }

  async function copyBlob(blob: Descriptor): Promise<void> {
    const known = blobs.get(blob.digest);
    const copied =
      known ??
      withWriter(place, repository, signal, (writer) =>
        writer.blob({ digest: blob.digest, size: blob.size, open: () => verifiedBlob(from, blob) }),
      );
    blobs.set(blob.digest, copied);
    const isNew = await copied;
    if (known === undefined && isNew) sent += blob.size;
  }

  function tooMuch(digest: Digest, cause: string): Problem {
    return new Problem({ kind: "input", code: "registry.upstream-size", place: `${from.place}@${digest}`, cause });
  }

  return { copy, manifests, sent: () => sent };
}

/** What has no platform is no image of one: attestations beside the images, indexes. */
function isWanted({ platform }: Descriptor, platforms: readonly string[]): boolean {
  if (platforms.length === 0 || platform === undefined || platform.os === "unknown") return true;
  const { os, architecture, variant } = platform;
  const name = `${os}/${architecture}`;
  return platforms.some((one) => one === name || (variant !== undefined && one === `${name}/${variant}`));
}
