/**
 * Signatures and attestations as facts: what was found beside an image, who signed it as far as that was verified, and what
 * the signed statements say. Nothing here is judged: who may sign what, the policy says.
 */
import type { Digest } from "../../core/digest.ts";
import type { Gap } from "../../core/evidence.ts";

/** How a signature is kept beside its image, as the program that makes it calls it. */
export const signatureForms = [
  /** A layer of the tag `sha256-HEX.sig`: cosign's simple signing. */
  "cosign-sig",
  /** A layer of the tag `sha256-HEX.att`: cosign's DSSE envelopes. */
  "cosign-att",
  /** Simple signing as an OCI 1.1 referrer. */
  "cosign-referrer",
  /** A Sigstore bundle as a referrer: an in-toto statement about the image. */
  "bundle-attestation",
  /** The same, whose statement says only that the image is signed (`https://sigstore.dev/cosign/sign/v1`). */
  "bundle-signature",
  "notation-jws",
  "notation-cose",
] as const;

export type SignatureForm = (typeof signatureForms)[number];

/** A signature as it was found: nothing of it is verified, and everything may be an attacker's. */
export interface FoundSignature {
  readonly form: SignatureForm;
  /** The digest beside which it was found: an index, or one image's manifest. What it signs is said by itself. */
  readonly subject: Digest;
  readonly place: SignaturePlace;
  readonly envelope: Envelope;
}

export interface SignaturePlace {
  /** The tag that names it by convention, the referrers API, the tag that stands in for that, or a file. */
  readonly by: "tag" | "referrers" | "referrers-tag" | "file";
  /** `sha256-HEX.sig`; the manifest's digest; the file's name. */
  readonly name: string;
  /** Of the manifest that holds it; absent of a file. */
  readonly manifest?: Digest;
  /** Of the blob with the signature or its payload. */
  readonly blob?: Digest;
}

/** The bytes that were found, by what they are to be read as. */
export type Envelope =
  | ({
      readonly kind: "simple-signing" /** What is signed. */;
      readonly payload: Uint8Array;
      readonly signature: string;
    } & CosignAnnotations)
  | ({ readonly kind: "dsse" /** JSON. */; readonly bytes: Uint8Array } & CosignAnnotations)
  | { readonly kind: "bundle" /** JSON of a Sigstore bundle, v0.1 to v0.3. */; readonly bytes: Uint8Array }
  | { readonly kind: "jws"; readonly bytes: Uint8Array }
  | { readonly kind: "cose"; readonly bytes: Uint8Array };

/** What cosign keeps in a layer's annotations; texts as found. */
export interface CosignAnnotations {
  /** PEM: one certificate. */
  readonly certificate?: string;
  /** PEM: the issuers. */
  readonly chain?: string;
  /** JSON: `{SignedEntryTimestamp, Payload}`, Rekor's promise. */
  readonly rekorBundle?: string;
  /** JSON: `{SignedRFC3161Timestamp}`. */
  readonly timestamp?: string;
}

/** Everything whose word is taken: by a policy, or by the options of a command. */
export interface TrustMaterial {
  readonly roots: readonly SigstoreRoot[];
  readonly authorities: readonly CertificateAuthority[];
  readonly keys: readonly TrustedKey[];
}

/** A Sigstore instance: its certificate authorities, logs and timestamp authorities, as its trusted root names them. */
export interface SigstoreRoot {
  /** `public-good`, `github`, or the file's name. */
  readonly name: string;
  /** JSON of a TrustedRoot, read and within bounds; its form is checked by the verifier. */
  readonly document: object;
  /** ISO 8601: when it was last known to be current; absent of a file of the user's. */
  readonly asOf?: string;
}

/** An own certificate authority. */
export interface CertificateAuthority {
  readonly name: string;
  /**
   * What its certificates may do: sign images, countersign times, or sign images and state the time at which they did
   * (notation's scheme `notary.x509.signingAuthority`). None stands for another: whoever may sign may not state times.
   */
  readonly purpose: "signing" | "timestamping" | "signing-authority";
  /** DER: roots first or last, in any order; intermediates among them. */
  readonly certificates: readonly Uint8Array[];
}

export interface TrustedKey {
  readonly name: string;
  /** DER, SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  /** sha256 over `spki`. */
  readonly fingerprint: Digest;
}

/** Who signed, as verified. Two signatures are of one signer where {@link signerId} is equal. */
export type Signer =
  | {
      readonly kind: "identity";
      /** The subject alternative name of the certificate, exact: a URI or an e-mail address. */
      readonly identity: string;
      /** The issuer of the identity token: `https://token.actions.githubusercontent.com`. */
      readonly issuer: string;
      /** Name of the Sigstore root or own authority that vouches for it. */
      readonly root: string;
      readonly claims: CertificateClaims;
    }
  | { readonly kind: "key"; readonly name: string; readonly fingerprint: Digest }
  /** A certificate without an identity token's issuer, as notation and own authorities have it. */
  | {
      readonly kind: "certificate";
      /** RFC 4514, as far as it is certain: `CN=shop release,O=Shop`. */
      readonly subject: string;
      /** Name of the authority. */
      readonly authority: string;
      /** sha256 over the certificate's DER. */
      readonly fingerprint: Digest;
    };

