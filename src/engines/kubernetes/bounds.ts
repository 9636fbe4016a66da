/** Bounds of manifests, Compose files and clusters. */
export const bounds = {
  /** One file of manifests; an object of a cluster has at most 1.5 MiB, a release's file some 10 MiB. */
  kubernetesFileBytes: 32 * 1024 * 1024,
  /** Containers of one engine; a machine runs at most some thousand. Volumes that it names. */
  engineContainers: 10_000,
  engineVolumes: 10_000,
  /** Entries of a list that a container or an engine states: registries, options, listeners. */
  engineEntries: 1_000,
  /** Documents of one file. */
  kubernetesDocuments: 20_000,
  /** Objects of one reading, items of lists counted. */
  kubernetesObjects: 200_000,
  kubernetesSlowTotalLength: 32 * 1024 * 1024,
  /** Lists within lists. */
  kubernetesListDepth: 4,
  /** Values of one object of an unknown kind that are looked through for pods, their depth, and pods of one such object. */
  foundPodValues: 200_000,
  foundPodDepth: 60,
  foundPods: 100,
  /** Characters of a Compose file that another extends; real ones have some thousand. */
  composeBesideLength: 1024 * 1024,
  /** Values that services of one file get from those that they extend; services whose mounts one takes, and such mounts. */
  composeExtendedValues: 100_000,
  composeVolumesFrom: 100,
  composeTakenMounts: 100_000,
  /** Gaps of one object, of one document and of one reading that are named; the rest is counted. */
  kubernetesObjectGaps: 50,
  kubernetesDocumentGaps: 100,
  kubernetesGaps: 10_000,
  /** Characters of one document that are read while it is patched, however often. */
  kubernetesPatchLength: 128 * 1024 * 1024,
  /** Characters of what a workload or namespace is called; real names have at most 253, and there are three. */
  assetNameLength: 1_000,
  /** Characters of a seccomp profile, and files that may be the profiles that workloads name. */
  seccompProfileLength: 1024 * 1024,
  /** Rules of all bindings together, each counted as often as it is bound; a large cluster has some 100,000. */
  rbacGrantedRules: 500_000,
  /** Roles and rules that are gone through to put aggregated roles together. */
  rbacAggregationSteps: 2_000_000,
} as const;
