import { describeObject, isCovered } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { describeRules, placesOf } from "./rbac/describe.ts";
import { givesEverything } from "./rbac/permissions.ts";

/** Roles that wait to be bound (Kubernetes documentation, RBAC good practices, periodic review). */
export const rbacUnboundRole = clusterCheck<"access">({
  name: "rbac-unbound-role",
  title: "Unbound roles with full permissions",
  severity: "low",
  documentation: {
    what: "Checks for roles with every verb on every resource of every group that no binding gives to anybody. Not reported: `cluster-admin`, which Kubernetes makes.",
    why: "It gives nothing to anybody yet. Anyone who may bind it, by its name or by aggregation, makes an administrator of themselves, and nobody who looks for `cluster-admin` sees it.",
    fix: "Remove it, or write into it what is used.",
    references: ["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#periodic-review"],
  },
  // That nobody has it is the finding.
  needs: { manifests: "partial", access: "complete" },
  applies: ({ access }) => access.roles.length > 0,
  *detect({ access }) {
    const bound = new Set(access.grants.flatMap(({ role, subjects }) => (subjects.length > 0 ? [role.name] : [])));
    for (const role of access.roles) {
      const [first] = role.objects;
      if (first === undefined || bound.has(role.name)) continue;
      const rules = role.rules.filter(
        ({ rule, object }) => object !== undefined && givesEverything(rule) && !isCovered(rule, role.published ?? []),
      );
      const [place, ...others] = placesOf(rules);
      if (place === undefined) continue;
      yield {
        ...place,
        subject: `${describeObject(first)}: ${describeRules(rules)}`,
        title: `${role.name} has full permissions and is not bound`,
        fix: "remove the role, or list the resources and verbs in use",
        also: others,
      };
    }
  },
});
