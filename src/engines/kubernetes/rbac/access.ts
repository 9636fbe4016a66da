import type { Access, Grant } from "../access-model.ts";
import { bounds } from "../bounds.ts";
import type { Manifests } from "../model.ts";
import { describeObject, effectiveNamespace } from "../object.ts";
import type { RoleBinding, Subject } from "../rbac-model.ts";
import type { Budget } from "./aggregation.ts";
import { impliedBindings, publishedFor } from "./own-bindings.ts";
import { type RoleNamed, roleResolver, statedRoles } from "./roles.ts";

/** What of the access was not to be known, for the evidence's gaps. */
export interface AccessGap {
  /** `rbac.missing-role`, `rbac.bound` */
  readonly code: string;
  readonly reason: string;
}

/** Works out what every binding gives. Never throws for what the objects hold. */
export function resolveAccess(
  manifests: Pick<Manifests, "roles" | "bindings" | "serviceAccounts">,
): Access & { readonly gaps: readonly AccessGap[] } {
  const sources = [...manifests.roles, ...manifests.bindings, ...manifests.serviceAccounts];
  const live = sources.some(({ object }) => object.source.kind === "cluster");
  const stated = statedRoles(manifests.roles);
  const budget: Budget = { steps: bounds.rbacAggregationSteps };
  const roleNamed = roleResolver(stated, { live, budget });
  const { gaps, grantOf } = granting(roleNamed);
  const grants = [
    ...manifests.bindings.map((binding) => grantOf(binding, false)),
    ...(live ? [] : impliedBindings(stated, manifests.bindings).map((binding) => grantOf(binding, true))),
  ];
  const roles = [
    ...[...stated.clusterRoles.keys()].map((name) => roleNamed(undefined, name)),
    ...[...stated.roles.values()].flatMap(([first]) =>
      first === undefined ? [] : [roleNamed(effectiveNamespace(first.object), first.object.name)],
    ),
  ];
  if (budget.steps < 0) {
    gaps.set("aggregated", {
      code: "rbac.bound",
      reason: "too many aggregated roles: some lack rules",
    });
  }
  return {
    grants,
    roles,
    serviceAccounts: new Set(
      manifests.serviceAccounts.map(({ object }) => `${effectiveNamespace(object)}/${object.name}`),
    ),
    live,
    gaps: named([...gaps.values()]),
  };
}

function granting(roleNamed: RoleNamed): {
  readonly gaps: Map<string, AccessGap>;
  grantOf(binding: RoleBinding, implied: boolean): Grant;
} {
  const gaps = new Map<string, AccessGap>();
  let granted = 0;
  function grantOf(binding: RoleBinding, implied: boolean): Grant {
    const { object, roleRef } = binding;
    const namespace = object.kind === "ClusterRoleBinding" ? undefined : effectiveNamespace(object);
    let role = roleNamed(roleRef.kind === "Role" ? namespace : undefined, roleRef.name);
    granted += role.rules.length;
    if (granted > bounds.rbacGrantedRules) {
      role = { name: role.name, objects: [], origin: "missing", rules: [] };
      const reason = `bindings grant more than ${bounds.rbacGrantedRules} rules: those from ${describeObject(object)} on were not read`;
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
      const reason = `${describeObject(object)} binds ${role.name}, which was not found: its permissions are unknown`;
      gaps.set(role.name, { code: "rbac.missing-role", reason });
    }
    return {
      binding,
      ...(namespace === undefined ? {} : { namespace }),
      role,
      subjects,
      ...(published === undefined ? {} : { published }),
      ...(implied ? { implied: true as const } : {}),
    };
  }
  return { gaps, grantOf };
}

/** Not more than are read; what is over is counted. */
function named(gaps: readonly AccessGap[]): readonly AccessGap[] {
  const over = gaps.length - bounds.kubernetesDocumentGaps;
  if (over <= 0) return gaps;
  const reason = `${over} more bound roles were not found`;
  return [...gaps.slice(0, bounds.kubernetesDocumentGaps), { code: "rbac.missing-role", reason }];
}

function completed(subject: Subject, namespace: string | undefined): Subject {
  if (subject.kind !== "ServiceAccount" || subject.namespace !== undefined || namespace === undefined) return subject;
  return { ...subject, namespace };
}
