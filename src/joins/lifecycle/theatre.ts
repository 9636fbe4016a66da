/** Which checks say that a step is there and nothing comes of it. */
import type { LifecycleStepName } from "../../core/lifecycle.ts";

interface Theatre {
  readonly step: LifecycleStepName;
  /** What is wrong, in two or three words. */
  readonly short: string;
  /** Findings of the check that count; absent: all. */
  readonly about?: RegExp;
}

/** Of several that say so of one step the first is told: from the outermost cause on. */
export const theatre: ReadonlyMap<string, Theatre> = new Map([
  ["build/provenance-never-required", { step: "build", short: "provenance never required" }],
  ["build/non-blocking-scan", { step: "scan", short: "blocks nothing" }],
  ["build/gitlab-security-tool-silenced", { step: "scan", short: "blocks nothing" }],
  ["build/gitlab-security-job-may-fail", { step: "scan", short: "blocks nothing" }],
  ["build/scan-after-release", { step: "scan", short: "after the release" }],
  ["build/scan-of-other-image", { step: "scan", short: "another image" }],
  ["build/secret-scan-without-effect", { step: "secrets", short: "blocks nothing" }],
  ["build/sbom-never-read", { step: "sbom", short: "never read" }],
  ["build/signed-never-verified", { step: "sign", short: "never verified" }],
  ["build/signed-digest-deployed-by-tag", { step: "sign", short: "deployed by tag" }],
  ["cluster/image-verification", { step: "admit", short: "not enforced" }],
  ["cluster/admission-policy-without-effect", { step: "admit", short: "not enforced" }],
  ["cluster/admission-selects-nothing", { step: "admit", short: "selects nothing" }],
  ["cluster/webhook-without-endpoints", { step: "admit", short: "nobody answers" }],
  ["cluster/webhook-fails-open", { step: "admit", short: "fails open" }],
  ["network/policy-selects-nothing", { step: "run", short: "policies select nothing" }],
  ["cluster/external-secret-failed", { step: "run", short: "Secrets not synced" }],
  ["cluster/external-secret-stale", { step: "run", short: "stale Secrets" }],
  // A node that is left out is no theatre of the others.
  ["cluster/runtime-detection", { step: "detect", short: "watches nothing", about: / rules(?: \(\d+\))?$|^node / }],
  ["build/rebuild-without-effect", { step: "rebuild", short: "brings nothing new" }],
  ["build/dependency-updates-without-effect", { step: "updates", short: "never come" }],
]);
