/** Bounds of a cluster that is read over its API. */
export const bounds = {
  /** A kubeconfig, and what it names: certificates, tokens, the answer of a credential plugin. */
  kubeconfigBytes: 4 * 1024 * 1024,
  /** Milliseconds that a credential plugin may take; some open a browser. */
  execPluginMilliseconds: 120_000,
  /** Milliseconds that a token of a service account is used before its file is read again: the kubelet replaces it. */
  identityMilliseconds: 60_000,
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
  /** Seconds after which an API server ends a watch; it is begun again where it ended. */
  watchSeconds: 120,
  /** Milliseconds beyond that after which a watch without a word is taken for broken. */
  watchGraceMilliseconds: 30_000,
  /** Bytes of one event of a watch: an object with its managed fields. */
  watchLineBytes: 8 * 1024 * 1024,
  /** Objects of one kind that are kept while they are watched. */
  watchedObjects: 20_000,
  /** Bytes of the lists that they are read from. */
  watchedBytes: 128 * 1024 * 1024,
  /** Milliseconds between two looks for a kind that is not served. */
  absentMilliseconds: 60_000,
  /** Kinds of one group and version that are looked at. */
  discoveredKinds: 2_000,
  /** Images that run in a cluster. */
  clusterImages: 20_000,
  /** Kinds of Gatekeeper's constraints: each is a list of its own. */
  clusterConstraintKinds: 200,
} as const;
