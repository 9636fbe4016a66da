import { formatFieldPath } from "../../engines/kubernetes/model.ts";
import { clip, clipSubject, SENTENCE } from "../findings/one-line.ts";
import type { AdmissionPolicyCheck } from "../subjects/admission-policy.ts";

const id = "cluster/admission-policy-denial";

/** Objects for which an expression of a ValidatingAdmissionPolicy does not hold. */
export const admissionPolicyDenial: AdmissionPolicyCheck = {
  id,
  title: "Objects denied by a ValidatingAdmissionPolicy",
  layer: "cluster",
  category: "configuration",
  controls: [],
  withoutControl: "what an admission policy of the cluster asks for is its author's own",
  severity: "high",
  documentation: {
    what: "Evaluates the ValidatingAdmissionPolicies of the cluster, or of the files that are given to `bulkhead admission test`, over an object that is to be admitted: match constraints, bindings, parameters, variables and expressions, as the API server does. An expression that fails with an error counts as the policy's `failurePolicy` says. Not reported: policies without a binding, and what a binding only audits, unless the policy records it.",
    why: "The API server refuses the object, or will once the policy is there: who sees it before need not find out in production.",
    fix: "Change the object so that the expression holds, or bind the policy so that it leaves the object out. `kubectl get validatingadmissionpolicy NAME -o yaml` shows both.",
    references: ["https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/"],
  },
  subject: "admission-policy",
  needs: { decided: "partial" },
  *evaluate({ decided: { object, decisions } }) {
    for (const { policy, binding, params, message, index, path, outcome } of decisions) {
      if (outcome === "unknown") continue;
      const field = clip(formatFieldPath(path), SENTENCE);
      yield {
        subject: clipSubject([policy, binding, params, index === undefined ? field : `validation ${index}`].join(" ")),
        severity: "high",
        title: clip(`${policy}: ${message}`, SENTENCE),
        locations: [{ kind: "object", object: clip(object) }],
        matches: { ids: [id] },
        fix: { kind: "instruction", text: `change the object so that ${clip(policy)} holds` },
        evidence: {
          policy: clip(policy),
          ...(binding === undefined ? {} : { binding: clip(binding) }),
          ...(params === undefined ? {} : { parameters: clip(params) }),
          field,
        },
      };
    }
  },
};
