import { lifecycleCheck } from "./lifecycle/lifecycle-check.ts";

/** Bots that are configured and bring nothing. */
export const dependencyUpdatesWithoutEffect = lifecycleCheck({
  name: "dependency-updates-without-effect",
  title: "Dependency updates configured without effect",
  severity: "medium",
  documentation: {
    what: "Checks Dependabot's options and Renovate's for what keeps every update away: `open-pull-requests-limit: 0`, `ignore` of every dependency, directories that are not there or hold no manifest of the ecosystem, `enabled: false`, `enabledManagers: []`, `ignorePaths` or `packageRules` over everything. Not reported: single ecosystems of Renovate, and directories with wildcards. Severity: medium, and low where other entries of the file work.",
    why: "The file is there, so everybody believes that updates come; the lockfile is as old as the day it was written.",
    fix: "Remove the limit or the pattern, and name the directories that hold the manifests.",
    references: [
      "https://docs.github.com/en/code-security/reference/supply-chain-security/dependabot-options-reference",
      "https://docs.renovatebot.com/configuration-options/",
    ],
  },
  of: "updates",
  need: "partial",
  *detect(configurations) {
    for (const { tool, path, entries } of configurations) {
      const stuck = entries.filter(({ stopped, found }) => stopped !== undefined || found === "no");
      const severity = stuck.length === entries.length ? "medium" : "low";
      for (const [at, { name, place, stopped, found }] of stuck.entries()) {
        const reason = stopped?.reason ?? (found === "no" ? "there is nothing of it there" : "");
        const [again] = stuck.slice(0, at).filter((other) => other.name === name);
        yield {
          subject: `${path}: ${name}${again === undefined ? "" : ` (${at + 1})`}`,
          title: `${tool} brings no updates of ${name === tool ? "anything" : name}: ${reason}`,
          severity,
          places: [stopped?.place ?? place],
          fix:
            stopped === undefined
              ? "name the directory that holds the manifest"
              : "remove what stops it, or the entry: security updates need none",
        };
      }
    }
  },
});
