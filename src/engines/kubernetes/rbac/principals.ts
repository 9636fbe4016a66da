import type { Access, Grant } from "../access-model.ts";
import type { Subject } from "../rbac-model.ts";

/** A service account as a subject, with the groups that it is in (Kubernetes reference, "Service account groups"). */
function namesOf(subject: Subject): readonly Subject[] {
  const account = accountOf(subject);
  if (account === undefined) {
    if (subject.kind !== "User") return [subject];
    const everyone = subject.name === "system:anonymous" ? "system:unauthenticated" : "system:authenticated";
    return [subject, { kind: "Group", name: everyone }];
  }
  const { namespace, name } = account;
  return [
    { kind: "ServiceAccount", namespace, name },
    { kind: "User", name: `system:serviceaccount:${namespace}:${name}` },
    { kind: "Group", name: `system:serviceaccounts:${namespace}` },
    { kind: "Group", name: "system:serviceaccounts" },
    { kind: "Group", name: "system:authenticated" },
  ];
}

/** The service account that a subject is, by either of its names. */
export function accountOf({ kind, name, namespace }: Subject): { namespace: string; name: string } | undefined {
  if (kind === "ServiceAccount") return { namespace: namespace ?? "", name };
  if (kind !== "User" || !name.startsWith("system:serviceaccount:")) return undefined;
  const [, , inNamespace, account, ...rest] = name.split(":");
  if (inNamespace === undefined || account === undefined || rest.length > 0) return undefined;
  return { namespace: inNamespace, name: account };
}

const keyOf = ({ kind, namespace = "", name }: Subject): string =>
  `${kind}/${kind === "ServiceAccount" ? namespace : ""}/${name}`;

/**
 * For looking up what somebody is given, in their own name and through their groups: of each name the first grant's answer
 * is kept, so that asking costs the same however many grants there are.
 */
export function firstByName<T>(
  access: Pick<Access, "grants">,
  pick: (grant: Grant) => T | undefined,
): (subject: Subject) => T | undefined {
  const first = new Map<string, T>();
  for (const grant of access.grants) {
    const picked = grant.subjects.length === 0 ? undefined : pick(grant);
    if (picked === undefined) continue;
    for (const subject of grant.subjects) {
      const key = keyOf(subject);
      if (!first.has(key)) first.set(key, picked);
    }
  }
  return (subject) => {
    for (const name of namesOf(subject)) {
      const found = first.get(keyOf(name));
      if (found !== undefined) return found;
    }
    return undefined;
  };
}
