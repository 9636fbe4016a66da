/** Bounds of a cluster that is read over its API. */
export const bounds = {
  /** A kubeconfig, and what it names: certificates, tokens, the answer of a credential plugin. */
  kubeconfigBytes: 4 * 1024 * 1024,
  /** Milliseconds that a credential plugin may take; some open a browser. */
  execPluginMilliseconds: 120_000,
  /** One page of a list: of a larger one fewer objects are asked for, down to one. */
  clusterPageBytes: 64 * 1024 * 1024,
  /** All pages of one reading together. */
  clusterBytes: 1024 * 1024 * 1024,
  /** Times that one list is begun anew because it expired while it was read. */
  clusterRestarts: 2,
  /** Pages of one list that are less than half full and not the last: an API server fills them, but for what it filters. */
  clusterShortPages: 32,
  /** Milliseconds for one reading of a cluster: what is not read by then is a gap. */
  clusterMilliseconds: 10 * 60 * 1000,
  /** Images that run in a cluster. */
  clusterImages: 20_000,
  /** Kinds of Gatekeeper's constraints: each is a list of its own. */
  clusterConstraintKinds: 200,
} as const;
