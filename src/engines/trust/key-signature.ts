/** Signatures over content by a public key: what the key is decides how it signs, never what the document says. */
import { verify } from "node:crypto";
import type { PublicKey } from "./x509/public-key.ts";

type UsableKey = Exclude<PublicKey, { readonly refused: string }>;

/** By the size of the curve: r and s together, where they are written raw, and the hash of that size. */
const curves = {
  256: { rawBytes: 64, hash: "sha256" },
  384: { rawBytes: 96, hash: "sha384" },
  521: { rawBytes: 132, hash: "sha512" },
} as const;

/** Whether the signature is this key's over these bytes. RSA is PKCS #1 v1.5 by SHA-256, as cosign signs. */
export function isSignatureBy(key: UsableKey, data: Uint8Array, signature: Uint8Array): boolean {
  if (key.kind === "ed25519") return verify(null, data, key.key, signature);
  if (key.kind === "rsa") return verify("sha256", data, key.key, signature);
  const { rawBytes, hash } = curves[key.bits];
  // cosign signs by SHA-256 on every curve, other signers by the hash of the curve's size.
  return [...new Set(["sha256", hash])].some(
    (name) =>
      verify(name, data, { key: key.key, dsaEncoding: "der" }, signature) ||
      (signature.length === rawBytes && verify(name, data, { key: key.key, dsaEncoding: "ieee-p1363" }, signature)),
  );
}
