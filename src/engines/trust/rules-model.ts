/** Who may have signed what: the rules of a policy, as it states them. Nothing of a file that they name is read here. */
import type { StatedAt } from "../../core/setting.ts";
import type { CertificateAuthority } from "./model.ts";

/** The rules of the policy's slice `trust`. */
export interface TrustRules {
  readonly roots: readonly RootSource[];
  /** By the name that rules call them. */
  readonly signers: Readonly<Record<string, SignerRule>>;
  readonly builders: readonly BuilderRule[];
  /** All that match an image apply to it: one more is never looser. */
  readonly images: readonly ImageRule[];
}

/** What vouches for certificates, logs and times. */
export type RootSource =
  | { readonly kind: "public-good" }
  | { readonly kind: "github" }
  /** A file with a Sigstore trusted root, JSON. */
  | ({ readonly kind: "trusted-root"; readonly file: string } & Written)
  /** A file with certificates, PEM; the authority is called as the file. */
  | ({ readonly kind: "ca"; readonly file: string; readonly purpose: CertificateAuthority["purpose"] } & Written);

interface Written {
  /** The file as the policy names it: two policies that name it alike from the same place mean the same. */
  readonly written?: string;
}

export type SignerRule = (
  | {
      readonly kind: "identity";
      /** As `identityPattern` (identity.ts) reads it: exact but for `*` and `**`. */
      readonly identity: string;
      /** Exact. */
      readonly issuer: string;
      /** Name of the root that must vouch for it: `public-good`, `github`, a file. Absent: any that is trusted. */
      readonly root?: string;
    }
  /** A file with a public key, PEM. */
  | ({ readonly kind: "key"; readonly file: string } & Written)
  | (Written & {
      readonly kind: "certificate";
      /** RFC 4514, exact. */
      readonly subject: string;
      /** The file of a root of kind `ca`. */
      readonly ca: string;
    })
) &
  Stated;

interface Stated {
  /** Of an entry that a file added which may only tighten: what it asks for can be missed, and never makes a pass. */
  readonly tightensOnly?: true;
  readonly statedAt?: StatedAt;
}

/** Which builders a signer of provenance may speak for, and up to which level. */
export interface BuilderRule {
  /** Name of a signer. */
  readonly signer: string;
  /** `builder.id`, exact but for `*` and `**` as in an identity. */
  readonly ids: readonly string[];
  readonly level: SlsaLevel;
}

/** Build levels of SLSA (slsa.dev/spec, levels of the build track). */
export type SlsaLevel = 0 | 1 | 2 | 3;

export interface ImageRule extends Stated {
  /** A pattern (core/glob.ts) over the repository with its registry: `registry.example.com/shop/**`. */
  readonly match: string;
  /** Absent: attestations alone are asked for. */
  readonly signedBy?: SignedBy;
  readonly attestations: readonly AttestationRule[];
  /** Whether of an index each image must meet the rule by itself: one that is deployed by its own digest is then signed too. */
  readonly eachImage: boolean;
  /** Of the youngest signature that counts; by a time that is vouched for. */
  readonly maxAgeDays?: number;
}

export interface SignedBy {
  /** Names of signers. */
  readonly of: readonly string[];
  /** So many of them, each counted once. */
  readonly atLeast: number;
}

export const attestationTypes = ["slsa", "vsa", "sbom", "vuln", "vex", "test"] as const;

export type AttestationType = (typeof attestationTypes)[number];

export interface AttestationRule {
  /** One that is understood, or the URI of a predicate type. */
  readonly type: AttestationType | (string & {});
  /** Names of signers. Absent: those of the image's rule; of provenance, the signers of builders that are trusted. */
  readonly signedBy?: readonly string[];
  /** Of what the attestation is about where it says so (the scan's end), else of the signature. */
  readonly maxAgeDays?: number;
  /** An expression (CEL) over `predicate`, `predicateType` and `subject` that must be true. */
  readonly where?: string;
  // slsa, vsa
  readonly level?: SlsaLevel;
  // slsa
  /** `github.com/shop/api`. */
  readonly source?: string;
  /** The repository's number, which survives renames and is not given again. */
  readonly sourceId?: string;
  /** A pattern: `refs/tags/*`. */
  readonly ref?: string;
  /** Allowed triggers: `push`, `release`. Absent: any but `pull_request_target`, and those that others than writers start. */
  readonly triggers?: readonly string[];
  /** A pattern over the workflow's path: `.github/workflows/release.yml`. */
  readonly workflow?: string;
  /** Hex of a commit. */
  readonly commit?: string;
  // vsa
  /** `verifier.id`, exact. */
  readonly verifier?: string;
  // vuln
  /** No vulnerability of this severity or above, those with a fix alone where `fixableOnly` is set. */
  readonly noneFrom?: "critical" | "high" | "medium" | "low";
  readonly fixableOnly?: boolean;
  // sbom
  readonly formats?: readonly ("spdx" | "cyclonedx")[];
}
