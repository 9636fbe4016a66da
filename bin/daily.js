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

/** The same of help: the program with all its commands, and the code of none. */
export const helpScript = "code/help.cjs";

/** Words of the command line that are answered by what the program tells of its commands. */
export const helping = /^(?:--help|-h|--version|-V|help)$/;
