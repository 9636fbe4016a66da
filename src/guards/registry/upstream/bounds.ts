/** Bounds of what is fetched from upstream registries, and of what is remembered of them. */
export const bounds = {
  /** Images that are fetched at a time, by one replica. */
  fetches: 4,
  /** Those that wait for their turn. */
  waiting: 100,
  /** Blobs of one image that are fetched at a time. */
  blobs: 3,
  /** Bytes of one image with all its platforms, as its descriptors state them. */
  imageBytes: 100 * 1024 * 1024 * 1024,
  /** Signatures, attestations and other referrers of one manifest that come along. */
  referrers: 100,
  /** Bytes of one of them. */
  referrerBytes: 256 * 1024 * 1024,
  /** Bytes of all that come along with one image. */
  besideBytes: 1024 * 1024 * 1024,
  /** Referrers of referrers: an attestation's signature has a subject of its own. */
  referrerDepth: 2,
  /** Milliseconds that one image may take, from its first byte to its last. */
  fetchMilliseconds: 3_600_000,
  /** Milliseconds that one look at a tag may take. */
  lookMilliseconds: 45_000,
  /** Milliseconds that signatures and dates of one image may be looked up for. */
  judgeMilliseconds: 60_000,
  /** Milliseconds that a pull waits for the upstream's word where there is something to serve without it. */
  graceMilliseconds: 700,
  /** Milliseconds that it waits for the first word of an upstream that said nothing lately. */
  silentMilliseconds: 900,
  /** Milliseconds since its last word, within which an upstream is taken to answer. */
  aliveMilliseconds: 60_000,
  /** Milliseconds between two looks whether another replica is done with what both fetch. */
  pollMilliseconds: 500,
  /** Milliseconds that a manifest which the engine had is taken to be there. */
  thereMilliseconds: 30_000,
  /** Milliseconds that a verdict stands which lets an image through. */
  goodMilliseconds: 300_000,
  /** The same of every other. */
  poorMilliseconds: 5_000,
  /** Milliseconds between two looks whether an image that waits for its scan has a verdict. */
  scannedMilliseconds: 2_000,
  /** Milliseconds after which signatures beside an image that is there are looked for again. */
  referrersMilliseconds: 3_600_000,
  /** Seconds after which a client is told to ask again, while an image is fetched. */
  againSeconds: 5,
  /** Milliseconds that an upstream is left alone after its first failure; doubled with each further one. */
  backoffMilliseconds: 1_000,
  /** At most. */
  backoffMost: 30_000,
  /** At most, where it says itself how long (Retry-After). */
  retryAfterMost: 900_000,
  /** Milliseconds in which no manifest is fetched of a registry that said that no pull is left. */
  exhaustedMilliseconds: 60_000,
  /** Tags, digests and verdicts that are remembered, each. */
  remembered: 20_000,
  /** Configurations of one index whose dates are read. */
  datedImages: 50,
} as const;

/** How patient one request to an upstream is. */
export const registryLimits = {
  tries: 3,
  backoffMilliseconds: 500,
  retryAfterSeconds: 5,
  stallMilliseconds: 10_000,
  documentMilliseconds: 30_000,
} as const;
