/** Bounds of the files of manifests of one tree, and of what renders them. */
export const bounds = {
  /** Files of manifests of one tree, and all of them together. */
  kubernetesFiles: 20_000,
  kubernetesTotalBytes: 256 * 1024 * 1024,
  seccompProfiles: 1_000,
  /** The `.env` beside a Compose file. */
  composeEnvironmentBytes: 1024 * 1024,
  /** A kustomization.yaml or a Chart.yaml, and what one may name that is looked for. */
  kustomizationBytes: 1024 * 1024,
  kustomizationPaths: 10_000,
  /** A file of an engine (daemon.json, registries.conf), or a command line; files of one folder. Real ones have a few KiB. */
  engineFileBytes: 1024 * 1024,
  engineFiles: 200,
  /** Without a byte from an engine; a machine with many containers answers within seconds. */
  engineStallMilliseconds: 20_000,
  /** Folders of one run, and milliseconds for each; what is printed is bounded as a file of manifests is. */
  renderFolders: 200,
  renderMilliseconds: 30_000,
  /** Reports of admission: one a workload of the largest clusters; their bytes, one page of them, and the time for all. */
  reports: 100_000,
  reportBytes: 256 * 1024 * 1024,
  reportPage: 500,
  reportMilliseconds: 120_000,
} as const;