export function signerId(signer: Signer): string {
  switch (signer.kind) {
    case "identity":
      return JSON.stringify(["identity", signer.issuer, signer.identity]);
    case "key":
      return JSON.stringify(["key", signer.fingerprint]);
    case "certificate":
      return JSON.stringify(["certificate", signer.authority, signer.subject]);
  }
}

/** What Fulcio's extensions (1.3.6.1.4.1.57264.1.*) say of the workload that asked for the certificate. */
export interface CertificateClaims {
  /** .9: which workflow built; what a builder id must fit. */
  readonly buildSignerUri?: string;
  /** .10 */
  readonly buildSignerDigest?: string;
  /** .11: `github-hosted` or `self-hosted`. */
  readonly runner?: string;
  /** .12: `https://github.com/shop/api`. */
  readonly sourceRepository?: string;
  /** .13: a commit. */
  readonly sourceDigest?: string;
  /** .14: `refs/heads/main`. */
  readonly sourceRef?: string;
  /** .15: a number that survives renames. */
  readonly sourceRepositoryId?: string;
  /** .16 */
  readonly sourceOwner?: string;
  /** .17 */
  readonly sourceOwnerId?: string;
  /** .18: the workflow whose run it was. */
  readonly buildConfigUri?: string;
  /** .19 */
  readonly buildConfigDigest?: string;
  /** .20: `push`, `pull_request_target`. */
  readonly trigger?: string;
  /** .21 */
  readonly run?: string;
  /** .22: `public` or `private`. */
  readonly visibility?: string;
  /** .23 */
  readonly environment?: string;
}

/** What verification looks at, in this order; each is told of every signature, with its outcome. */
export const verificationSteps = [
  /** The bytes are what their form says, within bounds. */
  "form",
  /** What is signed is this digest. */
  "subject",
  /** A time is vouched for by a log or a timestamp authority. */
  "time",
  /** The certificate leads to a trusted authority, was valid at that time and may sign code; or the key is a trusted one. */
  "signer",
  /** The certificate is in a certificate transparency log. */
  "certificate-log",
  /** The signature is this key's over these bytes. */
  "signature",
  /** The log's entry is this signature's, and is in the log. */
  "log",
] as const;

export type VerificationStep = (typeof verificationSteps)[number];

export interface StepResult {
  readonly step: VerificationStep;
  /** `not-asked`: what is trusted does not ask for it, as of a key without a log. */
  readonly outcome: "holds" | "fails" | "not-asked";
  /** One phrase: `valid at 2026-11-20T10:00:00Z by Rekor`, `key sha256:77c1… is not trusted`. */
  readonly detail: string;
}

/** A time that somebody trusted vouches for. */
export interface SignedTime {
  readonly by: "log" | "timestamp-authority" | "signing-authority";
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The log's index, the authority's name. */
  readonly detail?: string;
}

/** What a signature says. */
export type SignedContent =
  | {
      readonly kind: "image";
      readonly digest: Digest /** Signed with it; a claim of the signer. */;
      readonly annotations: Readonly<Record<string, string>>;
    }
  | Statement;

/** An in-toto statement, v0.1 or v1. */
export interface Statement {
  readonly kind: "statement";
  readonly predicateType: string;
  /** Those of the digests that are asked about, and how many there are at all. */
  readonly subjects: readonly StatementSubject[];
  /** JSON within bounds; its form is the predicate type's own. */
  readonly predicate: unknown;
}

export interface StatementSubject {
  readonly name?: string;
  /** Algorithm to value: `sha256` to hex. */
  readonly digest: Readonly<Record<string, string>>;
}

/** Why a signature does not count. Stable, dotted. */
export type RefusalCode =
  | "trust.form"
  | "trust.bound"
  | "trust.subject"
  | "trust.time"
  | "trust.certificate"
  | "trust.certificate-log"
  | "trust.log"
  | "trust.signature"
  | "trust.unknown-key"
  | "trust.unknown-root"
  | "trust.unsupported";

export interface Refusal {
  readonly code: RefusalCode;
  /** One sentence without a full stop. */
  readonly reason: string;
}

/** A signature after verification: by whom, when and over what; or why it does not count. */
export type VerifiedSignature = Pick<FoundSignature, "form" | "subject" | "place"> & {
  /** Each that was reached, in order. The last of a refused one is that which fails. */
  readonly steps: readonly StepResult[];
} & (
    | {
        readonly outcome: "verified";
        /** Several, where one envelope has several signatures that hold. */
        readonly signers: readonly [Signer, ...Signer[]];
        /** Empty where a key is trusted without a time. */
        readonly times: readonly SignedTime[];
        readonly content: SignedContent;
      }
    | { readonly outcome: "refused"; readonly refusal: Refusal }
  );

/** What was found beside one digest, and verified. */
export interface SubjectTrust {
  readonly digest: Digest;
  readonly signatures: readonly VerifiedSignature[];
  /** Why there may be more: a look-up that failed, a bound. */
  readonly gaps: readonly Gap[];
}

/** An image as a reference named it: one manifest, or an index with its children. */
export interface ImageTrust {
  /** As asked. */
  readonly reference: string;
  /** What the reference came to: the index, where it is one. Signatures of this digest count for the reference. */
  readonly subject: SubjectTrust;
  /** Of an index each image in it, indexes within it too. */
  readonly children: readonly (SubjectTrust & { readonly platform?: string })[];
  /** ISO 8601, UTC: when the reference was resolved. */
  readonly resolvedAt: string;
}
