import { describeObject } from "../../engines/kubernetes/model.ts";
import { clip } from "../findings/one-line.ts";
import { networkCheck } from "./policies/network-check.ts";

/** Rules that name a port or labels that no pod has (Kubernetes, "Network Policies", named ports). */
export const policyUnknownName = networkCheck({
  name: "policy-unknown-name",
  title: "Network policies naming ports or labels that do not exist",
  severity: "low",
  documentation: {
    what: "Checks rules of NetworkPolicies: named ports that no container of the destination has, and selectors of peers that pick no pod. Not reported: selectors over namespaces of which no pod was read. Severity: low.",
    why: "The rule allows nothing, so a connection that is needed fails; or it waits for pods that someone else can label that way.",
    fix: "Correct the name, or delete the entry.",
    references: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
  },
  needs: { policies: "complete" },
  applies: ({ policies }) => policies.length > 0,
  *detect({ policies }) {
    for (const { object, unmatched } of policies) {
      for (const { field, what } of unmatched) {
        yield {
          object,
          path: field,
          subject: `${describeObject(object)}: ${what}`,
          title: `${clip(describeObject(object))} names ${clip(what)}, which no pod has`,
          fix: "correct the name, or delete the entry",
        };
      }
    }
  },
});
