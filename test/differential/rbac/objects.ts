/** A world as objects of the API. */
import type { World, WorldSubject } from "./world.ts";

const RBAC = "rbac.authorization.k8s.io";

/** @param prefix - keeps one world apart from the others of a server; empty: there are no others */
export function objectsOf({ roles, bindings }: World, prefix: string): readonly object[] {
  const named = (name: string): string => (name === "cluster-admin" ? name : prefix + name);
  return [
    ...roles.map(({ name, namespace, rules }) => ({
      apiVersion: `${RBAC}/v1`,
      kind: namespace === undefined ? "ClusterRole" : "Role",
      metadata: { name: prefix + name, ...(namespace === undefined ? {} : { namespace }) },
      rules,
    })),
    ...bindings.map(({ namespace, role, subjects }, index) => ({
      apiVersion: `${RBAC}/v1`,
      kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
      metadata: { name: `${prefix}b${index}`, ...(namespace === undefined ? {} : { namespace }) },
      roleRef: { apiGroup: RBAC, kind: role.kind, name: named(role.name) },
      subjects: subjects.map((subject) => subjectFor(subject, prefix)),
    })),
  ];
}

function subjectFor({ kind, name, namespace }: WorldSubject, prefix: string): object {
  if (kind === "ServiceAccount") return { kind, name: prefix + name, namespace };
  return { apiGroup: RBAC, kind, name: kind === "Group" ? prefix + name : userFor(name, prefix) };
}

/** Of a service account the last part. */
export function userFor(name: string, prefix: string): string {
  const account = name.startsWith("system:serviceaccount:") ? name.lastIndexOf(":") + 1 : 0;
  return name.slice(0, account) + prefix + name.slice(account);
}
