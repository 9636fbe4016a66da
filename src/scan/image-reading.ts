/** What was read of an image, apart from what is made of it: kept, it is judged anew without a look at its layers. */
import { baseOfImage } from "../collect/image/base.ts";
import { cacheKeys } from "../collect/image/cache-key.ts";
import { contentsOfImage } from "../collect/image/inventory.ts";
import type { ImageAsset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Evidence } from "../core/evidence.ts";
import type { BaseImage, Inventory } from "../engines/contents/model.ts";
import type { OpenImage } from "../engines/oci/image.ts";
import type { NamedImage } from "../engines/oci/open.ts";
import type { SecretsFound } from "../engines/secrets/model.ts";
import { imageAsset, layersOf } from "../evaluate/image/assets.ts";
import { evaluateImage, type ImageContext } from "../evaluate/image/image.ts";
import { builtFromRelations } from "./base-relations.ts";
import { contentsOf } from "./contents.ts";
import type { ScanContext } from "./context.ts";

/** Plain data; no text of a secret is in it. */
export interface ImageReading {
  readonly names: Omit<NamedImage, "image"> & { readonly path?: string };
  readonly image: Omit<OpenImage, "store">;
  readonly inventory: Evidence<Inventory>;
  /** Absent: nobody looked for any. */
  readonly secrets?: Evidence<SecretsFound>;
}

/** Reads every layer, or what the context's cache has of it. */
export async function readImage(
  { image, ...names }: NamedImage & { readonly path?: string },
  context: Pick<ScanContext, "now" | "cache" | "secrets" | "threads" | "signal" | "onProgress">,
): Promise<ImageReading> {
  const { inventory, secrets } = await contentsOfImage(image, context);
  const { store: _, ...facts } = image;
  return { names, image: facts, inventory, ...(secrets === undefined ? {} : { secrets }) };
}

export interface EvaluatedReading {
  readonly asset: ImageAsset;
  readonly base: Evidence<BaseImage>;
  readonly evaluations: Evaluation[];
}

/**
 * All evaluations that rest on what was read: not those of updates that are looked up, nor of signatures.
 *
 * @param place - where it lies in the tree under review; absent: the caller named it
 */
export function evaluateReading(
  { names, image, inventory, secrets }: ImageReading,
  context: ScanContext & Pick<ImageContext, "pending">,
  place?: string,
): EvaluatedReading {
  const met = imageAsset({ ...image, ...names }, context.now);
  const asset = place === undefined ? met : { ...met, place };
  const base = baseOfImage(image, inventory, context);
  const layers = layersOf(image, {
    ...(context.stepLines === undefined ? {} : { stepLines: context.stepLines }),
    ...(context.secrets === undefined ? {} : { scanner: context.secrets.scanner }),
  });
  context.onRelations?.(builtFromRelations(asset, base, layers, context.now));
  const read = {
    ...contentsOf(inventory, layers, context, base),
    config: image.config,
    ...(secrets === undefined ? {} : { secrets: withStepLines(secrets, image, context) }),
  };
  return { asset, base, evaluations: evaluateImage(asset, read, context) };
}

/** Secrets of the configuration with the lines of the Dockerfile that state them. */
function withStepLines(
  secrets: Evidence<SecretsFound>,
  { config }: Pick<OpenImage, "config">,
  { stepLines }: Pick<ScanContext, "stepLines">,
): Evidence<SecretsFound> {
  if (secrets.state === "absent" || stepLines === undefined) return secrets;
  const lines = stepLines(config.history);
  const placed = secrets.facts.secrets.map((secret) => {
    const dockerfile = secret.step === undefined ? undefined : lines.get(secret.step);
    return dockerfile === undefined ? secret : { ...secret, dockerfile };
  });
  return { ...secrets, facts: { ...secrets.facts, secrets: placed } };
}

/** What of the program, beside the layers, a reading depends on. @param scanner - the key of the secret scanner */
export function readingKey(scanner: string): string {
  const { image, secrets } = cacheKeys();
  return `${image}-${secrets}-${scanner}`;
}
