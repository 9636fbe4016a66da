/**
 * From what a user writes to images: `registry/name:tag`, `oci:FOLDER`, `oci-archive:FILE`, `docker-archive:FILE`,
 * `dir:DIR`, `docker-daemon:NAME`, `podman:NAME`, `containers-storage:NAME`, or a path that says by itself what it is.
 */
import { statSync } from "node:fs";
import { basename, relative } from "node:path";
import { Problem } from "../../core/problem.ts";
import { type Archive, openArchive } from "./archive.ts";
import type { BlobStore } from "./blob.ts";
import { bounds } from "./bounds.ts";
import { openFromStorage } from "./containers-storage.ts";
import { isDirectoryImage, openDirectoryImage } from "./dir-transport.ts";
import { attachmentTag } from "./distribution/content.ts";
import { chooseByPlatform, type OpenImage, openImageAt } from "./image.ts";
import { type Layout, openLayout } from "./layout.ts";
import type { Descriptor, Platform } from "./model.ts";
import { formatReference, type ImageReference, parseReference, repositoryOf } from "./reference.ts";
import type { RegistryOptions } from "./registry/options.ts";
import { parseStorageName, storagePlace } from "./storage-conf.ts";
import { type FileScheme, type Target, targetOf } from "./target.ts";

export interface OpenOptions {
  readonly platform?: Platform;
  readonly registry?: RegistryOptions;
}

/** An image with the names it goes by. */
export interface NamedImage {
  readonly image: OpenImage;
  /** As the user called it. */
  readonly name: string;
  /** The repository without a tag; for a file that names none, the file's own name. */
  readonly lineage: string;
  /**
   * Where nothing states the repository, so that the lineage is a file's name: which part of the file the image is, `#1`;
   * empty for the only one.
   */
  readonly partOfFile?: string;
  /** What pointed to the image: a registry reference, or the name that an archive or layout gives it. */
  readonly reference: string;
}

/** One image of a source that may hold several; opened on demand, so that one broken image spoils no other. */
export interface ImageEntry {
  readonly name: string;
  /** Without a tag; absent where the name states none. */
  readonly repository?: string;
  open(): Promise<NamedImage>;
}

/** Everything that a layout folder or archive holds. */
export interface ImageSet {
  readonly entries: readonly ImageEntry[];
  close(): Promise<void>;
}

/**
 * Opens the one image that a text names.
 *
 * @throws Problem `oci.reference` (usage) where it names none or several; what the stores throw
 */
export async function openImage(written: string, options: OpenOptions = {}): Promise<NamedImage> {
  const target = targetOf(written);
  switch (target.scheme) {
    case "registry":
      return await openFromRegistry(written, target.at, options);
    case "docker-daemon":
    case "podman": {
      const { openFromDaemon } = await import("./daemon.ts");
      const archive = await openFromDaemon(target.scheme === "podman" ? "podman" : "docker", target.at);
      return await openOnly(archiveSet(archive, target.at, options), target, written);
    }
    case "containers-storage":
      return await openStored(written, target.at);
    default:
      return await openOnly(await openImageSet(target.at, options, target.scheme), target, written);
  }
}

async function openOnly(set: ImageSet, target: Target, written: string): Promise<NamedImage> {
  try {
    const entry = pickEntry(set.entries, target, written);
    return { ...(await entry.open()), name: written };
  } catch (error) {
    await set.close();
    throw error;
  }
}

function pickEntry(entries: readonly ImageEntry[], target: Target, written: string): ImageEntry {
  const { pick } = target;
  const fitting =
    pick === undefined
      ? entries
      : entries.filter(({ name }) => name === pick || name.endsWith(`:${pick}`) || name.endsWith(`@${pick}`));
  const [entry, ...others] = fitting;
  if (entry !== undefined && others.length === 0) return entry;
  const names = entries.map(({ name }) => name).join(", ");
  throw new Problem({
    kind: "usage",
    code: "oci.reference",
    place: written,
    cause: entry === undefined ? `it holds no image ${pick ?? ""}`.trimEnd() : `it holds ${fitting.length} images`,
    remedy: entries.length === 0 ? "empty" : `name one: ${target.scheme}:${target.at}:NAME with one of ${names}`,
  });
}

/** Opens a layout folder or an archive with all its images. */
export async function openImageSet(
  path: string,
  options: OpenOptions = {},
  scheme: FileScheme = schemeOf(path),
): Promise<ImageSet> {
  const lineage = lineageOfPath(path);
  if (scheme === "dir") return layoutSet(await openDirectoryImage(path), lineage, options);
  if (scheme === "oci") return layoutSet(await openLayout(path), lineage, options);
  return archiveSet(await openArchive(path), lineage, options);
}

/** What a path that is there holds, by its own look: anything else is found out as it is opened. */
export function schemeOf(path: string): FileScheme {
  if (!statSync(path).isDirectory()) return "oci-archive";
  return isDirectoryImage(path) ? "dir" : "oci";
}

function archiveSet(archive: Archive, lineage: string, options: OpenOptions): ImageSet {
  if (archive.kind === "oci") return layoutSet(archive, lineage, options);
  return {
    close: archive.close,
    entries: archive.images.map((image, i) => {
      const [tag] = image.tags;
      const part = archive.images.length === 1 ? "" : `#${i}`;
      const name = tag ?? lineage + part;
      const repository = tag === undefined ? undefined : repositoryNamed(tag);
      const place = tag === undefined ? { partOfFile: part } : {};
      return {
        name,
        ...(repository === undefined ? {} : { repository }),
        async open() {
          return { image: await image.open(), name, reference: name, lineage: repository ?? name, ...place };
        },
      };
    }),
  };
}

