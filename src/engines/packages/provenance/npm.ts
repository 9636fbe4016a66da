/**
 * npm's attestations of one version (`GET /-/npm/v1/attestations/NAME@VERSION`): SLSA provenance that the publisher's workflow
 * signed by Sigstore, and the registry's own that it was published
 * (github.com/npm/attestation, specs/publish/v0.1), which its key signs.
 */
import type { Digest } from "../../../core/digest.ts";
import { isObject } from "../../../core/untyped.ts";
import type { TrustMaterial } from "../../trust/model.ts";
import type { PublishedProvenance } from "../model.ts";
import { bounds } from "../registry/bounds.ts";
import { broken, listIn, objectOf, textIn } from "../registry/fields.ts";
import { isInSpan, type RegistryKey } from "./npm-keys.ts";
import { slsaProvenance, verifiedStatement } from "./statement.ts";

const PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
const PROVENANCE = "https://slsa.dev/provenance/";

export interface NpmVersion {
  readonly name: string;
  readonly version: string;
  /** Of the archive: `sha512:HEX`. */
  readonly digest: Digest;
}

/**
 * What the attestations come to. All of them that are of the two kinds must hold.
 *
 * @param material - the Sigstore instance whose word counts
 * @throws Problem `packages.answer`
 */
export function verifyNpmAttestations(
  bytes: Buffer,
  version: NpmVersion,
  { material, keys }: { readonly material: TrustMaterial; readonly keys: readonly RegistryKey[] },
  now: Date,
  place: string,
): PublishedProvenance {
  const root = objectOf(bytes, place);
  if (!Array.isArray(root.attestations)) throw broken(place, "no list of attestations");
  const all = listIn(root, "attestations", bounds.attestations);
  const published = all.filter((one) => textIn(one, "predicateType") === PUBLISH);
  const provenance = all.filter((one) => textIn(one, "predicateType")?.startsWith(PROVENANCE) === true);
  for (const one of published) {
    const refusal = publishRefusal(bundleOf(one), version, { material, keys }, now);
    if (refusal !== undefined) return { kind: "refused", reason: `publish attestation: ${refusal}` };
  }
  const [first] = provenance;
  if (first === undefined) return { kind: "none" };
  const results = provenance.map((one): PublishedProvenance => {
    const verified = verifiedStatement(bundleOf(one), version.digest, isSubjectOf(version), material, now);
    if ("refused" in verified) return { kind: "refused", reason: verified.refused };
    // What stands beside the bundle nobody signs.
    if (!verified.statement.predicateType.startsWith(PROVENANCE)) {
      return { kind: "refused", reason: "the signed statement is no provenance" };
    }
    return slsaProvenance(verified.statement, verified.signer);
  });
  return results.find(({ kind }) => kind === "refused") ?? (results[0] as PublishedProvenance);
}

function bundleOf(attestation: unknown): unknown {
  return isObject(attestation) ? attestation.bundle : undefined;
}

/** Undefined where it holds. */
function publishRefusal(
  bundle: unknown,
  version: NpmVersion,
  { material, keys }: { readonly material: TrustMaterial; readonly keys: readonly RegistryKey[] },
  now: Date,
): string | undefined {
  // The roots' logs vouch for the time, which a key that is out of use needs.
  const trusted: TrustMaterial = { roots: material.roots, authorities: [], keys: keys.map(({ key }) => key) };
  const verified = verifiedStatement(bundle, version.digest, isSubjectOf(version), trusted, now);
  if ("refused" in verified) return verified.refused;
  const { statement, signer, at } = verified;
  const { predicate, predicateType } = statement;
  if (predicateType !== PUBLISH) return "the signed statement is another";
  if (textIn(predicate, "name") !== version.name || textIn(predicate, "version") !== version.version) {
    return "it is about another package";
  }
  const key = keys.find((one) => signer.kind === "key" && one.key.fingerprint === signer.fingerprint);
  const known = key !== undefined && isInSpan(key, at);
  return known ? undefined : "signed by a key that was not in use then";
}

/** `pkg:npm/%40acme/api@1.0.0` (github.com/package-url/purl-spec). */
function isSubjectOf({ name, version }: NpmVersion): (subject: string) => boolean {
  return (subject) => {
    try {
      return decodeURIComponent(subject) === `pkg:npm/${name}@${version}`;
    } catch {
      return false;
    }
  };
}
