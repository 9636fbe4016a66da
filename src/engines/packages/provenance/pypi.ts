/**
 * PyPI's provenance of one file (PEP 740; docs.pypi.org/attestations): bundles by publisher, each with attestations in a form
 * of their own that are Sigstore's bundles in other words, signed by the identity of a Trusted Publisher.
 */
import type { Digest } from "../../../core/digest.ts";
import { isObject, type Untyped } from "../../../core/untyped.ts";
import type { Signer, TrustMaterial } from "../../trust/model.ts";
import { certifiedSource } from "../../trust/provenance/judge.ts";
import type { PublishedProvenance } from "../model.ts";
import { bounds } from "../registry/bounds.ts";
import { broken, listIn, objectIn, objectOf, textIn } from "../registry/fields.ts";
import { slsaProvenance, verifiedStatement, withoutRef } from "./statement.ts";

const PUBLISH = "https://docs.pypi.org/attestations/publish/v1";

export interface PypiFile {
  /** `acme-1.0.0-py3-none-any.whl`. */
  readonly name: string;
  /** `sha256:HEX`. */
  readonly digest: Digest;
}

/** @throws Problem `packages.answer` */
export function verifyPypiProvenance(
  bytes: Buffer,
  file: PypiFile,
  material: TrustMaterial,
  now: Date,
  place: string,
): PublishedProvenance {
  const root = objectOf(bytes, place);
  if (!Array.isArray(root.attestation_bundles)) throw broken(place, "no provenance: attestation_bundles are missing");
  const results = listIn(root, "attestation_bundles", bounds.attestations).flatMap((group) =>
    listIn(group, "attestations", bounds.attestations).map((attestation) =>
      resultOf(attestation, objectIn(group, "publisher"), file, material, now),
    ),
  );
  // One that is refused is told, whatever else holds.
  return results.find(({ kind }) => kind === "refused") ?? results[0] ?? { kind: "none" };
}

function resultOf(
  attestation: unknown,
  publisher: Untyped,
  file: PypiFile,
  material: TrustMaterial,
  now: Date,
): PublishedProvenance {
  const bundle = asBundle(attestation);
  if (bundle === undefined) return { kind: "refused", reason: "an attestation of an unknown form" };
  const verified = verifiedStatement(bundle, file.digest, (name) => name === file.name, material, now);
  if ("refused" in verified) return { kind: "refused", reason: verified.refused };
  const { statement, signer } = verified;
  if (signer.kind !== "identity") return { kind: "refused", reason: "not signed by an identity" };
  const stranger = publisherFault(publisher, signer);
  if (stranger !== undefined) return { kind: "refused", reason: stranger };
  if (statement.predicateType.startsWith("https://slsa.dev/provenance/")) return slsaProvenance(statement, signer);
  if (statement.predicateType !== PUBLISH) {
    return { kind: "refused", reason: `an attestation of the type ${statement.predicateType.slice(0, 200)}` };
  }
  const { repository, workflow } = certifiedSource(signer.claims);
  if (repository === undefined || repository === "") {
    return { kind: "refused", reason: "the certificate does not say of which source it is" };
  }
  return {
    kind: "verified",
    builder: signer.issuer,
    source: repository,
    ...(workflow === undefined ? {} : { workflow }),
    signer: withoutRef(signer.identity),
  };
}

/** The index names the publisher, the certificate proves it: they must be the same. */
function publisherFault(publisher: Untyped, signer: Extract<Signer, { kind: "identity" }>): string | undefined {
  const repository = textIn(publisher, "repository");
  const hosts: Readonly<Record<string, string>> = { GitHub: "github.com", GitLab: "gitlab.com" };
  const host = hosts[textIn(publisher, "kind") ?? ""];
  if (host === undefined || repository === undefined) return undefined;
  const certified = certifiedSource(signer.claims).repository;
  if (certified?.toLowerCase() === `${host}/${repository}`.toLowerCase()) return undefined;
  return `published for ${host}/${repository.slice(0, 200)} by a workflow of ${certified ?? "an unknown repository"}`;
}

/** PEP 740, "Attestation objects": the parts of a bundle of version 0.3. */
function asBundle(attestation: unknown): object | undefined {
  const material = objectIn(attestation, "verification_material");
  const envelope = objectIn(attestation, "envelope");
  if (!isObject(attestation) || attestation.version !== 1) return undefined;
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: material.certificate },
      tlogEntries: material.transparency_entries,
    },
    dsseEnvelope: {
      payloadType: "application/vnd.in-toto+json",
      payload: envelope.statement,
      signatures: [{ sig: envelope.signature }],
    },
  };
}
