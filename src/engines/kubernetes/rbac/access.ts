import { bounds } from "../../../core/bounds.ts";
import type { Access, Grant, GrantedRule, ResolvedRole } from "../access-model.ts";
import type { Manifests } from "../model.ts";
import { describeObject, effectiveNamespace } from "../object.ts";
import type { LabelSelector, PolicyRule, Role, RoleBinding, Subject } from "../rbac-model.ts";
import { publishedClusterRoles, publishedRoles } from "./published.ts";
import {
  type PublishedBinding,
  publishedClusterBindings,
  publishedNamespacedRules,
  publishedRoleBindings,
} from "./published-bindings.ts";

/** What of the access was not to be known, for the evidence's gaps. */
export interface AccessGap {
  /** `rbac.missing-role`, `rbac.bound` */
  readonly code: string;
  readonly reason: string;
}

/** What is left for putting aggregated roles together; below zero where it was not enough. */
interface Budget {
  steps: number;
}

/** Works out what every binding gives. Never throws for what the objects hold. */
export function resolveAccess(
  manifests: Pick<Manifests, "roles" | "bindings" | "serviceAccounts">,
): Access & { readonly gaps: readonly AccessGap[] } {
  const clusterRoles = new Map<string, Role>();
  const roles = new Map<string, Role>();
  for (const role of manifests.roles) {
    if (role.object.kind === "ClusterRole") clusterRoles.set(role.object.name, role);
    else roles.set(`${effectiveNamespace(role.object)}/${role.object.name}`, role);
  }
  const resolved = new Map<string, ResolvedRole>();
  const budget: Budget = { steps: bounds.rbacAggregationSteps };
  let granted = 0;
  const labelled = [...clusterRoles.values()].filter(({ object }) => Object.keys(object.labels).length > 0);

  function clusterRole(name: string): ResolvedRole {
    const key = `ClusterRole ${name}`;
    let role = resolved.get(key);
    if (role === undefined) {
      role = resolveClusterRole(name, clusterRoles, labelled, budget);
      resolved.set(key, role);
    }
    return role;
  }

  function namespacedRole(key: string): ResolvedRole {
    const name = `Role ${key}`;
    const role = roles.get(key);
    if (role !== undefined) return { name, object: role.object, origin: "read", rules: ownRules(role, name) };
    const known = publishedRoles.get(key);
    if (known === undefined) return { name, origin: "missing", rules: [] };
    return { name, origin: "published", rules: publishedRules(known.rules, name) };
  }

  const gaps = new Map<string, AccessGap>();
  const grants = manifests.bindings.map((binding): Grant => {
    const { object, roleRef } = binding;
    const namespace = object.kind === "ClusterRoleBinding" ? undefined : effectiveNamespace(object);
    let role =
      roleRef.kind === "Role" && namespace !== undefined
        ? namespacedRole(`${namespace}/${roleRef.name}`)
        : clusterRole(roleRef.name);
    granted += role.rules.length;
    if (granted > bounds.rbacGrantedRules) {
      role = { name: role.name, origin: "missing", rules: [] };
      const reason = `the bindings give more than ${bounds.rbacGrantedRules} rules: those from ${describeObject(object)} on are not looked at`;
      if (!gaps.has("")) gaps.set("", { code: "rbac.bound", reason });
    }
    const subjects = binding.subjects.map((subject) => completed(subject, namespace));
    const published = publishedFor(binding, subjects, namespace);
    if (
      granted <= bounds.rbacGrantedRules &&
      role.origin === "missing" &&
      published === undefined &&
      subjects.length > 0
    ) {
      const reason = `${describeObject(object)} gives ${role.name}, which was not read: what it gives is not known`;
      gaps.set(role.name, { code: "rbac.missing-role", reason });
    }
    return {
      binding,
      ...(namespace === undefined ? {} : { namespace }),
      role,
      subjects,
      ...(published === undefined ? {} : { published }),
    };
  });
  const resolvedRoles = [...[...clusterRoles.keys()].map(clusterRole), ...[...roles.keys()].map(namespacedRole)];
  if (budget.steps < 0) {
    gaps.set("aggregated", {
      code: "rbac.bound",
      reason: "there are too many aggregated roles to put together: some lack rules",
    });
  }
  const sources = [...manifests.roles, ...manifests.bindings, ...manifests.serviceAccounts];
  return {
    grants,
    roles: resolvedRoles,
    serviceAccounts: new Set(
      manifests.serviceAccounts.map(({ object }) => `${effectiveNamespace(object)}/${object.name}`),
    ),
    live: sources.some(({ object }) => object.source.kind === "cluster"),
    gaps: named([...gaps.values()]),
  };
}

/** Not more than are read; what is over is counted. */
function named(gaps: readonly AccessGap[]): readonly AccessGap[] {
  const over = gaps.length - bounds.kubernetesDocumentGaps;
  if (over <= 0) return gaps;
  const reason = `${over} more roles that bindings give were not read`;
  return [...gaps.slice(0, bounds.kubernetesDocumentGaps), { code: "rbac.missing-role", reason }];
}

