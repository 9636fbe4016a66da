/** Public keys as JSON Web Keys (RFC 7517), and the names that they have (RFC 7638). */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { parseJson } from "../../core/parse-json.ts";
import { Problem } from "../../core/problem.ts";
import { isObject, type Untyped } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import { fitsKey, signatureAlgorithms } from "./signature.ts";

export interface PublicKey {
  readonly kid: string | undefined;
  /** Where the set names one, no other counts. */
  readonly algorithm: string | undefined;
  readonly key: KeyObject;
}

/**
 * The keys of a set that can verify signatures. Others of it (for encryption, symmetric, of kinds that are not known) are left
 * out, as section 5 has it.
 *
 * @param place - for the Problem
 * @throws Problem (input) `jose.keys`
 */
export function readKeySet(text: string, place: string): readonly PublicKey[] {
  let document: unknown;
  try {
    document = parseJson(text);
  } catch {
    throw unusable(place, "not JSON");
  }
  const keys = isObject(document) ? document.keys : undefined;
  if (!Array.isArray(keys)) throw unusable(place, "not a JWK set: no list of keys");
  if (keys.length > bounds.keys) throw unusable(place, `more than ${bounds.keys} keys`);
  const read = keys.flatMap((one: unknown) => (isObject(one) ? (publicKey(one) ?? []) : []));
  if (read.length === 0) throw unusable(place, "no public key that signatures could be verified with");
  return read;
}

function publicKey(jwk: Untyped): PublicKey | undefined {
  const { kid, alg, use, key_ops: operations } = jwk;
  if (use !== undefined && use !== "sig") return undefined;
  if (Array.isArray(operations) && !operations.includes("verify")) return undefined;
  if (alg !== undefined && (typeof alg !== "string" || !signatureAlgorithms.has(alg))) return undefined;
  if (jwk.kty !== "RSA" && jwk.kty !== "EC" && jwk.kty !== "OKP") return undefined;
  let key: KeyObject;
  try {
    key = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
  } catch {
    return undefined;
  }
  if (![...signatureAlgorithms].some((name) => fitsKey(name, key))) return undefined;
  return { kid: typeof kid === "string" ? kid : undefined, algorithm: alg, key };
}

/** RFC 7638, SHA-256: of an EC key. */
export function thumbprint(key: KeyObject): string {
  const { crv, kty, x, y } = key.export({ format: "jwk" });
  return createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
}

/** As a set has it, its private part left out. */
export function jwkOf(key: KeyObject, kid: string): Readonly<Record<string, unknown>> {
  const { d: _, ...jwk } = key.export({ format: "jwk" });
  return { ...jwk, kid, use: "sig", alg: "ES256" };
}

function unusable(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "jose.keys", place, cause });
}
