/**
 * What of the program, beside the content, a remembered answer depends on: the analysers and the bounds of all that
 * reads it. The cache keys on it, so that a changed bound reads anew what it bounds, and nothing else.
 */
import { createHash } from "node:crypto";
import { analyserVersions } from "../../engines/contents/analyser-index.ts";
import { bounds as contentsBounds } from "../../engines/contents/bounds.ts";
import { bounds as ociBounds } from "../../engines/oci/bounds.ts";
import { bounds as secretsBounds } from "../../engines/secrets/bounds.ts";
import { bounds as formatsBounds } from "../../formats/bounds.ts";
import { bounds as collectBounds } from "../bounds.ts";
import { bounds as folderBounds } from "../secrets/bounds.ts";
import { bounds } from "./bounds.ts";
import { HOST_FILES_VERSION } from "./host/files.ts";

/** Raised when what the tables hold changes its meaning. */
export const FORMAT = 5;

/** 16 hexadecimal digits for each kind of answer. */
export interface CacheKeys {
  /** A layer's scan (`layer-scan.ts`). */
  readonly layer: string;
  /** An image's inventory (`inventory.ts`). */
  readonly image: string;
  /** The secrets of a layer or an image (`collect/secrets`, `engines/secrets`), the scanner's own key apart. */
  readonly secrets: string;
}

export function cacheKeys(): CacheKeys {
  const layer = [FORMAT, analyserVersions, ociBounds, formatsBounds, contentsBounds, bounds];
  return {
    layer: hashOf(layer),
    image: hashOf([...layer, collectBounds, HOST_FILES_VERSION]),
    secrets: hashOf([FORMAT, ociBounds, formatsBounds, secretsBounds, folderBounds]),
  };
}

function hashOf(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