function resolveClusterRole(
  called: string,
  clusterRoles: ReadonlyMap<string, Role>,
  labelled: readonly Role[],
  budget: Budget,
): ResolvedRole {
  const name = `ClusterRole ${called}`;
  const role = clusterRoles.get(called);
  const known = publishedClusterRoles.get(called);
  if (role !== undefined) {
    const selectors = role.aggregationRule?.clusterRoleSelectors;
    if (selectors === undefined) return { name, object: role.object, origin: "read", rules: ownRules(role, name) };
    const rules = aggregated(called, selectors, clusterRoles, labelled, budget);
    const seen = new Set(rules.map(({ rule }) => JSON.stringify(rule)));
    // A cluster's controller writes the rules that it collects into the role: they count once, where they come from.
    const own = ownRules(role, name).filter(({ rule }) => !seen.has(JSON.stringify(rule)));
    return { name, object: role.object, origin: "read", rules: [...rules, ...own] };
  }
  if (known === undefined) return { name, origin: "missing", rules: [] };
  const selectors =
    known.aggregates === undefined ? [] : [{ matchLabels: { [known.aggregates]: "true" }, matchExpressions: [] }];
  return {
    name,
    origin: known.whole ? "published" : "missing",
    rules: [...publishedRules(known.rules, name), ...aggregated(called, selectors, clusterRoles, labelled, budget)],
  };
}

/** Of all that the selectors name, and of what those aggregate in turn. */
function aggregated(
  called: string,
  selectors: readonly LabelSelector[],
  clusterRoles: ReadonlyMap<string, Role>,
  labelled: readonly Role[],
  budget: Budget,
): GrantedRule[] {
  const through = `ClusterRole ${called}`;
  const seen = new Set([called]);
  const rules: GrantedRule[] = [];
  let open = [...selectors];
  while (open.length > 0) {
    const next: LabelSelector[] = [];
    // An empty selector takes in every role, those without labels too.
    const candidates = open.some(isOpen) ? [...clusterRoles.values()] : labelled;
    for (const role of candidates) {
      budget.steps -= 1 + open.length;
      if (budget.steps < 0) return rules;
      const { name, labels } = role.object;
      if (seen.has(name) || !open.some((selector) => selects(selector, labels))) continue;
      seen.add(name);
      if (role.aggregationRule === undefined) {
        budget.steps -= role.rules.length;
        for (const rule of ownRules(role, `ClusterRole ${name}`)) rules.push({ ...rule, through });
      } else next.push(...role.aggregationRule.clusterRoleSelectors);
    }
    open = next;
  }
  return rules;
}

/** Whether it can hold for what has no labels. */
function isOpen({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return (
    Object.keys(matchLabels).length === 0 &&
    matchExpressions.every(({ operator }) => operator === "NotIn" || operator === "DoesNotExist")
  );
}

function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const value = (key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  return (
    Object.entries(matchLabels).every(([key, wanted]) => value(key) === wanted) &&
    matchExpressions.every(({ key, operator, values }) => {
      const has = value(key);
      if (operator === "In") return has !== undefined && values.includes(has);
      if (operator === "NotIn") return has === undefined || !values.includes(has);
      if (operator === "Exists") return has !== undefined;
      return operator === "DoesNotExist" && has === undefined;
    })
  );
}

function ownRules(role: Role, name: string): GrantedRule[] {
  return role.rules.map((rule, index) => ({ rule, role: name, object: role.object, path: ["rules", index] }));
}

function publishedRules(rules: readonly PolicyRule[], role: string): GrantedRule[] {
  return rules.map((rule, index) => ({ rule, role, path: ["rules", index] }));
}

function completed(subject: Subject, namespace: string | undefined): Subject {
  if (subject.kind !== "ServiceAccount" || subject.namespace !== undefined || namespace === undefined) return subject;
  return { ...subject, namespace };
}

/**
 * The published rules of the role, where the binding is one that every cluster has: by its name, its label where it has one,
 * its role and its subjects, so that nobody hides by a name alone.
 */
function publishedFor(
  { object, roleRef }: RoleBinding,
  subjects: readonly Subject[],
  namespace: string | undefined,
): readonly PolicyRule[] | undefined {
  const key = namespace === undefined ? object.name : `${namespace}/${object.name}`;
  const known = (namespace === undefined ? publishedClusterBindings : publishedRoleBindings).get(key);
  if (known === undefined || roleRef.name !== known.role) return undefined;
  if (roleRef.kind !== (namespace === undefined ? "ClusterRole" : "Role")) return undefined;
  if (known.labelled && object.labels["kubernetes.io/bootstrapping"] !== "rbac-defaults") return undefined;
  if (!subjects.every((subject) => known.subjects.some((each) => isSame(each, subject)))) return undefined;
  return rulesOf(known, key, namespace);
}

function rulesOf({ role }: PublishedBinding, key: string, namespace: string | undefined): readonly PolicyRule[] {
  if (namespace === undefined) return publishedClusterRoles.get(role)?.rules ?? [];
  return publishedNamespacedRules.get(key) ?? publishedRoles.get(`${namespace}/${role}`)?.rules ?? [];
}

function isSame(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && a.name === b.name && (a.namespace ?? "") === (b.namespace ?? "");
}
