import type { FindingDraft } from "../../core/finding.ts";
import type { DependencyChange, Threat } from "../../engines/packages/model.ts";
import { dependencyFinding } from "../findings/dependency-finding.ts";
import { clip } from "../findings/one-line.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-threat";

/** Code in a package's archive that does what malware does. */
export const dependencyThreat: DependencyCheck<"change" | "contents"> = {
  id,
  title: "Harmful code in a dependency's archive",
  layer: "build",
  category: "detection",
  controls: [],
  withoutControl: "none of the ten is about packages before an image has them",
  severity: "high",
  documentation: {
    what: "Reads the archive of each npm and PyPI package that a change adds or upgrades, without running anything in it, for capabilities that together do harm in one file: encoded text that is executed, data of the environment or of credential files that is sent away, install scripts that download and run, obfuscated loaders. Not reported: one capability alone. Severity: the rule's; high unless it says otherwise.",
    why: "Most malicious packages act when they are installed, long before anybody calls a function of them, and weeks before a record of them exists.",
    fix: "Do not install it. Read the file and line that the finding names, compare the archive with the package's repository, and report the package to its registry where it does what it looks like.",
    references: [
      "https://docs.npmjs.com/reporting-malware-in-an-npm-package",
      "https://pypi.org/security/",
      "https://slsa.dev/spec/v1.1/threats-overview",
    ],
  },
  subject: "dependency",
  needs: { change: "partial", contents: "partial" },
  *evaluate({ change, contents }) {
    for (const [rule, threats] of Map.groupBy(contents.threats, (threat) => threat.rule)) {
      yield ofRule(change, rule, threats);
    }
  },
};

/** One finding a rule: a bundle may have the same in each of its files. */
function ofRule(change: DependencyChange, rule: string, threats: readonly Threat[]): FindingDraft {
  const worst = ORDER.map((severity) => threats.find((threat) => threat.severity === severity)).find(
    (threat) => threat !== undefined,
  ) as Threat;
  const { severity, title, path, line, excerpt, capabilities } = worst;
  const place = `${clip(path)}:${line}`;
  const files = new Set(threats.map((threat) => threat.path));
  const more = files.size === 1 ? "" : ` and ${files.size - 1} more`;
  return dependencyFinding(id, change, {
    about: `${rule} in ${[...files].sort().join(", ")}`,
    severity,
    title: `has harmful code: ${title} (${place}${more})`,
    fix: `do not install it; read ${place} in the archive of ${change.name} ${change.after?.version ?? ""}`,
    ids: [rule],
    evidence: {
      rule,
      file: `${place}${more}`,
      code: excerpt,
      capabilities: capabilities.join(", "),
    },
  });
}

const ORDER = ["critical", "high", "medium", "low"] as const;
