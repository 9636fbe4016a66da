/**
 * What tells two secrets apart without telling either.
 *
 * A report is often more public than the code, and a baseline must be the same on every machine. A hash of a secret
 * that a program made (random, long) may be published: nobody can try all that it could be. A hash of a password may
 * not: a list of common passwords is tried in a second, whatever public key the hash has. So:
 *
 * - `r…`: a random secret, or a key in the form of the provider that issued it: HMAC-SHA-256 of it under a fixed key, which keeps it apart from hashes made elsewhere;
 * - `p…`: one that may be guessed: HMAC of its rule and of the name it is given to, not of itself. Another password in
 *   the same place has the same fingerprint;
 * - `k…`: either, where the caller brings a key of their own that only they hold.
 */
import { createHmac } from "node:crypto";
import { entropyOf } from "./entropy.ts";
import type { SecretRule } from "./rule.ts";

export type Fingerprinter = (secret: FingerprintedSecret) => string;

export interface FingerprintedSecret {
  readonly rule: string;
  readonly secret: string;
  /** The last word before it on its line: what it is given to. */
  readonly name: string;
  /** It has the form in which a provider gives out keys: nobody thought it up. */
  readonly issued?: boolean;
}

/** Names of rules for what people choose, or for what may hold it, however sure a hit is. */
const CHOSEN = /pass|hash|credential|pre-shared|basic|auth|secret-key-base|wordpress/;

/** Whether what a rule finds is made by a program alone. */
export function isIssued({
  id,
  confidence,
  definition,
}: Pick<SecretRule, "id" | "confidence" | "definition">): boolean {
  return confidence === "high" && definition === undefined && !CHOSEN.test(id);
}

const PUBLIC_KEY = "bulkhead secret fingerprint v1";
/** Bytes; what is shorter can itself be tried. */
export const SHORTEST_KEY = 16;

/** @param key - the caller's own, at least SHORTEST_KEY bytes; absent: see above */
export function createFingerprinter(key?: Uint8Array): Fingerprinter {
  return ({ rule, secret, name, issued = false }) => {
    if (key !== undefined) return `k${hmac(key, ["secret", secret])}`;
    return isRandom(secret) || (issued && isLong(secret))
      ? `r${hmac(PUBLIC_KEY, ["secret", secret])}`
      : `p${hmac(PUBLIC_KEY, ["place", rule, name])}`;
  };
}

function hmac(key: string | Uint8Array, parts: readonly string[]): string {
  return createHmac("sha256", key).update(JSON.stringify(parts)).digest("hex").slice(0, 24);
}

/** Letters as they stand in words: in a random text some do by chance, and not most. */
const WORDS = /[A-Z]?[a-z]{3,}|[A-Z]{4,}/g;
/** Bits in all (Shannon's entropy times the length) that no list of passwords reaches. */
const RANDOM_BITS = 72;
const RANDOM_LENGTH = 20;
/** Different characters of an issued key: one that is filled in by hand has few. */
const ISSUED_KINDS = 9;

/** Of an issued key: capitals alone are no words there. */
function isLong(secret: string): boolean {
  return (
    secret.length >= RANDOM_LENGTH && /\d/.test(secret) && new Set(secret).size >= ISSUED_KINDS && !/\s/.test(secret)
  );
}

/** Whether a program made it: long, without words, of several kinds of characters. Errs towards no. */
export function isRandom(secret: string): boolean {
  if (secret.length < RANDOM_LENGTH) return false;
  // The body of a key in PEM, whatever stands around it.
  if (secret.length >= 200) return true;
  const kinds = Number(/[a-z]/.test(secret)) + Number(/[A-Z]/.test(secret)) + Number(/[0-9]/.test(secret));
  if (kinds < 2 || !/[0-9]/.test(secret) || /\s/.test(secret)) return false;
  const inWords = (secret.match(WORDS) ?? []).reduce((sum, word) => sum + word.length, 0);
  const letters = secret.match(/[A-Za-z]/g)?.length ?? 0;
  return inWords * 2 < letters && entropyOf(secret) * secret.length >= RANDOM_BITS;
}

/** At most this many characters of a secret are shown. */
const SHOWN = 4;

/** `ghp_…(40)`: at most a third of it; nothing but the length of what may be guessed. */
export function redact(secret: string): string {
  const shown = isRandom(secret) ? secret.slice(0, Math.min(SHOWN, Math.floor(secret.length / 3))) : "";
  return `${shown}…(${secret.length})`;
}
