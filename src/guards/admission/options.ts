/** What a guard is put together of, and the question that its parts are asked. */
import type { Evaluation } from "../../core/evaluation.ts";
import type { ReadRequest } from "../../engines/admission/admitted.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import type { Asking, BreakGlass, ClusterView, GuardPolicy, ImageAssessor, PolicySet } from "./model.ts";

export interface GuardOptions {
  /** Those that are in force now; asked once for each request. */
  policies(): PolicySet;
  readonly images: ImageAssessor;
  readonly cluster: ClusterView;
  /** What the cluster is called in evaluations. */
  readonly scope: string;
  /** By the policy's own rules; absent: values are not looked through for secrets. */
  scannerOf?(policy: GuardPolicy): SecretScanner | undefined;
  /** Of the policies that the cluster itself holds; absent: they are the API server's own business. */
  readonly admissionPolicies?: AdmissionPolicyEvaluator;
  /** Absent: nobody goes past the policy. */
  readonly breakGlass?: BreakGlass;
  /** What `--policy` says elsewhere, for the command that says the same there. */
  readonly policyName?: string;
}

export interface Question {
  readonly request: AdmissionRequest;
  readonly admitted: ReadRequest;
  readonly policy: GuardPolicy;
  readonly asking: Asking;
  /** What its kubelet runs whatever is answered. */
  readonly isMirror: boolean;
}

export type AdmissionPolicyEvaluator = (question: Question) => Promise<readonly Evaluation[]>;
