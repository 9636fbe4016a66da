import { describeObject } from "../../engines/kubernetes/model.ts";
import { clip, SENTENCE } from "../findings/one-line.ts";
import { networkCheck } from "./policies/network-check.ts";

/** Policies that are wrong, that have no effect as they are, or that are of a kind which is not evaluated. */
export const policyNotEvaluated = networkCheck({
  name: "policy-not-evaluated",
  title: "Network policies that cannot be evaluated",
  severity: "medium",
  documentation: {
    what: "Checks network policies of every kind for what was not evaluated: fields of a wrong form, peers and ports that the API refuses, policies that have no effect as they are (staged, switched off), and kinds that Bulkhead knows and does not evaluate, such as Calico's own. What a policy selects that is not evaluated is unknown, never open or closed, in the checks over namespaces. Severity: medium; low where only its kind is not evaluated.",
    why: "A policy that is refused, or read otherwise than it was meant, protects nothing.",
    fix: "Each finding says what is wrong. What is not evaluated can be written as a NetworkPolicy or ClusterNetworkPolicy.",
    references: ["https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/"],
  },
  needs: { policyFaults: "partial", policies: "partial" },
  applies: ({ policyFaults, policies }) => policyFaults.length + policies.length > 0,
  *detect({ policyFaults }) {
    for (const { code, place, reason, remedy } of policyFaults) {
      yield {
        object: place.object,
        path: place.field,
        subject: `${describeObject(place.object)}: ${code.slice(code.indexOf(".") + 1)}`,
        severity: code === "network.invalid-policy" || code === "network.policy-without-effect" ? "medium" : "low",
        title: clip(`${describeObject(place.object)}: ${reason}`, SENTENCE),
        fix: remedy ?? "correct it, or write it as a NetworkPolicy",
      };
    }
  },
});
