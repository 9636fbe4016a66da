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
