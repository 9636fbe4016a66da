/**
 * Image archives: a tar around an OCI layout, or what `docker save` writes (manifest.json, configs, layers), each
 * plain, gzipped or zstd-compressed. Blobs are read in place by their offset in the tar.
 */
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { type Digest, digestAlgorithm, digestHex, parseDigest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import type { BlobStore } from "./blob.ts";
import { bounds } from "./bounds.ts";
import { compressionOf } from "./compression.ts";
import { object, parseImageConfig, parseJson, verifyDocument } from "./document.ts";
import { layersOf, type OpenImage } from "./image.ts";
import { checkMarker, type Layout, rootsOf } from "./layout.ts";
import { hasMember, type Member, openTar, type TarContents } from "./tar-file.ts";

/** One image of a docker-archive: what its manifest.json names, opened on demand. */
export interface DockerArchiveImage {
  /** `shop/web:1.4`; may be empty. */
  readonly tags: readonly string[];
  open(): Promise<OpenImage>;
}

export type Archive =
  | ({ readonly kind: "oci" } & Layout)
  | { readonly kind: "docker"; readonly images: readonly DockerArchiveImage[]; close(): Promise<void> };

/**
 * @param file - a path, or an open file that is closed with the archive
 * @param shown - what messages call it instead of its kind and path
 * @throws Problem `oci.archive` where the file is neither kind, `oci.tar`, `oci.document`
 */
export async function openArchive(file: string | FileHandle, shown?: string): Promise<Archive> {
  const place = shown ?? String(file);
  const contents = await openTar(file, place);
  try {
    const marker = contents.members.get("oci-layout");
    if (marker !== undefined && contents.members.has("index.json")) {
      return await ociArchive(shown ?? `oci-archive:${file}`, contents, marker);
    }
    if (contents.members.has("manifest.json")) return await dockerArchive(shown ?? `docker-archive:${file}`, contents);
  } catch (error) {
    await contents.close();
    throw error;
  }
  await contents.close();
  throw new Problem({
    kind: "input",
    code: "oci.archive",
    place,
    cause: "neither index.json with oci-layout nor manifest.json: not an image archive",
    remedy: "a bare root filesystem is scanned unpacked, as dir:DIR",
  });
}

/** Whether a file's members say that it is an image archive; what cannot be read is none. */
export async function looksLikeArchive(file: string): Promise<boolean> {
  return await hasMember(file, new Set(["manifest.json", "oci-layout"]));
}

async function ociArchive(place: string, contents: TarContents, marker: Member): Promise<Archive> {
  checkMarker(await contents.small(marker, place), place);
  const find = (digest: Digest): Member =>
    contents.member(`blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`, `${place}@${digest}`);
  const store: BlobStore = {
    place,
    handsOver: true,
    async document({ digest }) {
      const bytes = await contents.small(find(digest), `${place}@${digest}`);
      verifyDocument(bytes, digest, `${place}@${digest}`);
      return bytes;
    },
    fileOf: async (digest) => contents.file(find(digest)),
    open: async ({ digest }) => contents.stream(find(digest)),
    stamp: async (digest) => contents.stamp(find(digest)),
    close: () => contents.close(),
  };
  return {
    kind: "oci",
    store,
    roots: rootsOf(await contents.small(contents.member("index.json", place), place), place),
  };
}

async function dockerArchive(place: string, contents: TarContents): Promise<Archive> {
  const listing = await contents.small(contents.member("manifest.json", place), place);
  const images = parseDockerManifest(listing, place);
  return {
    kind: "docker",
    images: images.map((image) => ({
      tags: image.tags,
      open: () => openDockerImage(place, contents, image),
    })),
    close: () => contents.close(),
  };
}

interface DockerManifestEntry {
  readonly config: string;
  readonly tags: readonly string[];
  readonly layers: readonly string[];
}

const MANIFEST_FIELDS: ReadonlySet<string> = new Set(["Config", "RepoTags", "Layers"]);

/** `docker save`'s manifest.json: `[{Config, RepoTags, Layers}]`. */
function parseDockerManifest(bytes: Buffer, place: string): DockerManifestEntry[] {
  const malformed = (cause: string) =>
    new Problem({ kind: "input", code: "oci.document", place: `${place}/manifest.json`, cause });
  const json = parseJson(bytes, `${place}/manifest.json`);
  if (!Array.isArray(json) || json.length === 0) throw malformed("it lists no image");
  return json.map((item: unknown, i) => {
    const entry = object(item, MANIFEST_FIELDS, `${place}/manifest.json, entry ${i}`);
    const layers = entry?.Layers;
    if (typeof entry?.Config !== "string" || !Array.isArray(layers) || !layers.every((l) => typeof l === "string")) {
      throw malformed(`entry ${i} has no Config or no Layers`);
    }
    if (layers.length > bounds.layers) throw malformed(`entry ${i} has more than ${bounds.layers} layers`);
    const tags = Array.isArray(entry.RepoTags) ? entry.RepoTags.filter((tag) => typeof tag === "string") : [];
    return { config: entry.Config, tags, layers };
  });
}

async function openDockerImage(place: string, contents: TarContents, image: DockerManifestEntry): Promise<OpenImage> {
  const configBytes = await contents.small(contents.member(image.config, place), place);
  const configDigest = parseDigest(`sha256:${createHash("sha256").update(configBytes).digest("hex")}`) as Digest;
  const config = parseImageConfig(configBytes, `${place}/${image.config}`);
  if (config.diffIds.length !== image.layers.length)
    layersOf(
      image.layers.map(() => emptyBlob),
      config,
      place,
    );
  const members = new Map<Digest, Member>();
  const blobs = [];
  for (const [index, name] of image.layers.entries()) {
    const member = contents.member(name, place);
    const digest = await storedDigest(contents, member, config.diffIds[index] as Digest);
    members.set(digest, member);
    blobs.push({ digest, mediaType: "", size: member.size });
  }
  const find = (digest: Digest): Member => members.get(digest) ?? contents.member(digest, place);
  const store: BlobStore = {
    place,
    handsOver: true,
    document: async ({ digest }) => contents.small(find(digest), place),
    fileOf: async (digest) => contents.file(find(digest)),
    open: async ({ digest }) => contents.stream(find(digest)),
    stamp: async (digest) => contents.stamp(find(digest)),
    close: () => contents.close(),
  };
  return { store, configDigest, config, layers: layersOf(blobs, config, place), annotations: {} };
}

const emptyBlob = { digest: "" as Digest, mediaType: "", size: 0 };

/** A plain layer must have its diffID; a compressed one has a digest of its own that nothing states. */
async function storedDigest(contents: TarContents, member: Member, diffId: Digest): Promise<Digest> {
  const start = await contents.read(member.offset, Math.min(4, member.size));
  if (compressionOf(start) === "none") return diffId;
  const hash = createHash("sha256");
  for await (const chunk of contents.stream(member)) hash.update(chunk as Buffer);
  return parseDigest(`sha256:${hash.digest("hex")}`) as Digest;
}
