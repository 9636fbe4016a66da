/**
 * Results of verification, remembered by content and by who is trusted: the same attestation of a hundred images of one
 * release, or of one image that is asked about again. They are kept in memory alone: whoever could write to a file of them
 * could have anything count as signed.
 */
import { createHash, type Hash } from "node:crypto";
import { createRecent } from "../../core/recent.ts";
import type {
  Envelope,
  FoundSignature,
  RefusalCode,
  TrustMaterial,
  VerifiedSignature,
} from "../../engines/trust/model.ts";
import { bounds } from "./bounds.ts";

export type Verify = (found: FoundSignature, material: TrustMaterial, now: Date) => VerifiedSignature;

export interface VerifiedResults {
  /** What `verify` gives, by itself or by an earlier call with the same bytes, subject and material. */
  verify(found: FoundSignature, material: TrustMaterial, now: Date): VerifiedSignature;
}

/** @param bytes - of envelopes and what they say, that are remembered */
export function rememberVerified(verify: Verify, bytes: number = bounds.rememberedBytes): VerifiedResults {
  const results = createRecent<string, VerifiedSignature>(bytes);
  return {
    verify(found, material, now) {
      const key = keyOf(found, material);
      const known = results.get(key);
      if (known !== undefined) return { ...known, place: found.place };
      const result = verify(found, material, now);
      if (isForAllTimes(result)) results.set(key, result, weightOf(found.envelope));
      return result;
    },
  };
}

/** Refusals for what the bytes are, and not for when they are looked at. */
const timeless: ReadonlySet<RefusalCode> = new Set([
  "trust.form",
  "trust.bound",
  "trust.subject",
  "trust.signature",
  "trust.unknown-key",
  "trust.unsupported",
]);

/**
 * Whether another `now` would give the same. A certificate whose time nobody vouches for is judged by now, and so is what
 * notation's signatures say of their end.
 */
function isForAllTimes(result: VerifiedSignature): boolean {
  if (result.form.startsWith("notation-")) return false;
  if (result.outcome === "refused") return timeless.has(result.refusal.code);
  return result.times.length > 0 || result.signers.every(({ kind }) => kind === "key");
}

/** What a result takes of memory: some KB of steps, and a predicate as objects, which are several times their JSON. */
function weightOf(envelope: Envelope): number {
  return 4_096 + 4 * (envelope.kind === "simple-signing" ? envelope.payload : envelope.bytes).length;
}

const keys = new WeakMap<FoundSignature, WeakMap<TrustMaterial, string>>();

function keyOf(found: FoundSignature, material: TrustMaterial): string {
  const known = keys.get(found)?.get(material);
  if (known !== undefined) return known;
  const { form, subject, envelope } = found;
  const hash = createHash("sha256");
  const { payload, bytes, ...rest } = { payload: undefined, bytes: undefined, ...envelope };
  part(hash, JSON.stringify([form, subject, Object.entries(rest).sort()]));
  part(hash, payload ?? bytes ?? "");
  part(hash, materialKey(material));
  const key = hash.digest("base64");
  const byMaterial = keys.get(found) ?? new WeakMap<TrustMaterial, string>();
  keys.set(found, byMaterial.set(material, key));
  return key;
}

const materialKeys = new WeakMap<TrustMaterial, string>();

/** Of everything whose word is taken. */
export function materialKey(material: TrustMaterial): string {
  const known = materialKeys.get(material);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  for (const { name, document } of material.roots) part(hash, JSON.stringify(["root", name, document]));
  for (const { name, purpose, certificates } of material.authorities) {
    part(hash, JSON.stringify(["authority", name, purpose, certificates.length]));
    for (const certificate of certificates) part(hash, certificate);
  }
  for (const { name, spki, fingerprint } of material.keys) {
    part(hash, JSON.stringify(["key", name, fingerprint]));
    part(hash, spki);
  }
  const key = hash.digest("base64");
  materialKeys.set(material, key);
  return key;
}

/** With its length before it, so that no two lists of parts are one text. */
function part(hash: Hash, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(bytes.length));
  hash.update(length).update(bytes);
}
