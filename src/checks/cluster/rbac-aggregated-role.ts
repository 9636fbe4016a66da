import type { RatedSeverity } from "../../core/severity.ts";
import { allows, describeObject, isCovered, type PolicyRule } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { describeRule } from "./rbac/describe.ts";
import {
  controlAdmission,
  createTokens,
  escalate,
  executeInPods,
  type Permission,
  reachKubelets,
  readSecrets,
} from "./rbac/permissions.ts";

const PREFIX = "rbac.authorization.k8s.io/aggregate-to-";

/** What each of the roles is not meant to hold. `view` may not see Secrets, and changes nothing. */
const strangers: ReadonlyMap<string, readonly Permission[]> = new Map([
  ["view", [readSecrets, executeInPods, createTokens, escalate, reachKubelets, controlAdmission]],
  ["edit", [escalate, reachKubelets, controlAdmission]],
  ["admin", [escalate, reachKubelets, controlAdmission]],
]);

const reading = ["get", "list", "watch"];

function wrongOf(target: string, rule: PolicyRule): { action: string; severity: RatedSeverity } | undefined {
  const permission = strangers.get(target)?.find(({ requests }) => requests.some((request) => allows(rule, request)));
  if (permission !== undefined) return { action: permission.action, severity: "high" };
  if (target !== "view" || rule.verbs.every((verb) => reading.includes(verb))) return undefined;
  return { action: "change objects", severity: "medium" };
}

/** Rules that are put into `admin`, `edit` and `view`, or come there by a label (Kubernetes documentation, aggregated ClusterRoles). */
export const rbacAggregatedRole = clusterCheck<"access">({
  name: "rbac-aggregated-role",
  title: "Dangerous rules aggregated into view, edit or admin",
  severity: "high",
  withoutControl: "none of the ten is about permissions (RBAC)",
  documentation: {
    what: "Checks ClusterRoles with a label `rbac.authorization.k8s.io/aggregate-to-…`, and those that are called `view`, `edit` or `admin` themselves. Reported: rules that `view` is not meant to hold (Secrets, commands in pods, any change) and such as none of the three is: `escalate`, `bind`, `impersonate` of users, the kubelets' interface, admission. What Kubernetes publishes for its own roles is known, and what they hold beyond that is found.",
    why: "Everyone who has `view`, `edit` or `admin` anywhere gets the rules, without any binding that shows it.",
    fix: "Take the rule out of the role, or the label off it, and bind the role where it is needed.",
    references: ["https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles"],
  },
  needs: { manifests: "partial", access: "partial" },
  applies: ({ access }) => access.roles.length > 0,
  *detect({ access }) {
    for (const role of access.roles) {
      const [first] = role.objects;
      if (first === undefined || first.kind !== "ClusterRole") continue;
      for (const target of strangers.keys()) {
        const labelled = role.objects.find(({ labels }) => labels[PREFIX + target] === "true");
        if (labelled === undefined && first.name !== target) continue;
        for (const { rule, path, object: stating, through } of role.rules) {
          const wrong = wrongOf(target, rule);
          if (wrong === undefined || stating === undefined || isCovered(rule, role.published ?? [])) continue;
          // Into the three themselves it comes by a label of the role that states it, which is found there.
          if (through !== undefined && strangers.has(first.name)) continue;
          yield {
            object: stating,
            path,
            subject: `${describeObject(first)} to ${target}: ${describeRule(rule)}`,
            title: `Subjects with ${target} can ${wrong.action}, through this role${labelled === undefined ? "" : "'s label"}`,
            severity: wrong.severity,
            fix: labelled === undefined ? "remove the rule" : "remove the rule or the label",
            ...(labelled === undefined
              ? {}
              : { also: [{ object: labelled, path: ["metadata", "labels", PREFIX + target] }] }),
          };
        }
      }
    }
  },
});
