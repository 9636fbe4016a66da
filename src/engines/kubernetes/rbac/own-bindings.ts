/** Which bindings are Kubernetes' own, and which of them hold although nothing states them. */

import { effectiveNamespace } from "../object.ts";
import type { KubernetesObject } from "../object-model.ts";
import type { PolicyRule, Role, RoleBinding, Subject } from "../rbac-model.ts";
import { publishedClusterRoles } from "./published.ts";
import {
  type PublishedBinding,
  publishedClusterBindings,
  publishedNamespacedRules,
  publishedRole,
  publishedRoleBindings,
} from "./published-bindings.ts";
import type { StatedRoles } from "./roles.ts";

const BOOTSTRAPPED = { "kubernetes.io/bootstrapping": "rbac-defaults" };
const GROUP = "rbac.authorization.k8s.io";

/**
 * The published rules of the role, where the binding is one that every cluster has: by its name, its label where it has one,
 * its role and its subjects, so that nobody hides by a name alone.
 */
export function publishedFor(
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
  return publishedNamespacedRules.get(key) ?? publishedRole(`${namespace}/${role}`)?.rules ?? [];
}

/**
 * The bindings that every cluster has for a role that the files state anew: whoever they are for gets what the files put into
 * it. Where the files state the binding as well, with all of its subjects, that one stands for it.
 */
export function impliedBindings(stated: StatedRoles, bindings: readonly RoleBinding[]): readonly RoleBinding[] {
  if (![...stated.clusterRoles.keys(), ...stated.roles.keys()].some((name) => MAY_BE_BOUND.has(name))) return [];
  const byName = Map.groupBy(bindings, ({ object }) => keyOf(object));
  const implied: RoleBinding[] = [];
  const add = (key: string, known: PublishedBinding, role: Role | undefined, namespace?: string): void => {
    if (role === undefined || known.subjects.length === 0) return;
    const made = madeOf(key, known, role, namespace);
    const isStated = (byName.get(keyOf(made.object)) ?? []).some(
      (binding) =>
        publishedFor(binding, binding.subjects, namespace) !== undefined &&
        known.subjects.every((subject) => binding.subjects.some((each) => isSame(each, subject))),
    );
    if (!isStated) implied.push(made);
  };
  for (const [key, known] of publishedClusterBindings) add(key, known, stated.clusterRoles.get(known.role)?.[0]);
  for (const [key, known] of publishedRoleBindings) {
    const namespace = key.slice(0, key.indexOf("/"));
    add(key, known, stated.roles.get(`${namespace}/${known.role}`)?.[0], namespace);
  }
  return implied;
}

const MAY_BE_BOUND: ReadonlySet<string> = new Set([
  ...publishedClusterBindings.values().map(({ role }) => role),
  ...publishedRoleBindings.entries().map(([key, { role }]) => `${key.slice(0, key.indexOf("/"))}/${role}`),
]);

/** It has no place of its own: the role's is shown. */
function madeOf(key: string, known: PublishedBinding, { object }: Role, namespace: string | undefined): RoleBinding {
  const { namespace: _, raw: __, ...rest } = object;
  return {
    object: {
      ...rest,
      kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
      name: namespace === undefined ? key : key.slice(namespace.length + 1),
      ...(namespace === undefined ? {} : { namespace }),
      labels: known.labelled ? BOOTSTRAPPED : {},
      annotations: {},
    },
    roleRef: { apiGroup: GROUP, kind: namespace === undefined ? "ClusterRole" : "Role", name: known.role },
    subjects: known.subjects,
  };
}

function keyOf(object: KubernetesObject): string {
  const namespace = object.kind === "ClusterRoleBinding" ? "" : effectiveNamespace(object);
  return `${object.kind} ${namespace}/${object.name}`;
}

function isSame(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && a.name === b.name && (a.namespace ?? "") === (b.namespace ?? "");
}
