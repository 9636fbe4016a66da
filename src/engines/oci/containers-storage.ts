/**
 * Images in a containers/storage folder (podman, buildah, CRI-O), read without a daemon: `overlay-images/images.json`,
 * `overlay-layers/layers.json`, and each layer's tar put together again from its tar-split file.
 */
import nodeFs from "node:fs";
import { join } from "node:path";
import { type Digest, parseDigest } from "../../core/digest.ts";
import { parseJson } from "../../core/parse-json.ts";
import { Problem } from "../../core/problem.ts";
import type { BlobStore } from "./blob.ts";
import { bounds } from "./bounds.ts";
import { parseImageConfig, verifyDocument } from "./document.ts";
import { layersOf, type OpenImage } from "./image.ts";
import { parseReference, repositoryOf } from "./reference.ts";
import type { StoragePlace } from "./storage-conf.ts";
import { readTarSplit } from "./tar-split.ts";

/** Drivers whose layers are plain folders, and the folder below a layer's own. */
const drivers = [
  { name: "overlay", folder: (root: string, layer: string) => join(root, "overlay", layer, "diff") },
  { name: "vfs", folder: (root: string, layer: string) => join(root, "vfs/dir", layer) },
] as const;

interface StoredImage {
  readonly id: string;
  readonly names: readonly string[];
  readonly layer: string;
}

interface StoredLayer {
  readonly id: string;
  /** The store that has it: an image of one may lie on layers of another. */
  readonly root: string;
  readonly parent?: string;
  readonly diffDigest: Digest;
  readonly diffSize: number;
}

/**
 * Opens an image by name or id, from the first store that has it.
 *
 * @throws Problem `storage.not-found`, `storage.broken`
 */
export async function openFromStorage(
  { roots, driver: wanted, isDriverFixed = false }: StoragePlace,
  name: string,
): Promise<OpenImage & { readonly storedName: string }> {
  const named = drivers.filter((driver) => driver.name === wanted);
  const meant = isDriverFixed ? named : new Set([...named, ...drivers]);
  for (const driver of meant) {
    for (const root of roots) {
      const images = await readList(join(root, `${driver.name}-images/images.json`), storedImage);
      const image = images.find((candidate) => isNamed(candidate, name));
      if (image === undefined) continue;
      const layers = await Promise.all(
        roots.map((each) =>
          readList(join(each, `${driver.name}-layers/layers.json`), (item) => storedLayer(item, each)),
        ),
      );
      return { ...(await openStored(root, driver, image, layers.flat())), storedName: image.names[0] ?? image.id };
    }
  }
  const isUnread = wanted !== undefined && named.length === 0;
  throw new Problem({
    kind: "unavailable",
    code: "storage.not-found",
    place: `containers-storage:[${roots.join(", ")}]${name}`,
    cause: isUnread ? `images of the storage driver ${wanted} cannot be read` : "the storage has no such image",
    ...(isUnread ? { remedy: "save it: podman save --format oci-archive" } : {}),
  });
}

async function openStored(
  root: string,
  driver: (typeof drivers)[number],
  image: StoredImage,
  layers: readonly StoredLayer[],
): Promise<OpenImage> {
  const place = `containers-storage:[${root}]${image.names[0] ?? image.id}`;
  const broken = (cause: string) => new Problem({ kind: "input", code: "storage.broken", place, cause });
  const configDigest = parseDigest(`sha256:${image.id}`);
  if (configDigest === undefined) throw broken("its id is not a digest");
  const file = join(root, `${driver.name}-images`, image.id, `=${Buffer.from(configDigest).toString("base64")}`);
  const configBytes = await readBounded(file, place);
  verifyDocument(configBytes, configDigest, place);
  const config = parseImageConfig(configBytes, place);

  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const chain: StoredLayer[] = [];
  for (let at: string | undefined = image.layer; at; at = byId.get(at)?.parent) {
    const layer = byId.get(at);
    if (layer === undefined) throw broken(`its layer ${at} is missing`);
    if (chain.length >= bounds.layers || chain.includes(layer)) throw broken("its layers form a loop");
    chain.push(layer);
  }
  chain.reverse();
  const stored = new Map(chain.map((layer) => [layer.diffDigest, layer]));
  const store: BlobStore = {
    place,
    document: () => Promise.reject(broken("no documents by digest")),
    async open({ digest }) {
      const layer = stored.get(digest);
      if (layer === undefined) throw broken(`no layer ${digest}`);
      const split = join(layer.root, `${driver.name}-layers`, `${layer.id}.tar-split.gz`);
      return readTarSplit(split, driver.folder(layer.root, layer.id), place);
    },
    // The files of a layer may be changed under its name: they are read and checked each time.
    stamp: async () => undefined,
    async close() {},
  };
  const blobs = chain.map((layer) => ({ digest: layer.diffDigest, mediaType: "", size: layer.diffSize }));
  return { store, configDigest, config, layers: layersOf(blobs, config, place), annotations: {} };
}

/** By any of its names as written or with docker's or podman's defaults, or by a prefix of its id. */
function isNamed(image: StoredImage, name: string): boolean {
  if (/^[0-9a-f]{12,64}$/.test(name) && image.id.startsWith(name)) return true;
  const wanted = new Set([name, `localhost/${name}`, `localhost/${name}:latest`]);
  try {
    const reference = parseReference(name);
    const tag = reference.tag ?? "latest";
    wanted.add(`${repositoryOf(reference)}:${tag}`);
  } catch {
    // No reference: an id or nothing.
  }
  return image.names.some((stored) => wanted.has(stored));
}

async function readList<T>(file: string, read: (item: Record<string, unknown>) => T | undefined): Promise<T[]> {
  if ((await nodeFs.promises.stat(file).catch(() => undefined)) === undefined) return [];
  let json: unknown;
  try {
    json = parseJson((await readBounded(file, file)).toString("utf8"));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({ kind: "input", code: "storage.broken", place: file, cause: "not JSON" });
  }
  if (!Array.isArray(json)) return [];
  return json.flatMap((item: unknown) => {
    const found = typeof item === "object" && item !== null ? read(item as Record<string, unknown>) : undefined;
    return found === undefined ? [] : [found];
  });
}

function storedImage(item: Record<string, unknown>): StoredImage | undefined {
  const { id, names, layer } = item;
  if (typeof id !== "string" || typeof layer !== "string") return undefined;
  return { id, layer, names: Array.isArray(names) ? names.filter((name) => typeof name === "string") : [] };
}

function storedLayer(item: Record<string, unknown>, root: string): StoredLayer | undefined {
  const { id, parent } = item;
  const diffDigest = parseDigest(item["diff-digest"]);
  const diffSize = item["diff-size"];
  // The id becomes part of a path.
  if (typeof id !== "string" || !/^[0-9a-f]{64}$/.test(id) || diffDigest === undefined) return undefined;
  return {
    id,
    root,
    diffDigest,
    diffSize: typeof diffSize === "number" ? diffSize : Number.MAX_SAFE_INTEGER,
    ...(typeof parent === "string" && parent !== "" ? { parent } : {}),
  };
}

async function readBounded(file: string, place: string): Promise<Buffer> {
  const found = await nodeFs.promises.stat(file).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > bounds.wantedFileBytes) {
    throw new Problem({
      kind: "input",
      code: "storage.broken",
      place,
      cause: "a file of the storage is missing or too large",
    });
  }
  return await nodeFs.promises.readFile(file);
}
