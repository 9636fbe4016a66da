/** The keys that are trusted by themselves, and the names that signers call them by. */

import { createHash } from "node:crypto";
import type { TrustedKey } from "./model.ts";
import { refused } from "./refusal.ts";
import { type PublicKey, readPublicKey } from "./x509/public-key.ts";

export interface UsableKey {
  readonly trusted: TrustedKey;
  readonly key: Exclude<PublicKey, { readonly refused: string }>;
}

const known = new WeakMap<TrustedKey, UsableKey>();

/** @throws a refusal where one of them is no key to verify with */
export function usableKeys(keys: readonly TrustedKey[]): readonly UsableKey[] {
  return keys.map((trusted) => {
    const usable = known.get(trusted);
    if (usable !== undefined) return usable;
    const key = readPublicKey(Buffer.from(trusted.spki));
    if ("refused" in key) throw refused("trust.unknown-key", `the trusted key ${trusted.name} ${key.refused}`);
    const read = { trusted, key };
    known.set(trusted, read);
    return read;
  });
}

/** The keys that a bundle's hint means: by their name here, or by one that follows from the key. */
export function keysNamed(keys: readonly UsableKey[], hint: string): readonly UsableKey[] {
  return keys.filter(({ trusted }) => trusted.name === hint || keyIds(trusted.spki).includes(hint));
}

/**
 * What signers call a key: its SHA-256 in base64 (cosign) or hexadecimal, the same behind `SHA256:` without padding (npm), and
 * the SHA-256 of its PEM (in-toto's witness).
 */
export function keyIds(spki: Uint8Array): readonly string[] {
  const hash = createHash("sha256").update(spki).digest();
  const base64 = hash.toString("base64");
  const lines = Buffer.from(spki)
    .toString("base64")
    .replace(/.{64}(?!$)/g, "$&\n");
  const pem = `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----\n`;
  return [
    base64,
    hash.toString("hex"),
    `SHA256:${base64.replaceAll("=", "")}`,
    createHash("sha256").update(pem).digest("hex"),
  ];
}
