/**
 * Signature algorithms of the Notary Project: kind and size of the certificate's key decide which one it is (signature
 * specification, "Algorithm Selection"). What the envelope says must be the same, and decides nothing.
 */
import { constants, verify } from "node:crypto";
import type { PublicKey } from "../x509/public-key.ts";
import type { Hash } from "../x509/signature-algorithm.ts";

export const notationAlgorithms = ["PS256", "PS384", "PS512", "ES256", "ES384", "ES512"] as const;
export type NotationAlgorithm = (typeof notationAlgorithms)[number];

/** Labels of COSE (RFC 9053, RFC 8230). */
export const coseLabels: Readonly<Record<NotationAlgorithm, bigint>> = {
  PS256: -37n,
  PS384: -38n,
  PS512: -39n,
  ES256: -7n,
  ES384: -35n,
  ES512: -36n,
};

const ofRsa: Readonly<Record<number, NotationAlgorithm>> = { 2048: "PS256", 3072: "PS384", 4096: "PS512" };
const ofEc: Readonly<Record<number, NotationAlgorithm>> = { 256: "ES256", 384: "ES384", 521: "ES512" };

/** The one algorithm that a key signs with; undefined for keys that sign nothing here. */
export function algorithmOf(key: PublicKey): NotationAlgorithm | undefined {
  if ("refused" in key || key.kind === "ed25519") return undefined;
  return key.kind === "rsa" ? ofRsa[key.bits] : ofEc[key.bits];
}

export function hashOf(algorithm: NotationAlgorithm): Hash {
  return `sha${algorithm.slice(2)}` as Hash;
}

/** How Node signs and verifies: ECDSA as r and s one after the other, PSS with a salt as long as the hash (RFC 7518, 3.4, 3.5). */
export function nodeOptions(algorithm: NotationAlgorithm) {
  if (algorithm.startsWith("ES")) return { dsaEncoding: "ieee-p1363" } as const;
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

/** @param key - one that {@link algorithmOf} names this algorithm for */
export function isSignatureOf(
  key: PublicKey,
  algorithm: NotationAlgorithm,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean {
  if ("refused" in key) return false;
  return verify(hashOf(algorithm), signed, { key: key.key, ...nodeOptions(algorithm) }, signature);
}
