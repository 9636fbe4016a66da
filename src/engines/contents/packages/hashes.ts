import type { PackageRecord } from "../model.ts";

type Hashes = Pick<PackageRecord, "hashes">;

/** Hexadecimal digits of each algorithm's hash. */
const LENGTHS = { md5: 32, sha1: 40, sha256: 64, sha384: 96, sha512: 128 } as const;
export type HashAlgorithm = keyof typeof LENGTHS;

const HEX = /^[0-9a-f]+$/;
const BASE64 = /^[0-9A-Za-z+/]+={0,2}$/;

/** A record's `hashes` with the one that a file states in hexadecimal; without it where the text is none. */
export function hexHash(algorithm: HashAlgorithm, text: string | undefined): Hashes {
  if (text === undefined || text.length !== LENGTHS[algorithm]) return {};
  const hex = text.toLowerCase();
  return HEX.test(hex) ? { hashes: { [algorithm]: hex } } : {};
}

/** The same for one that is written in base64 (RFC 4648), as Subresource Integrity and NuGet do. */
export function base64Hash(algorithm: HashAlgorithm, text: string | undefined): Hashes {
  if (text === undefined || text.length > LENGTHS[algorithm] || !BASE64.test(text)) return {};
  return hexHash(algorithm, Buffer.from(text, "base64").toString("hex"));
}
