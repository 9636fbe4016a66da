/** The keys by which npm's registry signs: carried, as Sigstore's TUF repository has them, and those that a registry serves. */
import { createHash } from "node:crypto";
import type { Digest } from "../../../core/digest.ts";
import type { TrustedKey } from "../../trust/model.ts";
import { bounds } from "../registry/bounds.ts";
import { listIn, objectOf, textIn, timeIn } from "../registry/fields.ts";

export interface RegistryKey {
  /** What signatures call it: `SHA256:…`. */
  readonly keyid: string;
  readonly key: TrustedKey;
  /** ISO 8601: what it signed before counts. Absent: it is in use. */
  readonly from?: string;
  readonly until?: string;
}

/** The target `registry.npmjs.org/keys.json` of the repository (version of 2026-08). Facts. */
export const npmKeys: readonly RegistryKey[] = [
  registryKey(
    "SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1Olb3zMAFFxXKHiIkQO5cJ3Yhl5i6UPp+IhuteBJbuHcA5UogKo0EWtlWwW6KSaKoTNEYL7JlCQiVnkhBktUgg==",
    { until: "2025-01-29T00:00:00.000Z" },
  ),
  registryKey(
    "SHA256:DhQ8wR5APBvFHLF/+Tc+AYvPOdTpcIDqOhxsBHRwC7U",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEY6Ya7W++7aUPzvMTrezH6Ycx3c+HOKYCcNGybJZSCJq/fd7Qa8uuAKtdIkUQtQiEKERhAmE5lMMJhP8OkDOa2g==",
    { from: "2025-01-13T00:00:00.000Z" },
  ),
];

export function registryKey(
  keyid: string,
  base64: string,
  span: { readonly from?: string; readonly until?: string } = {},
): RegistryKey {
  const spki = Buffer.from(base64, "base64");
  const fingerprint = `sha256:${createHash("sha256").update(spki).digest("hex")}` as Digest;
  return { keyid, key: { name: keyid, spki, fingerprint }, ...span };
}

/** `GET /-/npm/v1/keys` (docs.npmjs.com, "About registry signatures"). @throws Problem `packages.answer` */
export function readRegistryKeys(bytes: Buffer, place: string): RegistryKey[] {
  return listIn(objectOf(bytes, place), "keys", bounds.keys).flatMap((one) => {
    const [keyid, key] = [textIn(one, "keyid"), textIn(one, "key")];
    if (keyid === undefined || key === undefined || textIn(one, "keytype") !== "ecdsa-sha2-nistp256") return [];
    const until = timeIn(one, "expires");
    return [registryKey(keyid, key, until === undefined ? {} : { until })];
  });
}

/** Whether what was signed at a time is in the key's span; without a time only a key counts that is in use. */
export function isInSpan({ from, until }: RegistryKey, at: string | undefined): boolean {
  if (at === undefined) return until === undefined;
  return (from === undefined || from <= at) && (until === undefined || at <= until);
}
