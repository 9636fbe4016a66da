/**
 * Signatures of tokens (RFC 7518, section 3; RFC 8037). Only of public keys: a set of keys that everybody may read is never the
 * secret of an HMAC, and `none` is no algorithm here.
 */
import { constants, type KeyObject, sign, verify } from "node:crypto";

interface Algorithm {
  readonly type: "rsa" | "ec" | "ed25519";
  readonly hash: "sha256" | "sha384" | "sha512" | null;
  readonly curve?: string;
  readonly isPss?: true;
}

const algorithms: Readonly<Record<string, Algorithm>> = {
  RS256: { type: "rsa", hash: "sha256" },
  RS384: { type: "rsa", hash: "sha384" },
  RS512: { type: "rsa", hash: "sha512" },
  PS256: { type: "rsa", hash: "sha256", isPss: true },
  PS384: { type: "rsa", hash: "sha384", isPss: true },
  PS512: { type: "rsa", hash: "sha512", isPss: true },
  ES256: { type: "ec", hash: "sha256", curve: "prime256v1" },
  ES384: { type: "ec", hash: "sha384", curve: "secp384r1" },
  ES512: { type: "ec", hash: "sha512", curve: "secp521r1" },
  EdDSA: { type: "ed25519", hash: null },
};

export const signatureAlgorithms: ReadonlySet<string> = new Set(Object.keys(algorithms));

/** Bits of an RSA key below which nothing that it signs counts (RFC 7518, section 3.3), and above which it takes too long. */
const RSA_BITS = { least: 2_048, most: 8_192 };

/** Whether a key may be used at all, and with this algorithm. */
export function fitsKey(name: unknown, key: KeyObject): boolean {
  if (typeof name !== "string" || !Object.hasOwn(algorithms, name) || key.type !== "public") return false;
  const { type, curve } = algorithms[name] as Algorithm;
  if (key.asymmetricKeyType !== type) return false;
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (type === "rsa") return modulusLength >= RSA_BITS.least && modulusLength <= RSA_BITS.most;
  return type !== "ec" || namedCurve === curve;
}

/** @param name - as the token's header has it; false where the key is of another kind */
export function verifies(name: unknown, key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  if (!fitsKey(name, key)) return false;
  const { hash, isPss } = algorithms[name as string] as Algorithm;
  try {
    return verify(
      hash,
      signed,
      {
        key,
        dsaEncoding: "ieee-p1363",
        ...(isPss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {}),
      },
      signature,
    );
  } catch {
    return false;
  }
}

/** A token in compact form, signed with ES256. @param key - private, of P-256 */
export function signEs256(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  key: KeyObject,
): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "ES256", typ: "JWT", ...header })}.${part(claims)}`;
  const signature = sign("sha256", Buffer.from(text, "ascii"), { key, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}
