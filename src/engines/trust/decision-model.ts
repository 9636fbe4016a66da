/** What the rules of a policy come to for one image: which apply, what each asks for, and what was tried to meet it. */
import type { Digest } from "../../core/digest.ts";
import type { Gap } from "../../core/evidence.ts";
import type { RefusalCode, Statement, VerifiedSignature } from "./model.ts";
import type { VulnerabilityReport } from "./predicates/reports.ts";
import type { AttestationRule, ImageRule, SignedBy, TrustRules } from "./rules-model.ts";

/** The rules by which an image is decided, with what their files hold. */
export interface DecisionRules {
  readonly trust: TrustRules;
  /** Whether the caller vouches for them (`--policy`, the options of a command). */
  readonly vouched: boolean;
  /** File of a key → its fingerprint. One that is missing is nobody's. */
  readonly keys: ReadonlyMap<string, Digest>;
}

export interface ImageDecision {
  /** As asked. */
  readonly reference: string;
  /**
   * `no-rule`: no rule is about the image, so nobody said who may sign it. `trusted` needs that nothing is missed and nothing
   * unknown, by rules that the caller vouches for.
   */
  readonly verdict: "trusted" | "not-trusted" | "unknown" | "no-rule";
  /** One sentence without a full stop: of what decided. */
  readonly reason: string;
  /** Those that match, in the policy's order. */
  readonly rules: readonly AppliedRule[];
  /** What the reference came to. Its decision is the image's, with those of the children where a rule asks for each. */
  readonly subject: SubjectDecision;
  /** Of an index; each is decided as if it were deployed by its own digest. */
  readonly children: readonly (SubjectDecision & { readonly platform?: string })[];
  /** ISO 8601, UTC: until then it stays `trusted`, should nothing change beside the image; absent where no age is asked for. */
  readonly validUntil?: string;
}

export interface AppliedRule {
  /** Place in the list `trust.images`, from 0. */
  readonly index: number;
  readonly rule: ImageRule;
  /** False: by the word of a policy that nobody vouches for, so what meets it is unknown. */
  readonly vouched: boolean;
}

export interface SubjectDecision {
  readonly digest: Digest;
  readonly verdict: ImageDecision["verdict"];
  readonly reason: string;
  /** In the order of the rules, signatures before attestations. */
  readonly requirements: readonly RequirementDecision[];
  /** Every signature that was found, in the order in which it was; whatever became of it. */
  readonly tried: readonly TriedSignature[];
  /** Why there may be more signatures. */
  readonly gaps: readonly Gap[];
}

/** What a rule asks for. */
export type Requirement =
  | { readonly kind: "signatures"; readonly signedBy: SignedBy; readonly maxAgeDays?: number }
  | { readonly kind: "attestation"; readonly attestation: AttestationRule };

export interface RequirementDecision {
  /** Place in {@link ImageDecision.rules}. */
  readonly rule: number;
  readonly requirement: Requirement;
  readonly outcome: "met" | "missed" | "unknown";
  /** One sentence without a full stop: `signed by 1 of 2: release is missing`. */
  readonly reason: string;
  /** Names of the policy's signers that count, each once. */
  readonly counted: readonly string[];
  /** Of each signature that could have met it; the signatures are those of {@link SubjectDecision.tried}, by place. */
  readonly attempts: readonly Attempt[];
  readonly validUntil?: string;
}

export type Attempt = { readonly signature: number } & (
  | {
      readonly outcome: "counts";
      /** For which of the policy's signers. */
      readonly signers: readonly string[];
      /** What is noteworthy of it: `SLSA level 3 by https://github.com/…`. */
      readonly detail?: string;
    }
  | ({ readonly outcome: "refused" } & DecisionRefusal)
);

/** Why a signature or what it says does not meet a requirement. Stable, dotted. */
export type DecisionCode =
  | RefusalCode
  /** Verified, by nobody whom the rule names. */
  | "trust.signer"
  /** Older than the rule allows, or without a time. */
  | "trust.age"
  /** The predicate is not what its type says, or says too little. */
  | "trust.predicate"
  /** The builder is not one that the signer may speak for. */
  | "trust.builder"
  | "trust.level"
  | "trust.source"
  | "trust.ref"
  | "trust.trigger"
  | "trust.workflow"
  | "trust.commit"
  /** What the attestation says is not what the rule asks for: vulnerabilities, a failed test, a verification that failed. */
  | "trust.result"
  /** The rule's expression is false, or fails. */
  | "trust.expression"
  /** The rule names a signer that the policy does not define. */
  | "trust.rule"
  /** Whether it does cannot be told from what it says: a report of a form that is not read, an unrated vulnerability. */
  | "trust.undecided"
  /** No rule asks for what it says. */
  | "trust.not-asked";

export interface DecisionRefusal {
  readonly code: DecisionCode;
  /** One phrase, fit to follow "✗": `ref differs: refs/heads/main, not refs/tags/*`. Texts of the signer's are in it. */
  readonly reason: string;
}

export interface TriedSignature {
  readonly signature: VerifiedSignature;
  /** Names of the policy's signers that made it, over all its signers. */
  readonly signers: readonly string[];
  /** Why it meets nothing; absent where it counts for something. */
  readonly refusal?: DecisionRefusal;
}

/** Bills of materials and scan reports of an image that was not opened, as far as signers whom a rule names vouch for them. */
export interface AttestedScans {
  /** As asked. */
  readonly reference: string;
  readonly digest: Digest;
  /** The youngest first. */
  readonly scans: readonly AttestedScan[];
  /** Those of which nothing counts: the image itself; or images of an index that has nothing for all of them. */
  readonly missing: readonly { readonly digest: Digest; readonly platform?: string }[];
  /** Why attestations of these kinds do not count. */
  readonly refused: readonly DecisionRefusal[];
}

export interface AttestedScan {
  readonly kind: "sbom" | "vuln";
  /** Of the image that it is about: the one that was asked for, or one in its index. */
  readonly digest: Digest;
  readonly platform?: string;
  /** Names of the policy's signers. */
  readonly signers: readonly string[];
  /** ISO 8601, UTC: the first time that anybody vouches for. */
  readonly signedAt?: string;
  readonly statement: Statement;
}

/** What a scan that is attested has found. */
export interface ReportedScan {
  readonly reference: string;
  readonly scan: AttestedScan;
  readonly report: VulnerabilityReport;
}
