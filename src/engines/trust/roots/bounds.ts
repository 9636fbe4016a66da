/** Bounds of what vouches: files that the user names, and what is fetched of a TUF repository. */
export const bounds = {
  /** One key file, or one environment variable with a key. */
  keyBytes: 64 * 1024,
  /** One file of certificates; a store of a whole distribution has some 250 KiB. */
  authorityBytes: 1024 * 1024,
  /** Certificates in one file. */
  authorityCertificates: 200,
  /** A trusted root; GitHub's has 26 KiB. */
  trustedRootBytes: 1024 * 1024,
  /** Bits of an RSA modulus, at least (NIST SP 800-131A) and at most: each verification takes time by its square. */
  rsaBits: 2_048,
  rsaBitsMost: 16_384,
  /** Sources of one TrustMaterial. */
  sources: 100,
} as const;

/** Bounds of a TUF repository; what the public-good instance has stands behind each. */
export const tufBounds = {
  /** One version of the root: 5 KiB. */
  rootBytes: 512 * 1024,
  /** Versions of the root from the one that is carried on: some two a year. */
  rootVersions: 256,
  /** 0.5 KiB. */
  timestampBytes: 64 * 1024,
  /** 1.5 KiB. */
  snapshotBytes: 2 * 1024 * 1024,
  /** Targets and delegated targets, each: 5 KiB. */
  targetsBytes: 4 * 1024 * 1024,
  /** One target file: 7 KiB. */
  fileBytes: 1024 * 1024,
  /** Roles that one search for a target asks. */
  delegations: 32,
  /** Keys, and key ids of one role. */
  keys: 200,
  /** Signatures of one file. */
  signatures: 200,
  /** Levels of a metadata file. */
  jsonDepth: 32,
  /** Milliseconds for one update in all. */
  updateMilliseconds: 120_000,
  /** Characters of one pattern of a delegation, and of a target's path. */
  pathLength: 1_024,
  /** The file that keeps all of a repository. */
  cacheBytes: 32 * 1024 * 1024,
} as const;
