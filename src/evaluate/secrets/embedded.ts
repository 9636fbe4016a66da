/** From secrets that were found in an image to evaluations. */

import { imageChecks } from "../../checks/lists/image.ts";
import type { ImageFacts } from "../../checks/subjects/image.ts";
import type { Asset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Evidence, present } from "../../core/evidence.ts";
import type { LayerReference } from "../../core/location.ts";
import { runChecks } from "../../core/runner.ts";
import type { SecretsFound } from "../../engines/secrets/model.ts";
import { assessorOf, type SecretsContext } from "./secrets.ts";

/** The evaluations of the secrets alone of an image or a root file system. */
export function evaluateEmbedded(
  asset: Asset,
  secrets: Evidence<SecretsFound>,
  layers: readonly LayerReference[],
  { policy, now }: SecretsContext,
): Evaluation[] {
  const own = { asset, policy, now, assess: assessorOf(secrets, { policy, now }) };
  return runChecks<ImageFacts>(imageChecks, { secrets, layers: present(layers, now.toISOString()) }, own);
}
