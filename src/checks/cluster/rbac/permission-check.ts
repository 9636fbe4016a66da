/** What the checks over one permission have in common: one finding for each binding that gives it. */
import type { CheckDocumentation } from "../../../core/check.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import type { AccessRequest, Grant, GrantedRule } from "../../../engines/kubernetes/model.ts";
import { clip, SENTENCE } from "../../findings/one-line.ts";
import { type ClusterCheck, clusterCheck } from "../kubernetes/cluster-check.ts";
import { isUserFacing, nameSubjects, pathOf, placesOf, subjectOf, whereIt } from "./describe.ts";
import { givesEverything, hitsOf, isFarReaching, type Permission } from "./permissions.ts";

interface PermissionSpecification {
  readonly name: string;
  readonly title: string;
  readonly permission: Permission;
  /** In the whole cluster, or in kube-system. */
  readonly wide: RatedSeverity;
  /** In another namespace; absent: no finding. */
  readonly narrow?: RatedSeverity;
  /** There, where every rule names its objects; absent: `narrow`. */
  readonly narrowNamed?: RatedSeverity;
  /** Who may do this too has nothing by the permission that is not said of this one. */
  readonly unless?: Permission;
  readonly fix: string;
  readonly documentation: CheckDocumentation;
}

const WITHOUT_CONTROL = "none of the ten is about permissions (RBAC)";

/** What a role gives that gives everything is for `cluster/rbac-cluster-admin` alone. */
export function permissionCheck(specification: PermissionSpecification): ClusterCheck {
  const { name, title, permission, wide, narrow, narrowNamed = narrow, unless, fix, documentation } = specification;
  return clusterCheck<"access">({
    name,
    title,
    severity: wide,
    withoutControl: WITHOUT_CONTROL,
    documentation,
    needs: { manifests: "partial", access: "partial" },
    applies: ({ access }) => access.grants.length > 0,
    *detect({ access }) {
      for (const grant of access.grants) {
        if (grant.role.rules.some(({ rule }) => givesEverything(rule))) continue;
        if (!isFarReaching(grant) && narrow === undefined) continue;
        if (unless !== undefined && isFarReaching(grant) && hitsOf(grant, unless).length > 0) continue;
        const hits = hitsOf(grant, permission);
        if (hits.length === 0) continue;
        const rules = hits.map(({ rule }) => rule);
        const allows = allowed(hits.flatMap(({ requests }) => requests));
        const names = [...new Set(rules.flatMap(({ rule }) => rule.resourceNames))].sort();
        const named = isNamed(rules) ? ` named ${names.join(", ")}` : "";
        yield {
          object: grant.binding.object,
          path: ["roleRef"],
          subject: subjectOf(grant, allows + named),
          title: `${nameSubjects(grant.subjects)} can ${permission.action} ${whereIt(grant)}`,
          severity: severityOf(grant, rules, wide, (isNamed(rules) ? narrowNamed : narrow) ?? wide),
          fix,
          also: placesOf(rules),
          evidence: {
            path: pathOf(grant, rules),
            allows: clip(allows + named, SENTENCE),
          },
        };
      }
    },
  });
}

function severityOf(
  grant: Grant,
  rules: readonly GrantedRule[],
  wide: RatedSeverity,
  narrow: RatedSeverity,
): RatedSeverity {
  if (isFarReaching(grant)) return wide;
  return isUserFacing(grant, rules) ? "low" : narrow;
}

function isNamed(rules: readonly GrantedRule[]): boolean {
  return rules.every(({ rule }) => rule.resourceNames.length > 0);
}

/** `get, list secrets; create pods/exec`. */
function allowed(requests: readonly AccessRequest[]): string {
  const verbs = new Map<string, Set<string>>();
  for (const { verb, group, resource } of requests) {
    const called = group === "" ? resource : `${resource}.${group}`;
    verbs.set(called, (verbs.get(called) ?? new Set()).add(verb));
  }
  return [...verbs].map(([resource, each]) => `${[...each].join(", ")} ${resource}`).join("; ");
}
