/** What the parts of the admission guard hand each other. */
import type { Digest } from "../../core/digest.ts";
import type { Action } from "../../core/enforcement.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Policy } from "../../core/policy.ts";
import type { Problem } from "../../core/problem.ts";
import type { AdmissionAnswer, AdmissionRequest, PatchOperation } from "../../engines/admission/model.ts";
import type { PolicyQuestion } from "../../engines/admission/policies/model.ts";
import type { Credentials } from "../../engines/oci/registry/credentials.ts";
import type { OpenedTrust } from "../../scan/trust.ts";

/** Which webhook asks: only the mutating one is answered with a patch, and only the validating one refuses. */
export type Webhook = "mutate" | "validate";

/** Policies as of one reading of their files. A reload makes a new one; requests that are under way keep theirs. */
export interface PolicySet {
  /** Of all that is in force; caches key on it. */
  readonly digest: Digest;
  /** Why keys, authorities or roots of its environments could not be opened: what rests on them is unknown. */
  readonly trustFaults: readonly Problem[];
  /** By the policy's own patterns over namespaces alone: labels are those of whoever owns the namespace. */
  forNamespace(namespace: string | undefined): GuardPolicy;
}

export interface GuardPolicy {
  readonly policy: Policy;
  readonly environment?: string;
  readonly digest: Digest;
  /** Keys, authorities and roots of its `trust:`; a Problem where they could not be opened. */
  readonly trust: OpenedTrust | Problem;
  /** What an evaluation that does not pass brings about here. */
  actionOf(evaluation: Evaluation): Action;
  /** `bulkhead.yaml:14`: where what decides an evaluation is stated; undefined where a default does. */
  placeOf(evaluation: Evaluation): string | undefined;
}

/** Of one image that a request names. Never throws: what cannot be found out makes its evaluations unknown. */
export interface ImageAssessor {
  assess(reference: string, asking: ImageAsking): Promise<AssessedImage>;
  close(): void;
}

export interface ImageAsking {
  readonly policy: GuardPolicy;
  readonly now: Date;
  /** Of the request: ends before the API server's own time does. What is still under way then is unknown. */
  readonly deadline: AbortSignal;
  /** What the pod pulls with; absent: what the guard itself has. A Problem: the cluster did not say. */
  readonly credentials?: Credentials | Problem;
  /** True: only the digest is asked for. */
  readonly resolveOnly?: boolean;
}

export interface AssessedImage {
  readonly reference: string;
  /** What the reference came to; absent where nobody could be asked. */
  readonly digest?: Digest;
  /** `name:tag@sha256:…`; absent without a digest. A reference that has one already is itself. */
  readonly pinned?: string;
  /** Of signatures, attestations and vulnerabilities; those of an image that could not be asked about are unknown. */
  readonly evaluations: readonly Evaluation[];
  /** Whether it came of what was remembered. */
  readonly cached: boolean;
}

/** What the guard knows of the cluster around a request. Each answer says for itself that it could not be had. */
export interface ClusterView {
  /** Labels and annotations of a namespace; undefined: there is none of this name. */
  namespace(name: string): Promise<NamespaceFacts | undefined | Problem>;
  /**
   * What a pod of the namespace pulls this image with: from the Secrets that it names, else from those of its service
   * account. Undefined: with none.
   *
   * @param image - as written
   */
  credentials(
    namespace: string,
    secrets: readonly string[],
    serviceAccount: string,
    image: string,
  ): Promise<Credentials | undefined | Problem>;
  /** A Problem where policies or their bindings could not be listed. */
  admissionPolicies(): Promise<AdmissionPolicyObjects | Problem>;
  /** A SubjectAccessReview: whether somebody may do something. */
  may(user: AdmissionRequest["user"], access: PolicyQuestion): Promise<boolean | Problem>;
  /** `v1.36.1`; undefined where it is not known. */
  readonly version?: string;
}

/** Objects of admissionregistration.k8s.io and what they take their parameters from. */
export interface AdmissionPolicyObjects {
  /** Parsed, each with its apiVersion and kind; those of the parameters too. */
  readonly objects: readonly object[];
  /** Kinds that policies with a binding name as `paramKind`, and that could not be listed: no object of them is known to be absent. */
  readonly unread: readonly { readonly apiVersion: string; readonly kind: string; readonly problem: Problem }[];
  /** Of files: what is not among them may be in the cluster. */
  readonly isPartial?: true;
}

export interface NamespaceFacts {
  readonly name: string;
  readonly uid?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Whether a request that would be refused is let through, because somebody who may answers for it. */
export interface BreakGlass {
  /**
   * Asked only where a request would be refused. Never throws. Of a validating request that is no dry run it also notes the
   * use in the cluster.
   *
   * @returns undefined: nothing of the object asks for it
   */
  consider(request: AdmissionRequest, asking: Asking): Promise<BreakGlassAnswer | undefined>;
}

export type BreakGlassAnswer =
  | {
      readonly outcome: "granted";
      /** Who answers for it. */
      readonly by: string;
      readonly reason: string;
      /** ISO 8601, UTC. */
      readonly until: string;
    }
  /** `unknown`: whether they may could not be found out. */
  | { readonly outcome: "refused" | "unknown"; readonly why: string };

export interface Guard {
  /** Never throws, and answers before the deadline. */
  decide(request: AdmissionRequest, asking: Asking): Promise<Decision>;
}

export interface Asking {
  readonly webhook: Webhook;
  readonly now: Date;
  readonly deadline: AbortSignal;
}

/** What was decided, with all that it rests on: what the log, the reports and the metrics are made of. */
export interface Decision {
  readonly request: AdmissionRequest;
  readonly answer: AdmissionAnswer;
  /** What the request is answered for: `judged`, `exempt` (nothing to judge), `break-glass`, `unread`. */
  readonly basis: "judged" | "exempt" | "break-glass" | "unread";
  /** One sentence without a full stop. */
  readonly reason: string;
  /** Each thing that does not pass, worst first. */
  readonly outcomes: readonly Outcome[];
  readonly images: readonly AssessedImage[];
  readonly patch: readonly PatchOperation[];
  readonly environment?: string;
  readonly policy: Digest;
  /** Where the object asks for it. */
  readonly breakGlass?: BreakGlassAnswer;
}

/** An evaluation that does not pass, as this policy takes it. */
export interface Outcome {
  readonly check: string;
  readonly verdict: "fail" | "unknown";
  readonly action: Action;
  /** `spec.template.spec.containers[0].securityContext.privileged`; absent where it is about the whole object. */
  readonly field?: string;
  /** As written in the object. */
  readonly image?: string;
  /** One sentence without a full stop: `true is not allowed in "production"`. */
  readonly message: string;
  /** What to do; a command where there is one. */
  readonly fix?: string;
  /** `bulkhead.yaml:14` */
  readonly place?: string;
  readonly evaluation: Evaluation;
}
