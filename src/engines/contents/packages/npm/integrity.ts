import type { PackageRecord } from "../../model.ts";
import { base64Hash, type HashAlgorithm } from "../hashes.ts";

const ALGORITHMS: ReadonlySet<string> = new Set<HashAlgorithm>(["md5", "sha1", "sha256", "sha384", "sha512"]);

/**
 * The hashes of a Subresource Integrity text (`sha512-BASE64 sha1-BASE64`, W3C SRI "Integrity metadata"), in hex. Of
 * one algorithm the first counts; what is none is left out.
 */
export function hashesOf(integrity: unknown): PackageRecord["hashes"] {
  if (typeof integrity !== "string" || integrity.length > MOST_CHARACTERS) return undefined;
  let hashes: PackageRecord["hashes"];
  for (const word of integrity.split(/\s/)) {
    const dash = word.indexOf("-");
    const algorithm = word.slice(0, Math.max(0, dash));
    if (!ALGORITHMS.has(algorithm)) continue;
    // Options may follow behind a question mark.
    const digest = word.slice(dash + 1).split("?", 1)[0];
    const stated = base64Hash(algorithm as HashAlgorithm, digest).hashes;
    if (stated !== undefined) hashes = { ...stated, ...hashes };
  }
  return hashes;
}

/** One digest has at most 100. */
const MOST_CHARACTERS = 1_000;
