/** Bounds of the worker. */
export const bounds = {
  /** Jobs that one process does at a time: each holds some layers' buffers and one inventory. */
  parallel: 2,
  /** Milliseconds that a job is another's once nobody extends the lease: how long a killed worker's jobs wait. */
  leaseMilliseconds: 15_000,
  /** Between two extensions. */
  extendMilliseconds: 4_000,
  /** Between two looks at the queue where nothing tells of a job. */
  pollMilliseconds: 1_000,
  /** The same while the store does not answer, at most. */
  outageMilliseconds: 10_000,
  /** For one job, whatever it is: an image of many gigabytes is read in less. */
  jobMilliseconds: 30 * 60_000,
  /** For the jobs that are under way when the process ends; what is not done by then is done by another. */
  drainMilliseconds: 20_000,
  /** Attempts after which what keeps an image from being read is stored as the reason why nothing is known of it. */
  attemptsBeforeUnknown: 3,
  /** Between two looks whether the advisory database or the policy is another one. */
  lookMilliseconds: 2_000,
  /** Hours after which an image is judged anew though nothing changed: dates pass, and releases reach their end. */
  renewHours: 12,
  /** Images that are judged anew at a time: one is evaluated while others are read and written. */
  rescanned: 4,
  /** Images of one page of the list. */
  page: 500,
  /** Images whose running is asked about, so that they come first. */
  askedRunning: 20_000,
  /** Days within which a digest that was seen running counts as running. */
  runningDays: 2,
  /** Bytes of what is kept of one image, as text. */
  documentBytes: 512 * 1024 * 1024,
  /** Between two comparisons with the engine's catalogue. */
  reconcileMilliseconds: 60 * 60_000,
  /** Manifests that the engine is asked for at a time while it is compared. */
  reconciled: 8,
  /** Repositories and tags that one comparison looks at. */
  catalogued: 1_000_000,
} as const;
