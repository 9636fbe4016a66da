/** What the roles that were read give to the account that a pod runs as. */
import type { Manifests, RoleBinding, ServiceAccount, Subject, Workload } from "../../../engines/kubernetes/model.ts";

export interface PodAccount {
  readonly namespace: string;
  readonly name: string;
  /** Where it is among what was read. */
  readonly account?: ServiceAccount | undefined;
  /** Whether the pod gets its token, and what says so. */
  readonly token: "pod" | "account" | "default" | undefined;
  /** Bindings that name it, or the group of its namespace's accounts. That every account is in says nothing of it. */
  readonly bindings: readonly RoleBinding[];
}

/** Which account the pod is, and what it has: the API server's rules of ServiceAccount admission. */
export function accountOf({ object, pod }: Workload, manifests: Manifests): PodAccount {
  const namespace = object.namespace ?? "default";
  const name = pod.serviceAccountName || "default";
  const index = indexOf(manifests);
  const account = index.accounts.get(`${namespace}/${name}`);
  return {
    namespace,
    name,
    account,
    token: tokenOf(pod.automountServiceAccountToken, account?.automountServiceAccountToken),
    bindings: [...(index.bound.get(`${namespace}/${name}`) ?? []), ...(index.groups.get(namespace) ?? [])],
  };
}

/** The pod's word goes before the account's; where neither says, it is mounted. */
function tokenOf(pod: boolean | undefined, account: boolean | undefined): PodAccount["token"] {
  if (pod !== undefined) return pod ? "pod" : undefined;
  if (account !== undefined) return account ? "account" : undefined;
  return "default";
}

interface AccountIndex {
  readonly accounts: ReadonlyMap<string, ServiceAccount>;
  /** `namespace/name` → bindings that name it. */
  readonly bound: ReadonlyMap<string, readonly RoleBinding[]>;
  /** Namespace → bindings of the group of its accounts. */
  readonly groups: ReadonlyMap<string, readonly RoleBinding[]>;
}

const indexes = new WeakMap<Manifests, AccountIndex>();

function indexOf(manifests: Manifests): AccountIndex {
  const known = indexes.get(manifests);
  if (known !== undefined) return known;
  const bound = new Map<string, RoleBinding[]>();
  const groups = new Map<string, RoleBinding[]>();
  for (const binding of manifests.bindings) {
    for (const subject of binding.subjects) {
      const of = accountNamed(subject, binding);
      if (of !== undefined) add(bound, of, binding);
      const group = /^system:serviceaccounts:([^:]+)$/.exec(subject.kind === "Group" ? subject.name : "")?.[1];
      if (group !== undefined) add(groups, group, binding);
    }
  }
  const accounts = new Map(manifests.serviceAccounts.map((one) => [keyOf(one), one]));
  const index = { accounts, bound, groups };
  indexes.set(manifests, index);
  return index;
}

function keyOf({ object }: ServiceAccount): string {
  return `${object.namespace ?? "default"}/${object.name}`;
}

/** A user of that name is the account, too (Kubernetes, "Authenticating", service account tokens). */
function accountNamed({ kind, name, namespace }: Subject, { object }: RoleBinding): string | undefined {
  if (kind === "ServiceAccount") return `${namespace ?? object.namespace ?? "default"}/${name}`;
  const [, inNamespace, called] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(kind === "User" ? name : "") ?? [];
  return inNamespace === undefined ? undefined : `${inNamespace}/${called}`;
}

function add(to: Map<string, RoleBinding[]>, key: string, binding: RoleBinding): void {
  const others = to.get(key);
  if (others === undefined) to.set(key, [binding]);
  else if (others.at(-1) !== binding) others.push(binding);
}
