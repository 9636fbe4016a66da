/** Bounds of what is learned of containers. What is over one is counted in the list that it is missing from. */
export const bounds = {
  /** Containers of one run. */
  containers: 4_096,
  /** Entries of one list of one container. */
  files: 50_000,
  connections: 10_000,
  ports: 1_024,
  users: 256,
  mounts: 1_000,
  /** Reasons for which events were lost. */
  reasons: 64,
  /** Bytes of the texts of all lists of all containers, with what each entry takes for itself. */
  bytes: 128 * 1024 * 1024,
  /** A file that `runtime learn` wrote: bytes, values in it, workloads. */
  fileBytes: 256 * 1024 * 1024,
  workloads: 10_000,
  /** Files of a merge. */
  mergedFiles: 1_000,
} as const;
