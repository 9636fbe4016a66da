/**
 * Image archives: a tar around an OCI layout, or what `docker save` writes (manifest.json, configs, layers), each
 * plain, gzipped or zstd-compressed. Blobs are read in place by their offset in the tar.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { bounds } from "../../core/bounds.ts";
import { type Digest, digestAlgorithm, digestHex, parseDigest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import type { BlobStore } from "./blob.ts";
import { parseImageConfig, verifyDocument } from "./document.ts";
import { layersOf, type OpenImage } from "./image.ts";
import { type Compression, compressionOf } from "./layer.ts";
import { checkMarker, type Layout, READ_BYTES, rootsOf } from "./layout.ts";
import { cleanPath } from "./path.ts";
import { type Spool, spool } from "./spool.ts";
import { stampOf } from "./stamp.ts";
import { createTarWalker, type TarWalker } from "./tar.ts";

/** One image of a docker-archive: what its manifest.json names, opened on demand. */
export interface DockerArchiveImage {
  /** `shop/web:1.4`; may be empty. */
  readonly tags: readonly string[];
  open(): Promise<OpenImage>;
}

export type Archive =
  | ({ readonly kind: "oci" } & Layout)
  | { readonly kind: "docker"; readonly images: readonly DockerArchiveImage[]; close(): Promise<void> };

interface Member {
  readonly offset: number;
  readonly size: number;
}

/** @throws Problem `oci.archive` where the file is neither kind, `oci.tar`, `oci.document` */
export async function openArchive(file: string): Promise<Archive> {
  const contents = await openTar(file);
  try {
    const marker = contents.members.get("oci-layout");
    if (marker !== undefined && contents.members.has("index.json")) return await ociArchive(file, contents, marker);
    if (contents.members.has("manifest.json")) return await dockerArchive(file, contents);
  } catch (error) {
    await contents.close();
    throw error;
  }
  await contents.close();
  throw new Problem({
    kind: "input",
    code: "oci.archive",
    place: file,
    cause: "it has neither index.json with oci-layout nor manifest.json: no image archive",
    remedy: "a bare root file system is scanned unpacked, as dir:FOLDER",
  });
}

/**
 * Whether a file's members say that it is an image archive. What cannot be read is none; a compressed file is inflated
 * up to a bound.
 */
export async function looksLikeArchive(file: string): Promise<boolean> {
  let found = false;
  const walker = createTarWalker(file, {
    entry(entry) {
      const path = cleanPath(entry.name);
      if (path === "manifest.json" || path === "oci-layout") found = true;
      return false;
    },
  });
  try {
    const handle = await open(file, "r");
    try {
      const compression = await compressionOfFile(handle);
      if (compression === "none") await walkHeaders(handle, walker, file, () => found);
      else await walkInflated(file, compression, walker, () => found);
    } finally {
      await handle.close();
    }
  } catch {
    // Neither broken bytes nor the streams' complaint that reading stopped early changes what was seen.
  }
  return found;
}

