/** What an image or a root file system holds, as evidence. What reads it is loaded where it is not remembered. */
import { absent, type Evidence, gapOf, present } from "../../core/evidence.ts";
import { asProblem, isEvidenceProblem, Problem } from "../../core/problem.ts";
import type { Inventory } from "../../engines/contents/model.ts";
import type { OpenImage } from "../../engines/oci/image.ts";
import type { Layer } from "../../engines/oci/model.ts";
import type { SecretsFound } from "../../engines/secrets/model.ts";
import { bounds as collectBounds } from "../bounds.ts";
import type { ScanCache, ScannedImage } from "./cache.ts";
import type { BoundedContext, InventoryContext, SecretsSoFar } from "./inventory-context.ts";

/**
 * The inventory of an image. A layer that cannot be read leaves no inventory at all: without it neither what is there
 * nor what was removed is known. A file that cannot be read leaves a gap.
 */
export async function inventoryOfImage(image: OpenImage, context: InventoryContext): Promise<Evidence<Inventory>> {
  return await asEvidence(image.store.place, context, (signal) => scanImage(image, { ...context, signal }));
}

/**
 * The inventory of an image and, where the context has a scanner, its secrets: of the config and of every layer that
 * could be read.
 */
export async function contentsOfImage(
  image: OpenImage,
  context: InventoryContext,
): Promise<{ readonly inventory: Evidence<Inventory>; readonly secrets?: Evidence<SecretsFound> }> {
  if (context.secrets === undefined) return { inventory: await inventoryOfImage(image, context) };
  const own: SecretsSoFar = { layers: [], records: [] };
  const inventory = await asEvidence(image.store.place, context, (signal) =>
    scanImage(image, { ...context, signal, own }),
  );
  const { found, gaps } =
    own.whole ??
    (await import("../secrets/image.ts")).secretsOfImage(image, own.layers, own.records, context.secrets.scanner);
  // Without an inventory a layer was not read to its end.
  const more = inventory.state === "absent" ? inventory.gaps : [];
  return { inventory, secrets: present(found, context.now.toISOString(), { gaps: [...gaps, ...more] }) };
}

/** The inventory of a folder that is a root file system. */
export async function inventoryOfFolder(root: string, context: InventoryContext): Promise<Evidence<Inventory>> {
  return await asEvidence(`dir:${root}`, context, async (signal) => {
    const { scanFolder } = await import("./inventory-layers.ts");
    return await scanFolder(root, { ...context, signal });
  });
}

async function scanImage(image: OpenImage, context: BoundedContext): Promise<ScannedImage> {
  const { cache, own } = context;
  const unchanged = await Promise.all(image.layers.map((layer) => isUnchanged(image, layer, cache)));
  if (cache !== undefined && unchanged.every(Boolean)) {
    const remembered = cache.image(image.configDigest);
    const secrets = own === undefined ? undefined : cache.secrets(image.configDigest, context.secrets?.key ?? "");
    if (own !== undefined && secrets !== undefined) own.whole = secrets;
    if (remembered !== undefined && (own === undefined || secrets !== undefined)) return remembered;
  }
  // They start while this thread loads the readers of what is in layers.
  const threads = await layerThreads(image, unchanged, context);
  try {
    const { scanLayers } = await import("./inventory-layers.ts");
    return await scanLayers(image, unchanged, threads === undefined ? context : { ...context, layerThreads: threads });
  } finally {
    await threads?.end();
  }
}

async function layerThreads(image: OpenImage, unchanged: readonly boolean[], { threads }: BoundedContext) {
  const unread = image.layers.filter(({ index }) => unchanged[index] !== true);
  if (threads === undefined || unread.length === 0) return undefined;
  return (await import("../../engines/oci/layer-threads.ts")).openLayerThreads(image, unread, threads);
}

/**
 * Whether a layer's stored bytes are known without reading them: they were read whole once and had these digests, and
 * since then either their store addresses them by digest (a registry) or the local file kept its stamp.
 */
async function isUnchanged(image: OpenImage, layer: Layer, cache: ScanCache | undefined): Promise<boolean> {
  if (cache === undefined || !cache.isVerified(layer.digest, layer.diffId)) return false;
  if (image.store.stamp === undefined) return true;
  const stamp = await image.store.stamp(layer.digest).catch(() => undefined);
  return stamp !== undefined && cache.hasStamp(stamp, layer.digest);
}

async function asEvidence(
  place: string,
  context: InventoryContext,
  work: (signal: AbortSignal) => Promise<ScannedImage>,
): Promise<Evidence<Inventory>> {
  const timeout = AbortSignal.timeout(collectBounds.assetMilliseconds);
  const signal = context.signal === undefined ? timeout : AbortSignal.any([timeout, context.signal]);
  try {
    const { inventory, gaps } = await work(signal);
    return present(inventory, context.now.toISOString(), { gaps });
  } catch (error) {
    const problem = timeout.aborted ? overTime(place) : asProblem(error, place);
    if (!isEvidenceProblem(problem)) throw problem;
    return absent(gapOf(problem));
  }
}

function overTime(place: string): Problem {
  const minutes = collectBounds.assetMilliseconds / 60_000;
  return new Problem({ kind: "input", code: "collect.time", place, cause: `took longer than ${minutes} minutes` });
}
