/** From a named image or root file system to its evaluations: read, then judged. */
import { inventoryOfFolder } from "../collect/image/inventory.ts";
import type { SourceFiles } from "../collect/updates/source-files.ts";
import type { Asset, ImageAsset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Evidence } from "../core/evidence.ts";
import type { Problem } from "../core/problem.ts";
import type { Inventory } from "../engines/contents/model.ts";
import type { NamedImage } from "../engines/oci/open.ts";
import type { BuildDates, PendingUpdates } from "../engines/updates/model.ts";
import { evaluateImage, evaluateUnopened } from "../evaluate/image/image.ts";
import { buildDates, evaluateUpdates } from "../evaluate/image/rebuild.ts";
import { contentsOf } from "./contents.ts";
import type { ScanContext } from "./context.ts";
import { evaluateReading, readImage } from "./image-reading.ts";

/**
 * All evaluations of one image.
 *
 * @param place - where it lies in the tree under review; absent: the caller named it
 * @param written - by which name its signatures are looked up; absent: that of the caller's
 */
export async function scanImage(
  named: NamedImage & { readonly path?: string },
  context: ScanContext,
  place?: string,
  written: string = named.name,
): Promise<Evaluation[]> {
  const { image } = named;
  const read = await readImage(named, context);
  context.onRead?.();
  const learned = await context.learned?.(image, read.inventory, context);
  const reading = learned === undefined ? read : { ...read, inventory: learned.inventory };
  const readFiles = async () =>
    (await import("../collect/updates/source-files.ts")).sourceFilesOfImage(image, context.signal);
  const pending = await lookUp(reading.inventory, readFiles, context);
  const { asset, base, evaluations } = evaluateReading(reading, { ...context, pending }, place);
  return [
    ...evaluations,
    ...(learned?.evaluations ?? []),
    ...evaluatePending(asset, buildDates(image, base), pending, context),
    ...(await trustOf(named, asset, written, context)),
  ];
}

/** The verifier is loaded where somebody asked for it. */
async function trustOf(
  named: NamedImage,
  asset: ImageAsset,
  written: string,
  context: ScanContext,
): Promise<Evaluation[]> {
  const { trust } = context;
  if (trust === undefined) return [];
  const { scanOpenedTrust } = await import("./image-trust.ts");
  return await scanOpenedTrust(named, asset, written, { ...context, trust });
}

/** All evaluations of a folder that is a root file system. */
export async function scanRootFolder(root: string, name: string, context: ScanContext): Promise<Evaluation[]> {
  const asset: Asset = { kind: "rootfs", id: root, lineage: name, name };
  const inventory = await inventoryOfFolder(root, context);
  const { secrets } = context;
  const read = {
    ...contentsOf(inventory, [], context),
    ...(secrets === undefined ? {} : { secrets: await secretsOfFolder(root, { ...context, secrets }) }),
  };
  const readFiles = async () => (await import("../collect/updates/source-files.ts")).sourceFilesOfFolder(root);
  const pending = await lookUp(inventory, readFiles, context);
  return [...evaluateImage(asset, read, { ...context, pending }), ...evaluatePending(asset, {}, pending, context)];
}

/** What looks for secrets is loaded where somebody asked for it. */
async function secretsOfFolder(root: string, context: ScanContext & Required<Pick<ScanContext, "secrets">>) {
  const { secretsOfRoot } = await import("../collect/secrets/root-folder.ts");
  return await secretsOfRoot(root, context);
}

/** The evaluations of an image that was found and could not be opened. */
export function scanUnopened(asset: Asset, problem: Problem, context: ScanContext): Evaluation[] {
  return evaluateUnopened(asset, problem, {
    ...context,
    searchesSecrets: context.secrets !== undefined,
    asksUpdates: context.updates !== undefined || context.judgesAge === true,
  });
}

/**
 * The evaluation of control 9: none where neither a look-up nor the age was asked for.
 *
 * @param readFiles - reads what the asset itself says of its suites and keys; asked only for a look-up
 */
export async function scanUpdates(
  asset: Asset,
  inventory: Evidence<Inventory>,
  built: BuildDates,
  readFiles: () => Promise<SourceFiles>,
  context: UpdatesContext,
): Promise<Evaluation[]> {
  return evaluatePending(asset, built, await lookUp(inventory, readFiles, context), context);
}

type UpdatesContext = Pick<ScanContext, "updates" | "judgesAge" | "advisories" | "policy" | "now">;

/** @returns undefined where nobody asked */
async function lookUp(
  inventory: Evidence<Inventory>,
  readFiles: () => Promise<SourceFiles>,
  { updates, advisories, policy, now }: UpdatesContext,
): Promise<Evidence<PendingUpdates> | undefined> {
  if (updates === undefined) return undefined;
  const { lookUpUpdates, withKnownFixes } = await import("../collect/updates/updates.ts");
  const found = await lookUpUpdates(inventory, readFiles, updates, { now, maxAgeDays: policy.advisories.maxAgeDays });
  return withKnownFixes(found, inventory, advisories);
}

function evaluatePending(
  asset: Asset,
  built: BuildDates,
  pending: Evidence<PendingUpdates> | undefined,
  context: UpdatesContext,
): Evaluation[] {
  return pending === undefined && context.judgesAge !== true ? [] : evaluateUpdates(asset, built, pending, context);
}
