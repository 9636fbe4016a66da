import type { Check } from "../../core/check.ts";
import type { RatedSeverity } from "../../core/severity.ts";
import { clip, clipSubject, SENTENCE } from "../findings/one-line.ts";
import type { AdmissionPolicyFacts } from "../subjects/admission.ts";

const id = "workload/admission-policy-denied";

/** Objects that a ValidatingAdmissionPolicy of the cluster, or of the files beside them, does not let in. */
export const admissionPolicyDenied: Check<AdmissionPolicyFacts> = {
  id,
  title: "Denied by a ValidatingAdmissionPolicy",
  layer: "workload",
  category: "configuration",
  controls: [],
  withoutControl: "what the cluster's own policies ask for is up to whoever wrote them",
  severity: "varies",
  documentation: {
    what: "Checks the object against the ValidatingAdmissionPolicies that are bound and match it, in the cluster or among the given files, as the API server does: rules, selectors, match conditions, parameters, variables, validations. Reported: each validation that fails. Severity: critical where a binding sets `Deny`, because the API server refuses the object whatever else is allowed; low for `Warn` and `Audit`. What only the API server knows (an answer of its authorizer, an object in another version) makes the check unknown.",
    why: "The API server refuses the object when it is applied, which is late.",
    fix: "Change the object as the policy's message says, or the policy's binding where the policy is not meant for it.",
    references: ["https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/"],
  },
  subject: "admission-policies",
  needs: { policies: "partial" },
  looked: ({ policies: { evaluated } }) =>
    Object.fromEntries(evaluated.slice(0, 20).map(({ policy, held }) => [clip(policy), `${held} held`])),
  *evaluate({ policies: { decisions, object } }) {
    const seen = new Map<string, number>();
    for (const { policy, binding, params, index, message, outcome, actions, reason } of decisions) {
      if (outcome === "unknown") continue;
      const about = clipSubject(
        [policy, binding, params, index === undefined ? undefined : `validation ${index}`].filter(Boolean).join(" "),
      );
      const times = (seen.get(about) ?? 0) + 1;
      seen.set(about, times);
      yield {
        subject: times === 1 ? about : `${about} (${times})`,
        severity: severityOf(actions),
        title: clip(`ValidatingAdmissionPolicy ${policy} denies it: ${message}`, SENTENCE),
        locations: [{ kind: "object", object: clip(object) }],
        matches: { ids: [id] },
        fix: { kind: "instruction", text: "change what the policy's message names, or whom its binding is for" },
        evidence: {
          policy: clip(policy),
          ...(binding === undefined ? {} : { binding: clip(binding) }),
          ...(params === undefined ? {} : { params: clip(params) }),
          actions: actions.join(", "),
          reason,
        },
      };
    }
  },
};

function severityOf(actions: readonly string[]): RatedSeverity {
  return actions.includes("Deny") ? "critical" : "low";
}
