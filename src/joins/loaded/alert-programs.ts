/** Whose the program is that an alert is about: the image that its container ran, read for its packages and layers. */
import { readImageFiles } from "../../collect/image/image-files.ts";
import { inventoryOfImage } from "../../collect/image/inventory.ts";
import type { LayerReference } from "../../core/location.ts";
import type { ImageFiles, Package } from "../../engines/contents/model.ts";
import type { Alert, AlertProgram } from "../../engines/events/model.ts";
import type { OpenImage } from "../../engines/oci/image.ts";
import { type OpenOptions, openImage } from "../../engines/oci/open.ts";
import { layersOf } from "../../evaluate/image/assets.ts";
import type { ScanContext } from "../../scan/context.ts";
import { readDockerfiles } from "../../scan/named-dockerfiles.ts";
import type { ProgramLookup } from "../../scan/runtime.ts";
import { claimsOf } from "./owners.ts";

interface ReadImage {
  readonly image: Pick<OpenImage, "configDigest" | "manifestDigest" | "indexDigest">;
  readonly layers: readonly LayerReference[];
  readonly files: ImageFiles;
  readonly packages: readonly Package[];
}

/**
 * @param references - as for `image scan`
 * @param dockerfiles - that they may have been built from
 * @throws Problem where an image or a Dockerfile cannot be read
 */
export async function imagePrograms(
  references: readonly string[],
  dockerfiles: readonly string[],
  context: ScanContext & { readonly open: OpenOptions },
): Promise<ProgramLookup> {
  const { stepLines } = readDockerfiles(dockerfiles) ?? {};
  const read: ReadImage[] = [];
  for (const reference of references) {
    const { image } = await openImage(reference, context.open);
    try {
      const inventory = await inventoryOfImage(image, context);
      const files = await readImageFiles(image, new Set(), context.signal);
      const layers = layersOf(image, stepLines === undefined ? {} : { stepLines });
      read.push({ image, layers, files, packages: inventory.state === "absent" ? [] : inventory.facts.packages });
    } finally {
      await image.store.close();
    }
  }
  const known = new Map<string, AlertProgram | undefined>();
  return (alert) => {
    const path = programOf(alert);
    const own = read.find(({ image }) => isOf(alert, image));
    if (path === undefined || own === undefined) return undefined;
    const key = `${own.image.configDigest} ${path}`;
    if (!known.has(key)) known.set(key, programIn(own, path));
    return known.get(key);
  };
}

/** The program itself; a script goes by what runs it. */
function programOf({ process, fields }: Alert): string | undefined {
  const path = process?.path ?? fields["proc.exepath"];
  return path?.startsWith("/") ? path.replace(/^\/+/, "") : undefined;
}

function isOf({ about: { container } }: Alert, image: ReadImage["image"]): boolean {
  const { configDigest, manifestDigest, indexDigest } = image;
  const digests: ReadonlySet<string | undefined> = new Set([configDigest, manifestDigest, indexDigest]);
  return [container?.imageId, container?.imageDigest].some((digest) => digest !== undefined && digests.has(digest));
}

function programIn({ image, files, layers, packages }: ReadImage, path: string): AlertProgram {
  const real = files.resolve(path);
  const layer = real === undefined ? undefined : files.layerOf(real);
  if (real === undefined || layer === undefined) return { image: image.configDigest, path };
  const hit = { reason: "", changed: false, executed: true };
  const { hits } = claimsOf(packages, files, new Map([real, ...files.namesOf(real)].map((name) => [name, hit])));
  const [owner] = [...hits].flatMap(([item, own]) => (own.some(({ changed }) => !changed) ? [item] : []));
  const whose = owner ?? packages.find((item) => item.path === real);
  const reference = layers[whose?.layer ?? layer];
  return {
    image: image.configDigest,
    path: real,
    ...(reference === undefined ? {} : { layer: reference }),
    ...(whose === undefined ? {} : { package: { name: whose.name, version: whose.version, purl: whose.purl } }),
  };
}
