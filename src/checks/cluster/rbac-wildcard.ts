import { least } from "../../core/extremes.ts";
import type { RatedSeverity } from "../../core/severity.ts";
import { isCovered, type PolicyRule } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { describeRules, nameSubjects, pathOf, placesOf, subjectOf, whereIt } from "./rbac/describe.ts";
import { givesEverything } from "./rbac/permissions.ts";

const changes = ["*", "create", "update", "patch", "delete", "deletecollection"];

/** Kubernetes' own groups; all others are of custom resources and aggregated APIs. */
function isBuiltIn(group: string): boolean {
  return group === "*" || !group.includes(".") || group.endsWith(".k8s.io");
}

/** How far a wildcard of a rule reaches; absent where there is none worth a word. */
function reachOf({ verbs, apiGroups, resources, resourceNames }: PolicyRule): RatedSeverity | undefined {
  if (resourceNames.length > 0 || resources.length === 0) return undefined;
  const allResources = resources.includes("*");
  const allVerbs = verbs.includes("*");
  if (!allResources && !allVerbs) return undefined;
  const builtIn = apiGroups.some(isBuiltIn);
  if (!allResources) return builtIn ? "medium" : "low";
  // Reading everything is reading Secrets, which cluster/rbac-secrets-read says.
  if (!verbs.some((verb) => changes.includes(verb))) return undefined;
  return builtIn ? "high" : "low";
}

const ranks: readonly RatedSeverity[] = ["critical", "high", "medium", "low"];

/** Rules with a star (Kubernetes documentation, "Role Based Access Control Good Practices", least privilege). */
export const rbacWildcard = clusterCheck<"access">({
  name: "rbac-wildcard",
  title: "Wildcard RBAC permissions",
  severity: "high",
  withoutControl: "none of the ten is about permissions (RBAC)",
  documentation: {
    what: "Checks for bindings whose role has `*` for verbs or resources. Changing all resources of one of Kubernetes' own groups is high, every verb on named ones medium, and what is of custom resources alone low. In a namespace it is one level less. What gives everything is for `cluster/rbac-cluster-admin`.",
    why: "A star holds for what there will be as well: resources of later versions, and verbs such as `escalate`, `bind` and `impersonate` that nobody had in mind.",
    fix: "Write the verbs and the resources out.",
    references: ["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege"],
  },
  needs: { manifests: "partial", access: "partial" },
  applies: ({ access }) => access.grants.length > 0,
  *detect({ access }) {
    for (const grant of access.grants) {
      if (grant.subjects.length === 0 || grant.role.rules.some(({ rule }) => givesEverything(rule))) continue;
      const rules = grant.role.rules.filter(
        ({ rule }) => reachOf(rule) !== undefined && !isCovered(rule, grant.published ?? []),
      );
      const worst = least(rules.map(({ rule }) => ranks.indexOf(reachOf(rule) ?? "low")));
      if (rules.length === 0) continue;
      const narrow = grant.namespace !== undefined && grant.namespace !== "kube-system";
      yield {
        object: grant.binding.object,
        path: ["roleRef"],
        subject: subjectOf(grant, describeRules(rules)),
        title: `${nameSubjects(grant.subjects)} has wildcard permissions ${whereIt(grant)}`,
        severity: ranks[Math.min(worst + (narrow ? 1 : 0), 3)] ?? "low",
        fix: "list the verbs and resources explicitly",
        also: placesOf(rules),
        evidence: { path: pathOf(grant, rules) },
      };
    }
  },
});
