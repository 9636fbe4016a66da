import type { RatedSeverity } from "../../core/severity.ts";
import { type Access, isCovered, type PolicyRule, type Subject } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { describeRules, nameSubjects, pathOf, placesOf, subjectOf, whereIt } from "./rbac/describe.ts";
import { showsInsides } from "./rbac/insides.ts";

/** Who each of them is. */
const everyone: ReadonlyMap<string, { who: string; severity: RatedSeverity }> = new Map([
  ["User system:anonymous", { who: "any client that reaches the API server", severity: "critical" }],
  ["Group system:unauthenticated", { who: "any client that reaches the API server", severity: "critical" }],
  ["Group system:authenticated", { who: "every authenticated user", severity: "high" }],
  ["Group system:serviceaccounts", { who: "every pod with a token", severity: "high" }],
]);

/** What everybody has by Kubernetes' own bindings, and reviews of one's own rights. */
function isHarmless({ apiGroups, resources, nonResourceURLs, verbs }: PolicyRule): boolean {
  if (resources.length === 0) return !nonResourceURLs.some(showsInsides);
  return (
    verbs.every((verb) => verb === "create") &&
    apiGroups.every((group) => group === "authorization.k8s.io" || group === "authentication.k8s.io") &&
    resources.every((resource) => resource.startsWith("self"))
  );
}

function reads(rules: readonly { rule: PolicyRule }[]): boolean {
  return rules.every(({ rule }) => rule.verbs.every((verb) => ["get", "list", "watch"].includes(verb)));
}

/** Bindings for groups that hold everybody (Kubernetes documentation, "Using RBAC Authorization", discovery roles). */
export const rbacEveryone = clusterCheck<"access">({
  name: "rbac-everyone",
  title: "Bindings to anonymous or all authenticated users",
  severity: "critical",
  withoutControl: "none of the ten is about permissions (RBAC)",
  documentation: {
    what: "Checks for bindings whose subject is `system:anonymous`, `system:unauthenticated`, `system:authenticated` or `system:serviceaccounts`. For those without credentials it is critical, else high, and one level less where the role only reads and not Secrets, or was not read: then nobody declares what it gives, and anyone who makes it decides. Not reported: discovery, health and version, which everyone has in every cluster.",
    why: "These groups are not a circle of people. In many clusters everyone in the organisation, and with some providers everyone with an account there, is authenticated; an anonymous caller is anybody who reaches the port.",
    fix: "Bind the users, groups or service accounts that need it.",
    references: [
      "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles",
      "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests",
    ],
  },
  needs: { manifests: "partial", access: "partial" },
  applies: ({ access }) => access.grants.length > 0,
  *detect({ access }) {
    for (const grant of access.grants) {
      const found = grant.subjects.filter((subject) => everyone.has(keyOf(subject)));
      if (found.length === 0) continue;
      const rules = grant.role.rules.filter(({ rule }) => !isHarmless(rule) && !isCovered(rule, grant.published ?? []));
      const { role, published } = grant;
      const isUndeclared =
        role.origin === "missing" &&
        role.published === undefined &&
        published === undefined &&
        mayKnow(access, role.name);
      if (rules.length === 0 && !isUndeclared) continue;
      const all = found.flatMap((subject) => everyone.get(keyOf(subject)) ?? []);
      const worst = all.find(({ severity }) => severity === "critical") ?? all[0];
      if (worst === undefined) continue;
      const less = worst.severity === "critical" ? "high" : "medium";
      if (isUndeclared) {
        yield {
          object: grant.binding.object,
          path: ["subjects", grant.subjects.indexOf(found[0] as Subject)],
          subject: subjectOf(grant, "a role that nobody declares"),
          title: `${nameSubjects(found)} (${worst.who}) has ${role.name} ${whereIt(grant)}, which was not read`,
          severity: less,
          fix: "bind only the subjects that need the role, or remove the binding",
          evidence: { path: pathOf(grant, rules) },
        };
        continue;
      }
      const secrets = rules.some(({ rule }) => rule.resources.includes("*") || rule.resources.includes("secrets"));
      yield {
        object: grant.binding.object,
        path: ["subjects", grant.subjects.indexOf(found[0] as Subject)],
        subject: subjectOf(grant, describeRules(rules)),
        title: `${nameSubjects(found)} (${worst.who}) has ${grant.role.name} ${whereIt(grant)}`,
        severity: reads(rules) && !secrets ? less : worst.severity,
        fix: "bind only the subjects that need the role",
        also: placesOf(rules),
        evidence: { path: pathOf(grant, rules) },
      };
    }
  },
});

/** Of a cluster that did not list its roles nobody can say that one is not there. */
function mayKnow({ live, roles }: Access, name: string): boolean {
  const kind = name.slice(0, name.indexOf(" ") + 1);
  return !live || roles.some((role) => role.name.startsWith(kind));
}

function keyOf({ kind, name }: Subject): string {
  return `${kind} ${name}`;
}
