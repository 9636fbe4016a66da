import type { PackageRecord } from "../model.ts";

type Hashes = Pick<PackageRecord, "hashes">;

/** Hexadecimal digits of each algorithm's hash. */
const LENGTHS = { md5: 32, sha1: 40, sha256: 64, sha384: 96, sha512: 128 } as const;
export type HashAlgorithm = keyof typeof LENGTHS;

const BASE64 = /^[0-9A-Za-z+/]+={0,2}$/;

/** A record's `hashes` with the one that a file states in hexadecimal; without it where the text is none. */
export function hexHash(algorithm: HashAlgorithm, text: string | undefined): Hashes {
  if (text === undefined || text.length !== LENGTHS[algorithm]) return {};
  // What is not hexadecimal ends the bytes early. The text is made anew: one cut from a file's would keep all of that.
  return hashOf(algorithm, Buffer.from(text, "hex"));
}

/** The same for one that is written in base64 (RFC 4648), as Subresource Integrity and NuGet do. */
export function base64Hash(algorithm: HashAlgorithm, text: string | undefined): Hashes {
  if (text === undefined || text.length > LENGTHS[algorithm] || !BASE64.test(text)) return {};
  return hashOf(algorithm, Buffer.from(text, "base64"));
}

function hashOf(algorithm: HashAlgorithm, bytes: Buffer): Hashes {
  return bytes.length * 2 === LENGTHS[algorithm] ? { hashes: { [algorithm]: bytes.toString("hex") } } : {};
}
