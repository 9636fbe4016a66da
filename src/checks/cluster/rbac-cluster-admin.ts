import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { nameSubjects, pathOf, placesOf, subjectOf, whereIt } from "./rbac/describe.ts";
import { givesEverything } from "./rbac/permissions.ts";

/** Whoever may do everything (Kubernetes documentation, "Using RBAC Authorization", `cluster-admin`). */
export const rbacClusterAdmin = clusterCheck<"access">({
  name: "rbac-cluster-admin",
  title: "Bindings to cluster-admin or equivalent roles",
  severity: "high",
  withoutControl: "none of the ten is about permissions (RBAC)",
  documentation: {
    what: "Checks for bindings to `cluster-admin`, or to any other role with every verb on every resource of every group. In one namespace it is medium, in kube-system high. Not reported: the binding of `system:masters` that every cluster has, and kubeadm's (they go by name, label, role and subjects together, so that no other can hide under such a name).",
    why: "Who has it has every Secret, every pod and every node. A program with it turns one vulnerability of its own into the loss of the cluster.",
    fix: "Bind a role that names the resources and verbs that are used. `kubectl auth can-i --list --as=…` shows what somebody may do, the audit log what they did.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
    ],
  },
  needs: { manifests: "partial", access: "partial" },
  applies: ({ access }) => access.grants.length > 0,
  *detect({ access }) {
    for (const grant of access.grants) {
      if (grant.subjects.length === 0 || (grant.published ?? []).some(givesEverything)) continue;
      const rules = grant.role.rules.filter(({ rule }) => givesEverything(rule));
      if (rules.length === 0) continue;
      const narrow = grant.namespace !== undefined && grant.namespace !== "kube-system";
      yield {
        object: grant.binding.object,
        path: ["roleRef"],
        subject: subjectOf(grant),
        title: `${nameSubjects(grant.subjects)} has full permissions ${whereIt(grant)}`,
        ...(narrow ? { severity: "medium" } : {}),
        fix: "bind a role limited to the resources and verbs in use",
        also: placesOf(rules),
        evidence: { path: pathOf(grant, rules) },
      };
    }
  },
});
