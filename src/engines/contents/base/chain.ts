import { createHash } from "node:crypto";
import { type Digest, parseDigest } from "../../../core/digest.ts";

/**
 * The chain ids of a stack of layers, one for each height, the lowest first (OCI image specification, config.md, "Layer
 * ChainID"): two images with one chain id have the same layers below.
 */
export function chainIds(diffIds: readonly Digest[]): Digest[] {
  const ids: Digest[] = [];
  for (const diffId of diffIds) {
    const below = ids.at(-1);
    ids.push(below === undefined ? diffId : digestOf(`${below} ${diffId}`));
  }
  return ids;
}

function digestOf(text: string): Digest {
  return parseDigest(`sha256:${createHash("sha256").update(text).digest("hex")}`) as Digest;
}
