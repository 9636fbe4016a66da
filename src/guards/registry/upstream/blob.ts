/** One blob on its way from an upstream to the engine: never whole in memory, and verified before its end is handed on. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { digestAlgorithm } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import type { Descriptor } from "../../../engines/oci/model.ts";
import type { RegistryClient } from "../../../engines/oci/registry/client.ts";

type Blob = Pick<Descriptor, "digest" | "size">;

/** What the engine is sent. It ends with an error where the bytes have another digest; Problems as of `RegistryClient.blob`. */
export function verifiedBlob(from: Pick<RegistryClient, "blob" | "place">, blob: Blob): Readable {
  return Readable.from(verified(from, blob), { objectMode: false, highWaterMark: HIGH_WATER_MARK });
}

const HIGH_WATER_MARK = 256 * 1024;

async function* verified({ blob: open, place }: Pick<RegistryClient, "blob" | "place">, { digest, size }: Blob) {
  const algorithm = digestAlgorithm(digest);
  const hash = createHash(algorithm);
  // The last piece is kept back until the whole is known to be right: without it no server takes the upload for complete.
  let last: Buffer | undefined;
  for await (const chunk of (await open(digest, size)) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (last !== undefined) yield last;
    last = chunk;
  }
  const actual = `${algorithm}:${hash.digest("hex")}`;
  if (actual !== digest) {
    const cause = `its bytes have digest ${actual}`;
    throw new Problem({ kind: "input", code: "oci.digest-mismatch", place: `blob ${digest} of ${place}`, cause });
  }
  if (last !== undefined) yield last;
}
