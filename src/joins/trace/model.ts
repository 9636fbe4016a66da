/** What is known of one digest through its life: a link for each thing that happens to an image, and what says so. */
import type { Enforced } from "../../core/enforcement.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import type { Relation } from "../../core/relation.ts";
import type { AdmissionDecision } from "../../engines/admission/decision-log.ts";
import type { AdmissionReport } from "../../engines/admission/report-log.ts";
import type { Package } from "../../engines/contents/model.ts";
import type { LearnedWorkload } from "../../engines/events/learn/model.ts";
import type { Alert } from "../../engines/events/model.ts";
import type { RegistryDecision } from "../../engines/oci/distribution/decision-log.ts";
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
  /** What contradicts the link; absent: nothing does. */
  readonly breaks?: readonly LinkBreak[];
}

/** Evidence that says the opposite: of what the policy asks for, or of what another link says. */
export interface LinkBreak {
  /** One phrase. */
  readonly reason: string;
  /** What says so, as a fact's. */
  readonly evidence: Readonly<Record<string, string>>;
  /** A verb first. */
  readonly fix?: string;
  /** The check that finds the same: what the policy makes of that is what it makes of this. Absent: it counts. */
  readonly check?: Enforced;
}

export interface TraceLink extends LinkParts {
  /** `source`, `build`, `base`… */
  readonly name: string;
  /** `broken` before all else; the best of its facts; without facts `none` where all was looked at, else `unknown`. */
  readonly state: FactState | "none" | "unknown" | "broken";
  readonly breaks: readonly LinkBreak[];
  /** What of the policy asks for it: `trust.images[0]`. Absent: nothing does. */
  readonly requiredBy?: string;
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
  /** What the registry guard decided about it, or why nobody looked. */
  readonly pushes: Records<RegistryDecision> | { readonly gap: Gap };
  /** What admission decided about it, or why nobody looked. */
  readonly admissions: Records<AdmissionDecision> | { readonly gap: Gap };
  /** Where it runs, or why nobody looked. */
  readonly places: RunningPlaces | { readonly gap: Gap };
  /** What was detected in its containers, or why nobody looked. */
  readonly behavior: ObservedBehavior | { readonly gap: Gap };
  readonly policy: Policy;
  readonly now: Date;
}

/** Of one or several logs what is about the image, oldest first. */
export interface Records<Entry> {
  /** What the logs are called: files, a database. */
  readonly name: string;
  readonly entries: readonly Entry[];
  /** ISO 8601: the first and the last entry of all, whatever they are about. Absent: there is none. */
  readonly from?: string;
  readonly to?: string;
  /** What of them was not read. */
  readonly gaps: readonly Gap[];
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
  /** Packages as the run found them, with what was loaded where that was asked; absent where they could not be read. */
  readonly packages?: readonly Package[];
  /** What the base that it states is by now; absent where it states none by digest. */
  readonly currentBase?: CurrentBase;
  /** What was learned of its containers; absent: nobody looked. */
  readonly learned?: LearnedContainers;
}

export type CurrentBase = {
  readonly name: string;
  /** As the image states it. */
  readonly stated: string;
} & ({ readonly now: readonly string[]; readonly at: string } | { readonly gap: Gap });

export interface LearnedContainers {
  /** The file. */
  readonly name: string;
  /** Empty: no workload of the file ran it. */
  readonly workloads: readonly LearnedWorkload[];
}

export interface RunningPlaces {
  /** `deploy/`, the cluster's name. */
  readonly name: string;
  /** A cluster tells what runs; manifests what would. */
  readonly live: boolean;
  /** Of types `runs`, `exposes` and `reaches`. */
  readonly relations: readonly Relation[];
  /** What admission reported to the cluster; absent: nobody looked. */
  readonly reports?: { readonly reports: readonly AdmissionReport[]; readonly gaps: readonly Gap[] };
  /** What the network's checks found about its workloads. */
  readonly network: readonly Evaluation[];
  /** What was not read there. */
  readonly gaps: readonly Gap[];
}

export interface ObservedBehavior {
  /** The files. */
  readonly name: string;
  readonly alerts: readonly ObservedAlert[];
  /** Of type `runs`: containers that were looked at, with their images. */
  readonly relations: readonly Relation[];
  /** Events that were read, and some rule wanted to see. */
  readonly events: number;
  readonly evaluated: number;
  readonly gaps: readonly Gap[];
}

export interface ObservedAlert {
  readonly alert: Alert;
  /** What it is about: `shop/Deployment/api`. */
  readonly asset: string;
  /** What an exception or the threshold makes of it. */
  readonly state: "over" | "below" | "excepted";
}

/** A verified signature with who made it, as far as the rules name them. */
export interface KnownSignature {
  readonly signature: VerifiedSignature & { readonly outcome: "verified" };
  /** Names of signers of the rules for whom the caller vouches. */
  readonly signers: readonly string[];
  /** What the digest beside which it was found is: `index`, `linux/amd64`. */
  readonly beside: string;
}
