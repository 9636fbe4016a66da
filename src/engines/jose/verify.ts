/** Whether a token is signed by one of some keys. */
import type { CompactToken } from "./compact.ts";
import type { PublicKey } from "./key-set.ts";
import { signatureAlgorithms, verifies } from "./signature.ts";

/** Why it is not, as a sentence's end; undefined where it is. */
export function signatureFault(token: CompactToken, keys: readonly PublicKey[]): string | undefined {
  const { alg, kid, crit, b64 } = token.header;
  if (typeof alg !== "string" || !signatureAlgorithms.has(alg)) return "is signed by an algorithm that is not accepted";
  // RFC 7515, section 4.1.11: what must be understood, and is not.
  if (crit !== undefined || b64 !== undefined) return "has critical extensions that are not understood";
  if (kid !== undefined && typeof kid !== "string") return "has a kid that is not a text";
  const candidates = keys.filter(
    (key) =>
      (kid === undefined || key.kid === undefined || key.kid === kid) &&
      (key.algorithm === undefined || key.algorithm === alg),
  );
  if (candidates.length === 0) return "is signed by a key that its issuer does not name";
  return candidates.some(({ key }) => verifies(alg, key, token.signed, token.signature))
    ? undefined
    : "has a signature that is wrong";
}