function layoutSet({ store, roots }: Layout, lineage: string, options: OpenOptions): ImageSet {
  const unnamed = roots.every((root) => nameOfRoot(root) === undefined);
  // Descriptors without names but with platforms are one image for several of them.
  const onePerPlatform = unnamed && roots.every((root) => root.platform !== undefined);
  const groups =
    roots.length === 1 || onePerPlatform
      ? [roots]
      : Map.groupBy(roots, (root) => nameOfRoot(root) ?? root.digest).values();
  const entries: ImageEntry[] = [];
  for (const group of groups) {
    const [first] = group;
    if (first === undefined) continue;
    const stated = nameOfRoot(first);
    const name = stated ?? (roots.length === group.length ? lineage : `${lineage}@${first.digest}`);
    const repository = stated === undefined ? undefined : repositoryNamed(stated);
    entries.push({
      name,
      ...(repository === undefined ? {} : { repository }),
      async open() {
        const image = await openRoots(store, group, options.platform);
        const named = { image, name, reference: name };
        return repository === undefined ? { ...named, lineage, partOfFile: "" } : { ...named, lineage: repository };
      },
    });
  }
  return { entries, close: () => store.close() };
}

async function openRoots(
  store: BlobStore,
  roots: readonly Descriptor[],
  platform: Platform | undefined,
): Promise<OpenImage> {
  const [only, ...others] = roots;
  if (only !== undefined && others.length === 0) return await openImageAt(store, only, platform);
  return await openImageAt(store, chooseByPlatform(roots, platform, store.place), platform);
}

function nameOfRoot(root: Descriptor): string | undefined {
  return root.annotations?.["io.containerd.image.name"] ?? root.annotations?.["org.opencontainers.image.ref.name"];
}

/** The repository that a name states; a bare tag (`latest`, as layouts write it) states none. */
export function repositoryNamed(name: string): string | undefined {
  if (!/[/:]/.test(name)) return undefined;
  try {
    return repositoryOf(parseReference(name));
  } catch {
    return undefined;
  }
}

/** A path as it was given, from the working folder, without the ending of an archive. */
function lineageOfPath(path: string): string {
  const near = relative(process.cwd(), path);
  const shown = near === "" || near.startsWith("..") ? basename(path) : near;
  return shown.replace(/\.(?:oci\.)?(?:tar|tgz|tar\.gz|tar\.zst)$/, "");
}

/** Of a name without a store, the places are those of storage.conf. */
async function openStored(written: string, at: string): Promise<NamedImage> {
  const { name, root, more = [], driver } = parseStorageName(at);
  const place =
    root === undefined
      ? await storagePlace()
      : { roots: [root, ...more], ...(driver === undefined ? {} : { driver, isDriverFixed: true }) };
  const image = await openFromStorage(place, name);
  const { storedName } = image;
  return { image, name: written, reference: storedName, lineage: repositoryNamed(storedName) ?? storedName };
}

/** What speaks to servers is loaded where one is asked: it is a tenth of the start of who reads files alone. */
async function openFromRegistry(written: string, reference: string, options: OpenOptions): Promise<NamedImage> {
  const parsed = parseReference(reference);
  const { openRegistry } = await import("./registry/client.ts");
  const client = openRegistry(parsed, options.registry);
  const place = formatReference(parsed);
  try {
    const root = await client.manifest(parsed.digest ?? parsed.tag ?? "latest");
    const first = { digest: root.digest, mediaType: root.mediaType, bytes: root.bytes };
    const store: BlobStore = {
      place: client.place,
      async document({ digest, mediaType }) {
        if (digest === first.digest) return first.bytes;
        return isManifestType(mediaType)
          ? (await client.manifest(digest)).bytes
          : await client.document(digest, bounds.manifestBytes);
      },
      open: ({ digest, size }) => client.blob(digest, size),
      async close() {
        client.close();
      },
    };
    const image = await openImageAt(store, first, options.platform);
    return { image, name: written, reference: place, lineage: repositoryOf(parsed) };
  } catch (error) {
    client.close();
    throw attached(error, parsed) ?? error;
  }
}

/** Tags of signatures and the like name the image that they are about: that is what can be scanned. */
function attached(error: unknown, reference: ImageReference): Problem | undefined {
  if (!(error instanceof Problem) || reference.digest !== undefined) return undefined;
  const tag = attachmentTag(reference.tag ?? "");
  if (tag === undefined || !["oci.not-an-image", "oci.platform"].includes(error.code)) return undefined;
  const { domain, path } = reference;
  return new Problem({
    kind: "input",
    code: "oci.not-an-image",
    place: error.place,
    cause: tag.holds === "referrers" ? "the list of referrers of an image, not a container image" : error.message,
    remedy: `scan what it is about: ${formatReference({ domain, path, digest: tag.subject })}`,
  });
}

function isManifestType(mediaType: string): boolean {
  return /\.(?:index|manifest)(?:\.list)?\.v\d\+json$/.test(mediaType);
}
