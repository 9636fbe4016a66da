/** From what a user writes to the place where an image is, and to the manifest that its name stands for at this time. */
import { Problem } from "../../../core/problem.ts";
import { valueAt } from "../../../core/untyped.ts";
import { openArchive } from "../archive.ts";
import { parseJson } from "../document.ts";
import { type Layout, openLayout } from "../layout.ts";
import type { Descriptor } from "../model.ts";
import { parseReference } from "../reference.ts";
import { openRegistry, type RegistryOptions } from "../registry/client.ts";
import { type Target, targetOf } from "../target.ts";
import { layoutRepository } from "./layout-repository.ts";
import { registryRepository } from "./registry-repository.ts";
import type { Repository, StoredManifest } from "./repository.ts";

export interface ResolvedImage {
  readonly repository: Repository;
  /** What the name came to: asked once, and its bytes hashed. An index, or one image's manifest. */
  readonly root: StoredManifest;
}

/**
 * Opens the place of the one image or index that a text names: `registry/name:tag`, `oci:DIR`, `oci-archive:FILE`.
 *
 * @throws Problem `oci.reference` (usage) where it names none, several, or a place that keeps no signatures; what the stores
 *   throw
 */
export async function resolveImage(written: string, options: RegistryOptions = {}): Promise<ResolvedImage> {
  const target = targetOf(written);
  switch (target.scheme) {
    case "registry":
      return await resolveInRegistry(target.at, options);
    case "oci":
      return await resolveInLayout(await openLayout(target.at), target, written);
    case "oci-archive": {
      const archive = await openArchive(target.at);
      if (archive.kind === "oci") return await resolveInLayout(archive, target, written);
      await archive.close();
      throw unkept(written);
    }
    default:
      throw unkept(written);
  }
}

async function resolveInRegistry(at: string, options: RegistryOptions): Promise<ResolvedImage> {
  const reference = parseReference(at);
  const client = openRegistry(reference, options);
  try {
    const root = await client.manifest(reference.digest ?? reference.tag ?? "latest");
    return { repository: registryRepository(client), root };
  } catch (error) {
    client.close();
    throw error;
  }
}

async function resolveInLayout(layout: Layout, { pick, at, scheme }: Target, written: string): Promise<ResolvedImage> {
  const repository = layoutRepository(layout);
  try {
    const images = pick === undefined ? await imagesOf(layout.roots, repository) : layout.roots;
    const root = pickRoot(images, pick, written, `${scheme}:${at}`);
    return { repository, root: await repository.manifest(root) };
  } catch (error) {
    await repository.close();
    throw error;
  }
}

/** An image's own signatures and referrers are found beside it, and not meant by the layout's name. */
async function imagesOf(roots: readonly Descriptor[], repository: Repository): Promise<readonly Descriptor[]> {
  const images: Descriptor[] = [];
  for (const root of roots) {
    if (isAside(root)) continue;
    const { bytes } = await repository.manifest(root);
    if (valueAt(parseJson(bytes, `${repository.place}@${root.digest}`), ["subject"]) === undefined) images.push(root);
  }
  return images;
}

function pickRoot(roots: readonly Descriptor[], pick: string | undefined, written: string, place: string): Descriptor {
  const names = ({ digest, annotations: named }: Descriptor) =>
    [digest, named?.["org.opencontainers.image.ref.name"], named?.["io.containerd.image.name"]].filter(
      (name) => name !== undefined,
    );
  const fits = (name: string) => name === pick || name.endsWith(`:${pick}`) || name.endsWith(`@${pick}`);
  const fitting = pick === undefined ? roots : roots.filter((root) => names(root).some(fits));
  const distinct = new Map(fitting.map((root) => [root.digest, root]));
  const [root] = distinct.values();
  if (root !== undefined && distinct.size === 1) return root;
  const known = roots.flatMap((image) => names(image).slice(-1)).slice(0, 10);
  throw new Problem({
    kind: "usage",
    code: "oci.reference",
    place: written,
    cause: root === undefined ? `no image ${pick ?? ""}`.trimEnd() : `${distinct.size} images`,
    ...(known.length === 0 ? {} : { remedy: `name one: ${place}:NAME with one of ${known.join(", ")}` }),
  });
}

/** `sha256-HEX.sig`, `sha256-HEX`, and what `cosign save` marks. */
function isAside({ annotations }: Descriptor): boolean {
  const name = annotations?.["org.opencontainers.image.ref.name"] ?? "";
  const kind = annotations?.kind ?? "";
  return (
    /(?:^|:)sha(?:256|512)-[0-9a-f]{64,}(?:\.[a-z]+)?$/.test(name) ||
    /^dev\.cosignproject\.cosign\/(?:sigs|atts)$/.test(kind)
  );
}

function unkept(written: string): Problem {
  return new Problem({
    kind: "usage",
    code: "oci.reference",
    place: written,
    cause: "signatures are stored only in registries and OCI layouts",
    remedy: "name the image as REGISTRY/NAME or oci:DIR",
  });
}
