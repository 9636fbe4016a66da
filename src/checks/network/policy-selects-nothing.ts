import { describeObject } from "../../engines/kubernetes/model.ts";
import { clip } from "../findings/one-line.ts";
import { networkCheck } from "./policies/network-check.ts";

/** Policies whose selectors pick no pod (Kubernetes, "Network Policies", podSelector). */
export const policySelectsNothing = networkCheck({
  name: "policy-selects-nothing",
  title: "Network policies that select no pods",
  severity: "medium",
  documentation: {
    what: "Checks network policies of every kind for pods that they select. Not reported: policies for a namespace of which no pod was read. Pods on their node's network are subject to no policy: one that selects only those selects nothing. Severity: medium.",
    why: "The pods that it was written for are not protected: a label was renamed, or misspelled.",
    fix: "Correct the selector, or delete the policy.",
    references: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
  },
  needs: { policies: "complete" },
  applies: ({ policies }) => policies.length > 0,
  *detect({ policies }) {
    for (const { object, selected, onHost, comparable } of policies) {
      if (!comparable || selected > onHost) continue;
      yield {
        object,
        path: ["spec"],
        subject: describeObject(object),
        title:
          selected === 0
            ? `${clip(describeObject(object))} selects no pods`
            : `${clip(describeObject(object))} selects only pods on their node's network, where no policy applies`,
        fix: "correct the selector, or delete the policy",
        evidence: { selected: String(selected) },
      };
    }
  },
});
