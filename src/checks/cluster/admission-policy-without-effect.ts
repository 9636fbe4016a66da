import { describeObject } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Policies that nothing applies (Kubernetes documentation, "Validating Admission Policy"). */
export const admissionPolicyWithoutEffect = clusterCheck({
  name: "admission-policy-without-effect",
  title: "Admission policies that are not enforced",
  severity: "medium",
  documentation: {
    what: "Checks for a ValidatingAdmissionPolicy or MutatingAdmissionPolicy without a binding, and validating ones whose bindings only warn or audit, which is low.",
    why: "A policy says what is right, its binding where that holds. Without one it is not asked.",
    fix: "Write a binding with `validationActions: [Deny]` once `Warn` and `Audit` have shown what it would refuse.",
    references: ["https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/"],
  },
  needs: { manifests: "complete" },
  reads: ["admissionPolicies", "admissionPolicyBindings"],
  applies: ({ manifests }) => manifests.admissionPolicies.length > 0,
  *detect({ manifests }) {
    for (const { object } of manifests.admissionPolicies) {
      const bindings = manifests.admissionPolicyBindings.filter(
        ({ policyName, object: { kind } }) => policyName === object.name && kind === `${object.kind}Binding`,
      );
      const denies = bindings.some(({ validationActions }) => validationActions.includes("Deny"));
      if (bindings.length > 0 && (denies || object.kind === "MutatingAdmissionPolicy")) continue;
      yield {
        object,
        path: ["metadata", "name"],
        subject: describeObject(object),
        title:
          bindings.length === 0 ? "Admission policy has no binding" : "Bindings of the admission policy do not deny",
        ...(bindings.length === 0 ? {} : { severity: "low" }),
        fix: "bind the policy with validationActions: [Deny]",
        also: bindings.slice(0, 3).map((binding) => ({ object: binding.object, path: ["spec", "validationActions"] })),
      };
    }
  },
});
