import { accountOf, describeObject } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { pathOf } from "./rbac/describe.ts";

/** Bindings that wait for somebody (Kubernetes documentation, RBAC good practices, periodic review). */
export const rbacMissingSubject = clusterCheck<"access">({
  name: "rbac-missing-subject",
  title: "Bindings to nonexistent service accounts",
  severity: "medium",
  documentation: {
    what: "Checks for service accounts among the subjects of bindings that are not there. In files it is said, as low, only of namespaces of which the files hold another service account, for others may come from elsewhere. Not reported: users and groups, which are not objects.",
    why: "Anyone who creates an account of that name later has what was left for it. It may also be a misspelt name, and the program that it was meant for has nothing.",
    fix: "Remove the subject, or the binding; or create the account.",
    references: ["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#periodic-review"],
  },
  needs: { manifests: "complete", access: "partial" },
  applies: ({ access }) => access.grants.length > 0,
  *detect({ access }) {
    const namespaces = new Set([...access.serviceAccounts].map((account) => account.slice(0, account.indexOf("/"))));
    for (const grant of access.grants) {
      if (grant.published !== undefined) continue;
      for (const [index, subject] of grant.subjects.entries()) {
        const account = accountOf(subject);
        if (account === undefined || account.name === "default") continue;
        const called = `${account.namespace}/${account.name}`;
        if (access.serviceAccounts.has(called)) continue;
        if (!access.live && !namespaces.has(account.namespace)) continue;
        yield {
          object: grant.binding.object,
          path: ["subjects", index],
          subject: `${describeObject(grant.binding.object)} to ${grant.role.name} for ${called}`,
          title: `ServiceAccount ${called} has ${grant.role.name} and does not exist`,
          ...(access.live ? {} : { severity: "low" }),
          fix: "remove the subject, or create the ServiceAccount",
          evidence: { path: pathOf(grant, grant.role.rules) },
        };
      }
    }
  },
});
