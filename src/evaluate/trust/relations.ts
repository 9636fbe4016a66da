/** Who signed an image and what is attested of it, as relations: what is verified alone, with the digest that it is of. */
import type { Gap } from "../../core/evidence.ts";
import type { Relation, RelationEnd } from "../../core/relation.ts";
import type { ImageDecision, SubjectDecision, TriedSignature } from "../../engines/trust/decision-model.ts";
import { type Signer, signerId, type VerifiedSignature } from "../../engines/trust/model.ts";
import { signedAt } from "./ages.ts";
import { signerTitle } from "./signers.ts";

/** @param image - what the relations are of @param now - when it was looked up */
export function trustRelations(image: RelationEnd, { subject, children }: ImageDecision, now: Date): Relation[] {
  return [subject, ...children].flatMap((own) => relationsOf(image, own, now));
}

type Verified = Extract<VerifiedSignature, { outcome: "verified" }>;

function relationsOf(image: RelationEnd, { digest, tried, gaps }: SubjectDecision, now: Date): Relation[] {
  return tried.flatMap((one) => {
    const { signature } = one;
    if (signature.outcome === "refused") return [];
    const said = { digest, tried: one, gaps, now };
    if (signature.content.kind === "image") return signature.signers.map((signer) => signedBy(image, signer, said));
    const attestation = attestationEnd(signature, digest);
    return [
      relation("attests", attestation, image, signature, said),
      ...signature.signers.map((signer) => signedBy(attestation, signer, said)),
    ];
  });
}

interface Said {
  readonly digest: string;
  readonly tried: TriedSignature;
  readonly gaps: readonly Gap[];
  readonly now: Date;
}

function signedBy(from: RelationEnd, signer: Signer, said: Said): Relation {
  const end: RelationEnd = { kind: "signer", id: signerId(signer), name: signerTitle(signer) };
  return relation("signedBy", from, end, said.tried.signature as Verified, said);
}

function relation(
  type: "signedBy" | "attests",
  from: RelationEnd,
  to: RelationEnd,
  { form, place, times, content }: Verified,
  { digest, tried, gaps, now }: Said,
): Relation {
  const since = signedAt(times);
  return {
    type,
    from,
    to,
    observedAt: now.toISOString(),
    ...(since === undefined ? {} : { since }),
    evidence: {
      digest,
      form,
      place: `${place.by} ${place.name}`,
      ...(content.kind === "statement" ? { predicateType: content.predicateType } : {}),
      ...(tried.signers.length === 0 ? {} : { signers: tried.signers.join(", ") }),
      ...(tried.refusal === undefined ? {} : { refused: tried.refusal.reason }),
    },
    gaps,
  };
}

/** By the blob that holds it, else by its place beside the digest. */
function attestationEnd({ place, content }: Verified, digest: string): RelationEnd {
  const id = place.blob ?? place.manifest ?? `${digest} ${place.name}`;
  return { kind: "attestation", id, name: content.kind === "statement" ? content.predicateType : "signature" };
}
