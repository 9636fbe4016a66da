/** Whether an image is trusted and why, as texts and numbers; no text of it is escaped yet. */

/** `unknown`: something that could decide it was not read. */
export type TrustVerdict = "trusted" | "not trusted" | "unknown";

export interface VerifyView {
  /** As asked. */
  readonly reference: string;
  readonly verdict: TrustVerdict;
  /** Why, in one phrase. */
  readonly reason: string;
  /**
   * What was verified, and may be used in place of the reference: `registry.example.com/shop/api@sha256:…`. Absent where the
   * reference could not be looked up.
   */
  readonly resolved?: string;
  /** ISO 8601, UTC: when the reference was looked up. */
  readonly resolvedAt: string;
  /** Of an index: how many images it has. */
  readonly images?: number;
  /** Whose rules these are: `trusted: bulkhead.yaml`, `the options of this command`. */
  readonly rules: string;
  readonly needs: readonly NeedView[];
  /** In the order in which they were tried. */
  readonly tried: readonly AttemptView[];
  readonly covers: readonly CoverView[];
  /** `signed 3 days ago: 2026-11-24T10:00:00Z by log entry 123456789`. */
  readonly ages: readonly string[];
  /** What was not read. */
  readonly gaps: readonly GapView[];
  readonly notes: readonly string[];
  /** Commands to paste. */
  readonly next: readonly string[];
}

/** One thing that the rules ask for. */
export interface NeedView {
  /** `signed by release`, `attestation slsa, level 3`. */
  readonly text: string;
  /** What it is in full, a line each: `identity https://…`, `issuer https://…`. */
  readonly details: readonly string[];
  /** `bulkhead.yaml:14:7`. */
  readonly place?: string;
  readonly outcome: "met" | "unmet" | "unknown";
  /** Why it is not met, in one phrase each. */
  readonly reasons: readonly string[];
}

/** One signature or attestation that was found. */
export interface AttemptView {
  /** `cosign .sig`, `bundle attestation`, `notation JWS`. */
  readonly form: string;
  /** Where it is: `tag sha256-….sig`, `referrer sha256:…`. */
  readonly place: string;
  /** The digest beside which it was found. */
  readonly digest: string;
  /** What that digest is, where there are several: `index`, `linux/amd64`. */
  readonly beside?: string;
  /** Of a statement that holds: `https://slsa.dev/provenance/v1`. */
  readonly predicateType?: string;
  /** Empty where nobody is known to have signed. */
  readonly signers: readonly SignerView[];
  /** `accepted`: the rules count it. `not accepted`: it holds, and the rules do not count it. `refused`: it does not hold. */
  readonly outcome: "accepted" | "not accepted" | "refused";
  /** Of a refused one: `trust.signature`. */
  readonly code?: string;
  /** Why, in one phrase each; of an accepted one what it counts for. */
  readonly reasons: readonly string[];
  readonly steps: readonly StepView[];
  readonly times: readonly TimeView[];
}

export type SignerView =
  | { readonly kind: "identity"; readonly identity: string; readonly issuer: string; readonly root: string }
  | { readonly kind: "key"; readonly name: string; readonly fingerprint: string }
  | {
      readonly kind: "certificate";
      readonly subject: string;
      readonly authority: string;
      readonly fingerprint: string;
    };

export interface StepView {
  readonly step: string;
  readonly outcome: "holds" | "fails" | "not-asked";
  readonly detail: string;
}

export interface TimeView {
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly detail?: string;
}

/** An index, or one image. */
export interface CoverView {
  readonly digest: string;
  /** `index`, `linux/amd64`. */
  readonly name: string;
  readonly signed: "yes" | "no" | "unknown";
  /** Why not, or why that is not known. */
  readonly reason?: string;
}

export interface GapView {
  readonly code: string;
  readonly reason: string;
  readonly remedy?: string;
}
