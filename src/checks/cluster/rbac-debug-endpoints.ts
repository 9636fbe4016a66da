import { isCovered } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { describeRules, nameSubjects, pathOf, placesOf, subjectOf } from "./rbac/describe.ts";
import { showsInsides } from "./rbac/insides.ts";
import { givesEverything } from "./rbac/permissions.ts";

/** Paths that are no resource's (Kubernetes documentation, "Using RBAC Authorization", `nonResourceURLs`). */
export const rbacDebugEndpoints = clusterCheck<"access">({
  name: "rbac-debug-endpoints",
  title: "Permission to read API server logs or profiles",
  severity: "medium",
  documentation: {
    what: "Checks for ClusterRoleBindings whose role holds `nonResourceURLs` that reach `/logs` or `/debug`: `*`, `/logs/*`, `/debug/pprof/*` and the like. Not reported: health, version, discovery and metrics.",
    why: "`/logs` is the log directory of the machine that the API server runs on, `/debug/pprof` shows what it has in memory, Secrets and tokens among it, and `/debug/flags` changes how it runs. A star holds for every path that a later version adds.",
    fix: "Name the paths that are used: `/healthz`, `/metrics`.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources",
      "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
    ],
  },
  needs: { manifests: "partial", access: "partial" },
  applies: ({ access }) => access.grants.length > 0,
  *detect({ access }) {
    for (const grant of access.grants) {
      if (grant.namespace !== undefined || grant.subjects.length === 0) continue;
      if (grant.role.rules.some(({ rule }) => givesEverything(rule))) continue;
      const rules = grant.role.rules.filter(
        ({ rule }) =>
          rule.verbs.length > 0 && rule.nonResourceURLs.some(showsInsides) && !isCovered(rule, grant.published ?? []),
      );
      if (rules.length === 0) continue;
      yield {
        object: grant.binding.object,
        path: ["roleRef"],
        subject: subjectOf(grant, describeRules(rules)),
        title: `${nameSubjects(grant.subjects)} can read API server logs or profiles`,
        fix: "list only the paths in use under nonResourceURLs",
        also: placesOf(rules),
        evidence: { path: pathOf(grant, rules) },
      };
    }
  },
});
