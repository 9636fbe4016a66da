/** What the service accounts of a namespace may do beyond it. */
import {
  type Access,
  accountOf,
  firstByName,
  type Grant,
  type GrantedRule,
} from "../../../engines/kubernetes/model.ts";
import { givesEverything, hitsOf, isFarReaching, type Permission, strongPermissions } from "./permissions.ts";

export interface Reach {
  /** `namespace/name` */
  readonly account: string;
  readonly action: string;
  readonly grant: Grant;
  readonly rules: readonly GrantedRule[];
}

/** Of each account that has one, its strongest permission in the whole cluster or in kube-system, by namespace. */
export function reachByNamespace(access: Access): ReadonlyMap<string, readonly Reach[]> {
  const accounts = new Map<string, { namespace: string; name: string }>();
  for (const account of access.serviceAccounts) {
    const slash = account.indexOf("/");
    accounts.set(account, { namespace: account.slice(0, slash), name: account.slice(slash + 1) });
  }
  for (const { subjects } of access.grants) {
    for (const subject of subjects) {
      const account = accountOf(subject);
      if (account !== undefined) accounts.set(`${account.namespace}/${account.name}`, account);
    }
  }
  const lookups = [
    firstByName(access, everything),
    ...strongPermissions.map((permission) => firstByName(access, (grant) => strongly(grant, permission))),
  ];
  const found = new Map<string, Reach[]>();
  for (const [account, { namespace, name }] of accounts) {
    const subject = { kind: "ServiceAccount", namespace, name };
    let strongest: Omit<Reach, "account"> | undefined;
    for (const lookup of lookups) strongest ??= lookup(subject);
    if (strongest === undefined) continue;
    const list = found.get(namespace);
    if (list === undefined) found.set(namespace, [{ account, ...strongest }]);
    else list.push({ account, ...strongest });
  }
  return found;
}

function everything(grant: Grant): Omit<Reach, "account"> | undefined {
  const rules = isFarReaching(grant) ? grant.role.rules.filter(({ rule }) => givesEverything(rule)) : [];
  return rules.length === 0 ? undefined : { action: "do everything", grant, rules };
}

function strongly(grant: Grant, permission: Permission): Omit<Reach, "account"> | undefined {
  const hits = isFarReaching(grant) ? hitsOf(grant, permission) : [];
  return hits.length === 0 ? undefined : { action: permission.action, grant, rules: hits.map(({ rule }) => rule) };
}
