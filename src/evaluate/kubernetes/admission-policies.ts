/** What the API server's own policies say of a request, judged. */
import { admissionPoliciesChecks } from "../../checks/lists/admission-policies.ts";
import type { AdmissionPolicyFacts } from "../../checks/subjects/admission.ts";
import type { WorkloadAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Evidence, type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import type { PolicyAnswer } from "../../engines/admission/model.ts";

export interface AdmissionPolicyContext {
  readonly asset: WorkloadAsset;
  readonly policy: Policy;
  readonly now: Date;
}

/** None where no policy is about the request. */
export function evaluateAdmissionPolicies(answer: PolicyAnswer, context: AdmissionPolicyContext): Evaluation[] {
  if (answer.evaluated.length === 0 && answer.decisions.length === 0) return [];
  return judged(answer, gapsOf(answer), context);
}

/** @param gap - why nobody knows what the policies say */
export function unknownAdmissionPolicies(gap: Gap, context: AdmissionPolicyContext): Evaluation[] {
  return judged({ decisions: [], auditAnnotations: {}, evaluated: [] }, [gap], context);
}

function judged(answer: PolicyAnswer, gaps: readonly Gap[], { asset, policy, now }: AdmissionPolicyContext) {
  const policies: Evidence<AdmissionPolicyFacts["policies"]> = present(
    { ...answer, object: asset.name },
    now.toISOString(),
    { gaps },
  );
  return runChecks<AdmissionPolicyFacts>(admissionPoliciesChecks, { policies }, { asset, policy, now });
}

function gapsOf({ decisions }: PolicyAnswer): Gap[] {
  return decisions.flatMap(({ outcome, policy, binding, message }) => {
    if (outcome !== "unknown") return [];
    const bound = binding === undefined ? "" : ` with binding ${binding}`;
    return { code: "admission.policy", reason: `ValidatingAdmissionPolicy ${policy}${bound}: ${message}` };
  });
}
