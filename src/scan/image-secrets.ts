/** Secrets of an image, without the rest of what is judged of one. */

import { contentsOfImage } from "../collect/image/inventory.ts";
import type { KeyedScanner } from "../collect/secrets/scanner.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { type OpenOptions, openImage } from "../engines/oci/open.ts";
import { imageAsset, layersOf } from "../evaluate/image/assets.ts";
import { evaluateEmbedded } from "../evaluate/secrets/embedded.ts";
import type { ScanContext } from "./context.ts";

/** @param name - as the user wrote it */
export async function scanImageSecrets(
  name: string,
  keyed: KeyedScanner,
  context: ScanContext & { readonly open: OpenOptions },
): Promise<Evaluation[]> {
  const named = await openImage(name, context.open);
  try {
    const { secrets } = await contentsOfImage(named.image, { ...context, secrets: keyed });
    if (secrets === undefined) return [];
    const asset = imageAsset({ ...named.image, ...named }, context.now);
    const layers = layersOf(named.image, { scanner: keyed.scanner });
    return evaluateEmbedded(asset, secrets, layers, context);
  } finally {
    await named.image.store.close();
  }
}
