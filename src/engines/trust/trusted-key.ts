/** The keys that are trusted by themselves, and the names that signers call them by. */

import { digestHex } from "../../core/digest.ts";
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

/**
 * The keys that a bundle's hint means: by fingerprint, in hexadecimal or base64 (cosign), with `SHA256:` before it (npm), or
 * by name.
 */
export function keysNamed(keys: readonly UsableKey[], hint: string): readonly UsableKey[] {
  return keys.filter(({ trusted }) => {
    const hash = Buffer.from(digestHex(trusted.fingerprint), "hex");
    const base64 = hash.toString("base64");
    return [base64, `SHA256:${base64.replace(/=+$/, "")}`, hash.toString("hex"), trusted.name].includes(hint);
  });
}
