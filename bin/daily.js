/**
 * Commands of every day, by the words that they are called with: `image-scan` is `bulkhead image scan`. Where the program is
 * published, one script holds what they need (script.js); in a clone there is none.
 */
export const daily = [
  "check",
  "image-scan",
  "image-sbom",
  "secrets-scan",
  "workload-audit",
  "cluster-audit",
  "build-lint",
  "build-audit",
];

/** That script's place in the published package. */
export const script = "code/daily.cjs";
