/** What is known of one digest through its life: a link for each thing that happens to an image, and what says so. */
import type { Evaluation } from "../../core/evaluation.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Relation } from "../../core/relation.ts";
import type { ImageDecision } from "../../engines/trust/decision-model.ts";
import type { ImageTrust, Signer, Statement, VerifiedSignature } from "../../engines/trust/model.ts";
import type { JudgedProvenance } from "../../engines/trust/provenance/judge.ts";

/**
 * `verified`: signed by somebody whom the rules name. `observed`: read by this run, in the image or where it runs. `claimed`:
 * said by somebody for whom nobody vouches.
 */
export type FactState = "verified" | "observed" | "claimed";

export interface LinkFact {
  /** One phrase. */
  readonly text: string;
  readonly state: FactState;
  /** What says so, name to text in the order to show it. */
  readonly evidence: Readonly<Record<string, string>>;
}

/** What one reader of the sources has to say. */
export interface LinkParts {
  readonly facts: readonly LinkFact[];
  /** Why that may not be all. */
  readonly gaps: readonly Gap[];
}

export interface TraceLink extends LinkParts {
  /** `source`, `build`, `base`… */
  readonly name: string;
  /** The best of its facts; without facts `none` where all was looked at, else `unknown`. */
  readonly state: FactState | "none" | "unknown";
}

/** Everything that links are made of. */
export interface TraceSources {
  readonly image: ImageTrust;
  readonly decision: ImageDecision;
  /** Whether the caller vouches for a signer that the rules name. */
  readonly vouches: (signer: string) => boolean;
  /** What provenance of a signer comes to, by the builders that are known. */
  readonly judgeBuild: (statement: Statement, signer: Signer) => JudgedProvenance;
  /** What the image itself holds, or why it was not read. */
  readonly scanned: ScannedImage | { readonly gap: Gap };
  /** Where it runs, or why nobody looked. */
  readonly places: RunningPlaces | { readonly gap: Gap };
  readonly now: Date;
}

/** One image, that which the reference comes to on the platform that was asked for. */
export interface ScannedImage {
  readonly configDigest: string;
  readonly manifestDigest?: string;
  readonly indexDigest?: string;
  readonly platform?: string;
  /** As its configuration states it. */
  readonly created?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly evaluations: readonly Evaluation[];
  readonly relations: readonly Relation[];
}

export interface RunningPlaces {
  /** `deploy/`, the cluster's name. */
  readonly name: string;
  /** Of type `runs`. */
  readonly relations: readonly Relation[];
  /** What was not read there. */
  readonly gaps: readonly Gap[];
}

/** A verified signature with who made it, as far as the rules name them. */
export interface KnownSignature {
  readonly signature: VerifiedSignature & { readonly outcome: "verified" };
  /** Names of signers of the rules for whom the caller vouches. */
  readonly signers: readonly string[];
  /** What the digest beside which it was found is: `index`, `linux/amd64`. */
  readonly beside: string;
}
