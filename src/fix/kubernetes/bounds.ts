/** Bounds of proving the fixes of manifests. */
export const bounds = {
  /** Rounds of fixes that are made one on another, and fixes that are tried one by one where they do not do together. */
  kubernetesFixRounds: 10,
  kubernetesFixTries: 200,
} as const;
