/** An image or a root file system, read for what it is built on. */
import { baseOfImage } from "../collect/image/base.ts";
import { inventoryOfFolder, inventoryOfImage } from "../collect/image/inventory.ts";
import { sourceFilesOfFolder, sourceFilesOfImage } from "../collect/updates/source-files.ts";
import type { Asset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Evidence } from "../core/evidence.ts";
import type { BaseImage, Inventory } from "../engines/contents/model.ts";
import { type OpenOptions, openImage } from "../engines/oci/open.ts";
import { imageAsset } from "../evaluate/image/assets.ts";
import { buildDates } from "../evaluate/image/rebuild.ts";
import type { ScanContext } from "./context.ts";
import { scanUpdates } from "./image.ts";

export interface ReadBase {
  readonly inventory: Evidence<Inventory>;
  readonly base: Evidence<BaseImage>;
  /** The config's digest; absent of a folder. */
  readonly image?: string;
  /** ISO 8601, UTC. */
  readonly created?: string;
  readonly layers: number;
  /** Of control 9. */
  readonly rebuild: readonly Evaluation[];
}

/** @param folder - that is a root file system, where `reference` names one */
export async function readBase(
  reference: string,
  folder: string | undefined,
  context: ScanContext & { readonly open: OpenOptions },
): Promise<ReadBase> {
  if (folder !== undefined) {
    const inventory = await inventoryOfFolder(folder, context);
    // A folder has no layers and no history: what is in it has to tell.
    const none = { config: { diffIds: [], history: [], labels: {} }, annotations: {} };
    const asset: Asset = { kind: "rootfs", id: folder, lineage: reference, name: reference };
    return {
      inventory,
      base: baseOfImage(none, inventory, context),
      layers: 0,
      // A folder states no age: without a look-up there is nothing to say.
      rebuild:
        context.updates === undefined
          ? []
          : await scanUpdates(asset, inventory, {}, async () => sourceFilesOfFolder(folder), context),
    };
  }
  const named = await openImage(reference, context.open);
  const { image } = named;
  try {
    const inventory = await inventoryOfImage(image, context);
    const base = baseOfImage(image, inventory, context);
    const { created } = image.config;
    const asset = imageAsset({ ...image, ...named }, context.now);
    const files = () => sourceFilesOfImage(image, context.signal);
    return {
      inventory,
      base,
      rebuild: await scanUpdates(asset, inventory, buildDates(image, base), files, context),
      image: image.configDigest,
      ...(created === undefined || Number.isNaN(Date.parse(created))
        ? {}
        : { created: new Date(created).toISOString() }),
      layers: image.layers.length,
    };
  } finally {
    await image.store.close();
  }
}
