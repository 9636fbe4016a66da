/** Signatures of npm's registry over what it serves (docs.npmjs.com, "About registry signatures"): `NAME@VERSION:INTEGRITY`. */
import { isSignatureBy } from "../../trust/key-signature.ts";
import { readPublicKey } from "../../trust/x509/public-key.ts";
import type { RegistrySignature } from "../model.ts";
import type { KeySignature } from "../registry/document.ts";
import { isInSpan, type RegistryKey } from "./npm-keys.ts";

export interface SignedVersion {
  readonly name: string;
  readonly version: string;
  /** As the registry writes it: `sha512-…`. */
  readonly integrity: string;
  /** ISO 8601: a key that is no longer in use counts for what was published before. */
  readonly published?: string;
}

/** One signature that holds is enough. Undefined where none is by a key that is known: nothing is known of it then. */
export function verifyRegistrySignature(
  { name, version, integrity, published }: SignedVersion,
  signatures: readonly KeySignature[],
  keys: readonly RegistryKey[],
): RegistrySignature | undefined {
  const message = Buffer.from(`${name}@${version}:${integrity}`);
  let refusal: RegistrySignature | undefined;
  for (const { keyid, sig } of signatures) {
    for (const one of keys.filter((key) => key.keyid === keyid)) {
      const key = readPublicKey(Buffer.from(one.key.spki));
      if ("refused" in key) continue;
      if (!isSignatureBy(key, message, Buffer.from(sig, "base64"))) {
        refusal ??= { state: "refused", reason: `the signature by ${keyid} does not hold` };
      } else if (!isInSpan(one, published)) {
        refusal ??= { state: "refused", reason: `signed by ${keyid}, which was not in use then` };
      } else return { state: "verified" };
    }
  }
  return refusal;
}
