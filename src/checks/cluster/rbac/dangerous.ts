/** All that a binding gives of what the checks warn of, whoever made it. */
import type { Grant, GrantedRule } from "../../../engines/kubernetes/model.ts";
import { showsInsides } from "./insides.ts";
import {
  changeNamespaces,
  changeNetworkPolicies,
  changeNodes,
  changePods,
  changeSecrets,
  changeServiceAccounts,
  changeStatus,
  changeSystemConfiguration,
  createVolumes,
  evictPods,
  extendApi,
  givesEverything,
  hitsOf,
  isFarReaching,
  type Permission,
  removeEvents,
  strongPermissions,
} from "./permissions.ts";

export interface GrantedPermission {
  /** Behind "may": `read Secrets`. */
  readonly action: string;
  /** That give it. */
  readonly rules: readonly GrantedRule[];
}

const permissions: readonly Permission[] = [
  ...strongPermissions,
  createVolumes,
  changeNodes,
  extendApi,
  changeNamespaces,
  changeSecrets,
  changePods,
  changeServiceAccounts,
  changeStatus,
  changeNetworkPolicies,
  removeEvents,
  evictPods,
];

/** What Kubernetes itself gives counts too: it is no finding, and true all the same. Who may do everything is told so alone. */
export function dangerousPermissions({ published: _, ...grant }: Grant): readonly GrantedPermission[] {
  const everything = grant.role.rules.filter(({ rule }) => givesEverything(rule));
  if (everything.length > 0) return [{ action: "do everything", rules: everything }];
  const given = permissions.map((permission) => ({
    action: permission.action,
    rules: hitsOf(grant, permission).map(({ rule }) => rule),
  }));
  const insides =
    grant.namespace === undefined
      ? grant.role.rules.filter(({ rule }) => rule.verbs.length > 0 && rule.nonResourceURLs.some(showsInsides))
      : [];
  const system = isFarReaching(grant) ? hitsOf(grant, changeSystemConfiguration).map(({ rule }) => rule) : [];
  const ofSystem = { action: changeSystemConfiguration.action, rules: system };
  return [...given, ofSystem, { action: "see the API server's logs or memory", rules: insides }].filter(
    ({ rules }) => rules.length > 0,
  );
}
