/** An image and its layers as reports name them. */
import type { ImageAsset } from "../../core/asset.ts";
import type { LayerReference } from "../../core/location.ts";
import type { OpenImage } from "../../engines/oci/image.ts";
import type { NamedImage } from "../../engines/oci/open.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import { maskSecrets } from "../secrets/mask.ts";
import type { StepLineLookup } from "./dockerfile-lines.ts";

/** What identifies an image, and what it is called. */
type IdentifiedImage = Pick<NamedImage, "name" | "lineage" | "reference" | "partOfFile"> &
  Pick<OpenImage, "configDigest" | "manifestDigest" | "indexDigest"> & {
    /** From the directory that is scanned; absent: the lineage, where that is a path. */
    readonly path?: string;
  };

export function imageAsset(image: IdentifiedImage, now: Date): ImageAsset {
  const { name, lineage, reference, configDigest, manifestDigest, indexDigest, partOfFile } = image;
  const path = image.path ?? (partOfFile === undefined ? undefined : lineage);
  return {
    kind: "image",
    id: configDigest,
    identifiedBy: "config",
    lineage,
    ...(path === undefined ? {} : { path }),
    name,
    references: [
      {
        reference,
        ...(manifestDigest === undefined ? {} : { manifestDigest }),
        ...(indexDigest === undefined ? {} : { indexDigest }),
        observedAt: now.toISOString(),
      },
    ],
  };
}

/** The layers for reports. Secrets in the instructions are not shown where they are looked for. */
export function layersOf(
  { layers, config }: Pick<OpenImage, "layers" | "config">,
  { stepLines, scanner }: { readonly stepLines?: StepLineLookup; readonly scanner?: SecretScanner } = {},
): LayerReference[] {
  const lines = stepLines?.(config.history);
  const shown = (createdBy: string) => (scanner === undefined ? createdBy : maskSecrets(createdBy, scanner));
  return layers.map(({ index, diffId, history }) => {
    const dockerfile = history === undefined ? undefined : lines?.get(history.index);
    return {
      index,
      of: layers.length,
      diffId,
      ...(history === undefined ? {} : { instruction: shown(history.createdBy), historyIndex: history.index }),
      ...(dockerfile === undefined ? {} : { dockerfile }),
    };
  });
}
