/** One kind of objects that is asked of a cluster. */

/** Names of lists of `Manifests`; `network`: what only the engine of reachability reads of `objects`. */
export type ManifestList =
  | "workloads"
  | "namespaces"
  | "serviceAccounts"
  | "secrets"
  | "configMaps"
  | "externalSecrets"
  | "secretStores"
  | "disruptionBudgets"
  | "services"
  | "resourceQuotas"
  | "limitRanges"
  | "roles"
  | "bindings"
  | "ingresses"
  | "gateways"
  | "networkPolicies"
  | "webhookConfigurations"
  | "admissionPolicies"
  | "admissionPolicyBindings"
  | "customResourceDefinitions"
  | "network"
  | "objects";

export interface ClusterResource {
  /** Empty for the core group. */
  readonly group: string;
  /** Those that are known here, the one to ask for first; empty: whichever the server prefers. */
  readonly versions: readonly string[];
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Which list of `Manifests` is short where it cannot be read; `objects` for a kind without one of its own. */
  readonly list: ManifestList;
  /** Objects of one page. */
  readonly limit: number;
  /** Whether every API server serves one of the versions: one that says it does not leaves something out. */
  readonly everywhere: boolean;
}
