/** Bounds of what is asked of registries for admission, and of what is remembered of their answers. */
export const bounds = {
  /** Milliseconds that a tag is taken to name the same digest. */
  tagMilliseconds: 10_000,
  /** Milliseconds after which an image that is all that is asked for is looked at again. */
  goodMilliseconds: 300_000,
  /** The same of one that is not, or that could not be asked about: its signature may be there a moment later. */
  poorMilliseconds: 5_000,
  /** Milliseconds that one verdict stands, whose look-ups are still good: dates pass, and exceptions end. */
  verdictMilliseconds: 60_000,
  /** Milliseconds that a request waits for a new look where the last one is remembered. */
  graceMilliseconds: 500,
  /** Milliseconds of one look at an image, whoever still waits for it. */
  flightMilliseconds: 20_000,
  /** Images of one registry that are asked about at a time. */
  hostLanes: 8,
  /** The same of all registries: whoever names many slow ones holds up no other for long. */
  lanes: 512,
  /** Images that wait for their turn. */
  waiting: 10_000,
  /** Bytes of signatures and attestations that are remembered, as they were found. */
  lookUpBytes: 24 * 1024 * 1024,
  /** Bytes of what failed, which is remembered for a moment: whoever names images can name as many that are not there. */
  failureBytes: 8 * 1024 * 1024,
  /** Bytes of verified results that are remembered. */
  resultBytes: 24 * 1024 * 1024,
  /** Bytes of verdicts that are remembered. */
  verdictBytes: 24 * 1024 * 1024,
  /** Tags that are remembered. */
  entries: 20_000,
  /** Milliseconds that a registry is left alone after its first failure; doubled with each further one. */
  backoffMilliseconds: 1_000,
  /** At most. */
  backoffMost: 30_000,
  /** At most, where the registry itself says how long (Retry-After). */
  retryAfterMost: 60_000,
} as const;

/** How patient one request to a registry is: a request of admission has ten seconds, or thirty at most. */
export const registryLimits = {
  tries: 2,
  backoffMilliseconds: 250,
  retryAfterSeconds: 2,
  stallMilliseconds: 5_000,
  documentMilliseconds: 10_000,
} as const;
