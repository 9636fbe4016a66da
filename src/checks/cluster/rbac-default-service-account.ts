import { accountOf, describeObject } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { describeRule, nameSubject, pathOf, placesOf, whereIt } from "./rbac/describe.ts";

/** What pods get that ask for nothing (Kubernetes documentation, "Configure Service Accounts for Pods"). */
export const rbacDefaultServiceAccount = clusterCheck<"access">({
  name: "rbac-default-service-account",
  title: "Permissions granted to a default service account",
  severity: "medium",
  documentation: {
    what: "Checks for bindings with a service account of the name `default` among their subjects, whatever they give. In its own namespace it is low.",
    why: "Every pod that names no service account runs as `default` and has its token. What is given to it for one program is given to all of them, and to whatever comes into the namespace later.",
    fix: "Make a service account for the program, bind that one, and set `automountServiceAccountToken: false` on `default`.",
    references: [
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#hardening",
      "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
    ],
  },
  needs: { manifests: "partial", access: "partial" },
  applies: ({ access }) => access.grants.length > 0,
  *detect({ access }) {
    for (const grant of access.grants) {
      if (grant.role.rules.length === 0) continue;
      const given = grant.role.rules
        .map(({ rule }) => describeRule(rule))
        .sort()
        .join("; ");
      for (const [index, subject] of grant.subjects.entries()) {
        const account = accountOf(subject);
        if (account?.name !== "default") continue;
        yield {
          object: grant.binding.object,
          path: ["subjects", index],
          subject: `${describeObject(grant.binding.object)} to ${grant.role.name} for ${account.namespace}/default: ${given}`,
          title: `Default service account of ${account.namespace} has ${grant.role.name} ${whereIt(grant)}`,
          severity: grant.namespace === account.namespace && account.namespace !== "kube-system" ? "low" : "medium",
          fix: "create a service account for the program, and bind the role to that account",
          also: placesOf(grant.role.rules.slice(0, 1)),
          evidence: { path: pathOf(grant, grant.role.rules), account: nameSubject(subject) },
        };
      }
    }
  },
});
