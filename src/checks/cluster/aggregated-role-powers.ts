import type { RatedSeverity } from "../../core/severity.ts";
import { allows, describeObject, isCovered, type PolicyRule } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import {
  controlAdmission,
  createTokens,
  escalate,
  executeInPods,
  type Power,
  reachKubelets,
  readSecrets,
} from "./rbac/powers.ts";

const PREFIX = "rbac.authorization.k8s.io/aggregate-to-";

/** What each of the roles is not meant to hold. `view` may not see Secrets, and changes nothing. */
const strangers: ReadonlyMap<string, readonly Power[]> = new Map([
  ["view", [readSecrets, executeInPods, createTokens, escalate, reachKubelets, controlAdmission]],
  ["edit", [escalate, reachKubelets, controlAdmission]],
  ["admin", [escalate, reachKubelets, controlAdmission]],
]);

const reading = ["get", "list", "watch"];

function wrongOf(target: string, rule: PolicyRule): { does: string; severity: RatedSeverity } | undefined {
  const power = strangers.get(target)?.find(({ requests }) => requests.some((request) => allows(rule, request)));
  if (power !== undefined) return { does: power.does, severity: "high" };
  if (target !== "view" || rule.verbs.every((verb) => reading.includes(verb))) return undefined;
  return { does: "change objects", severity: "medium" };
}

/** Rules that come into `admin`, `edit` and `view` by a label (Kubernetes documentation, aggregated ClusterRoles). */
export const aggregatedRolePowers = clusterCheck<"access">({
  name: "aggregated-role-powers",
  title: "Dangerous rules aggregated into admin, edit or view",
  severity: "high",
  documentation: {
    what: "Looks at ClusterRoles with a label `rbac.authorization.k8s.io/aggregate-to-…`. Found are rules that `view` is not meant to hold (Secrets, commands in pods, any change) and such as none of the three is: `escalate`, `bind`, `impersonate` of users, the kubelets' interface, admission. Kubernetes' own roles are known.",
    why: "The label gives the rules to everybody who has `view`, `edit` or `admin` anywhere, without any binding that shows it.",
    fix: "Take the rule out of the role, or the label off it, and bind the role where it is needed.",
    references: ["https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles"],
  },
  needs: { manifests: "witness", access: "witness" },
  applies: ({ access }) => access.roles.length > 0,
  *spot({ access }) {
    for (const { object, rules } of access.roles) {
      if (
        object === undefined ||
        object.kind !== "ClusterRole" ||
        (object.labels["kubernetes.io/bootstrapping"] === "rbac-defaults" &&
          isOwn(
            object.name,
            rules.map(({ rule }) => rule),
          ))
      )
        continue;
      for (const target of strangers.keys()) {
        if (object.labels[PREFIX + target] !== "true") continue;
        for (const { rule, path, object: stating } of rules) {
          const wrong = wrongOf(target, rule);
          if (wrong === undefined || stating === undefined) continue;
          yield {
            object: stating,
            path,
            subject: `${describeObject(object)} to ${target}: ${wrong.does}`,
            title: `Everybody with ${target} may ${wrong.does}, by this role's label`,
            severity: wrong.severity,
            fix: "take the rule out, or the label off",
            also: [{ object, path: ["metadata", "labels", PREFIX + target] }],
          };
        }
      }
    }
  },
});

/** What Kubernetes itself puts there: it impersonates service accounts and nobody else, and escalates nothing. */
function isOwn(name: string, rules: readonly PolicyRule[]): boolean {
  if (
    ![
      "admin",
      "edit",
      "view",
      "system:aggregate-to-admin",
      "system:aggregate-to-edit",
      "system:aggregate-to-view",
    ].includes(name)
  )
    return false;
  const allowed: PolicyRule = {
    verbs: ["impersonate"],
    apiGroups: [""],
    resources: ["serviceaccounts"],
    resourceNames: [],
    nonResourceURLs: [],
  };
  return rules.every((rule) => isCovered(rule, [allowed]) || wrongOf("edit", rule) === undefined);
}
