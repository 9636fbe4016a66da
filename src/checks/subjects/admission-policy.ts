/** What checks over a request that policies of the API server speak about may be handed. */
import type { Check } from "../../core/check.ts";
import type { PolicyDecision } from "../../engines/admission/model.ts";

export interface AdmissionPolicyFacts {
  readonly decided: DecidedRequest;
}

export interface DecidedRequest {
  /** `Pod shop/api` */
  readonly object: string;
  /** Those that deny, and those that came to an error. */
  readonly decisions: readonly PolicyDecision[];
}

export type AdmissionPolicyCheck = Check<AdmissionPolicyFacts> & { readonly subject: "admission-policy" };
