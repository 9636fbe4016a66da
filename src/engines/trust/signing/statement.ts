/** What is signed of an image: cosign's simple signing payload, and in-toto statements (in-toto/attestation, spec/v1). */
import { type Digest, digestAlgorithm, digestHex } from "../../../core/digest.ts";
import { signPredicateType } from "../forms.ts";

export const STATEMENT_V01 = "https://in-toto.io/Statement/v0.1";
export const STATEMENT_V1 = "https://in-toto.io/Statement/v1";

export interface SignedImage {
  /** `registry.example.com/shop/api`; a claim that nothing may rest on. */
  readonly repository: string;
  readonly digest: Digest;
}

/** Signed with the image; texts. */
export type Annotations = Readonly<Record<string, string>>;

/** sigstore/cosign, SIGNATURE_SPEC.md, "Payloads". */
export function simpleSigningPayload({ repository, digest }: SignedImage, annotations: Annotations): Buffer {
  const optional = Object.keys(annotations).length === 0 ? null : annotations;
  return Buffer.from(
    JSON.stringify({
      critical: {
        identity: { "docker-reference": repository },
        image: { "docker-manifest-digest": digest },
        type: "cosign container image signature",
      },
      optional,
    }),
  );
}

/** The statement of a bundle that signs an image: its annotations belong to the subject. */
export function signStatement({ digest }: SignedImage, annotations: Annotations): Buffer {
  const subject = {
    digest: { [digestAlgorithm(digest)]: digestHex(digest) },
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  return Buffer.from(
    JSON.stringify({ _type: STATEMENT_V1, subject: [subject], predicateType: signPredicateType, predicate: {} }),
  );
}

/** @param type - `_type`: v0.1 where cosign's `.att` tags are read, v1 in bundles */
export function attestationStatement(
  { repository, digest }: SignedImage,
  type: typeof STATEMENT_V01 | typeof STATEMENT_V1,
  predicateType: string,
  predicate: unknown,
): Buffer {
  const subject = { name: repository, digest: { [digestAlgorithm(digest)]: digestHex(digest) } };
  return Buffer.from(JSON.stringify({ _type: type, predicateType, subject: [subject], predicate }));
}