async function walkInflated(
  file: string,
  compression: "gzip" | "zstd",
  walker: TarWalker,
  enough: () => boolean,
): Promise<void> {
  let bytes = 0;
  await pipeline(createReadStream(file, { highWaterMark: READ_BYTES }), inflater(compression), async (chunks) => {
    for await (const chunk of chunks) {
      walker.write(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (enough() || bytes > bounds.probeBytes) return;
    }
  });
}

function inflater(compression: "gzip" | "zstd") {
  const options = { chunkSize: 256 * 1024 };
  return compression === "gzip" ? createGunzip(options) : createZstdDecompress(options);
}

async function compressionOfFile(handle: FileHandle): Promise<Compression> {
  const start = Buffer.alloc(4);
  await handle.read(start, 0, 4, 0);
  return compressionOf(start);
}

async function ociArchive(file: string, contents: TarContents, marker: Member): Promise<Archive> {
  const place = `oci-archive:${file}`;
  checkMarker(await contents.small(marker, place), place);
  const find = (digest: Digest): Member =>
    contents.member(`blobs/${digestAlgorithm(digest)}/${digestHex(digest)}`, `${place}@${digest}`);
  const store: BlobStore = {
    place,
    async document({ digest }) {
      const bytes = await contents.small(find(digest), `${place}@${digest}`);
      verifyDocument(bytes, digest, `${place}@${digest}`);
      return bytes;
    },
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

async function dockerArchive(file: string, contents: TarContents): Promise<Archive> {
  const place = `docker-archive:${file}`;
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

/** `docker save`'s manifest.json: `[{Config, RepoTags, Layers}]`. */
function parseDockerManifest(bytes: Buffer, place: string): DockerManifestEntry[] {
  const malformed = (cause: string) =>
    new Problem({ kind: "input", code: "oci.document", place: `${place}/manifest.json`, cause });
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw malformed(`it is no JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(json) || json.length === 0) throw malformed("it lists no image");
  return json.map((item: unknown, i) => {
    const entry = item as { Config?: unknown; RepoTags?: unknown; Layers?: unknown } | null;
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
    document: async ({ digest }) => contents.small(find(digest), place),
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

interface TarContents {
  readonly members: ReadonlyMap<string, Member>;
  /** Follows links inside the archive. Throws Problem `oci.blob-missing`. */
  member(name: string, place: string): Member;
  read(offset: number, length: number): Promise<Buffer>;
  small(member: Member, place: string): Promise<Buffer>;
  stream(member: Member): Readable;
  stamp(member: Member): Promise<string | undefined>;
  close(): Promise<void>;
}

async function openTar(file: string): Promise<TarContents> {
  const handle = await open(file, "r");
  let seekable: FileHandle = handle;
  let spooled: Spool | undefined;
  try {
    const compression = await compressionOfFile(handle);
    if (compression !== "none") {
      const source = createReadStream(file, { highWaterMark: READ_BYTES });
      spooled = await spool(source, [inflater(compression)], file);
      seekable = await open(spooled.path, "r");
    }
    const { members, links } = await listMembers(seekable, file);
    const path = spooled?.path ?? file;
    return {
      members,
      member(name, place) {
        const found = followLinks(cleanPath(name) ?? "", members, links);
        if (found !== undefined) return found;
        throw new Problem({ kind: "input", code: "oci.blob-missing", place, cause: `the archive has no ${name}` });
      },
      read: (offset, length) => readAt(seekable, offset, length, file),
      small(member, place) {
        if (member.size > bounds.manifestBytes) {
          throw new Problem({
            kind: "input",
            code: "oci.document",
            place,
            cause: `a document of ${member.size} bytes is over the bound of ${bounds.manifestBytes}`,
          });
        }
        return readAt(seekable, member.offset, member.size, file);
      },
      stream(member) {
        if (member.size === 0) return Readable.from([]);
        const end = member.offset + member.size - 1;
        return createReadStream(path, { start: member.offset, end, highWaterMark: READ_BYTES });
      },
      stamp: async (member) => stampOf(await handle.stat({ bigint: true }), member.offset),
      async close() {
        await handle.close();
        if (spooled !== undefined) await seekable.close();
        await spooled?.remove();
      },
    };
  } catch (error) {
    await handle.close();
    await spooled?.remove();
    throw error;
  }
}

/** Walks the headers alone, jumping over contents. */
async function listMembers(
  handle: FileHandle,
  file: string,
): Promise<{ members: Map<string, Member>; links: Map<string, string> }> {
  const members = new Map<string, Member>();
  const links = new Map<string, string>();
  const walker = createTarWalker(file, {
    entry(entry) {
      const path = cleanPath(entry.name);
      if (path === undefined || path === "") return false;
      if (members.size + links.size >= bounds.archiveEntries) {
        throw new Problem({
          kind: "input",
          code: "oci.archive",
          place: file,
          cause: `more than ${bounds.archiveEntries} members`,
        });
      }
      if (entry.type === "file" && !entry.sparse) members.set(path, { offset: entry.offset, size: entry.size });
      else if (entry.type === "symlink") links.set(path, posix.join(posix.dirname(path), entry.link));
      else if (entry.type === "hardlink") links.set(path, entry.link);
      return false;
    },
  });
  await walkHeaders(handle, walker, file);
  walker.end();
  return { members, links };
}

/** Pushes an uncompressed archive through a walker, jumping over what nobody wants. */
async function walkHeaders(handle: FileHandle, walker: TarWalker, file: string, enough = () => false): Promise<void> {
  const { size } = await handle.stat();
  let position = 0;
  while (position < size && !enough()) {
    const jump = Math.min(walker.skippable(), size - position);
    if (jump > 0) {
      walker.skip(jump);
      position += jump;
      continue;
    }
    const block = await readAt(handle, position, Math.min(512, size - position), file);
    walker.write(block);
    position += block.length;
  }
}

function followLinks(path: string, members: Map<string, Member>, links: Map<string, string>): Member | undefined {
  let at: string | undefined = path;
  for (let i = 0; at !== undefined && i <= bounds.symlinks; i++) {
    const found = members.get(at);
    if (found !== undefined) return found;
    const target: string | undefined = links.get(at);
    at = target === undefined ? undefined : cleanPath(target);
  }
  return undefined;
}

async function readAt(handle: FileHandle, offset: number, length: number, file: string): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  if (bytesRead !== length) {
    throw new Problem({
      kind: "input",
      code: "oci.archive",
      place: file,
      cause: "it became shorter while it was read",
    });
  }
  return buffer;
}
