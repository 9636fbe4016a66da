/**
 * Who signs the hardened shop's images: two keys, as a team would keep one in its release workflow and one with those who answer
 * for security. Each is made from a hash: the same each time, good for nothing, and its private part in no file of the repository.
 */
import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

export interface ShopKey {
  /** As `hardened/bulkhead.yaml` calls the signer; `hardened/keys/NAME.pub` is its public key. */
  readonly name: string;
  /** PEM, PKCS #8, not encrypted. */
  readonly privateKey: string;
  /** PEM, SubjectPublicKeyInfo. */
  readonly publicKey: string;
}

export const releaseKey = keyOf("release");
export const securityKey = keyOf("security");

/** Of nobody whom the shop's policy names. */
export const strangerKey = keyOf("stranger");

/** On the curve P-256 any number below its order is a key, and a hash is one but for one in four billion. */
function keyOf(name: string): ShopKey {
  const number = createHash("sha256").update(`the hardened shop's key ${name}`).digest();
  const point = createECDH("prime256v1");
  point.setPrivateKey(number);
  const encoded = point.getPublicKey();
  const part = (bytes: Buffer) => bytes.toString("base64url");
  const key = createPrivateKey({
    format: "jwk",
    key: {
      kty: "EC",
      crv: "P-256",
      d: part(number),
      x: part(encoded.subarray(1, 33)),
      y: part(encoded.subarray(33)),
    },
  });
  return {
    name,
    privateKey: pem(key, "pkcs8"),
    publicKey: pem(createPublicKey(key), "spki"),
  };
}

function pem(key: KeyObject, type: "pkcs8" | "spki"): string {
  return String(key.export({ format: "pem", type: type as "spki" }));
}
