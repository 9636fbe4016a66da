import { vulnerabilityFinding } from "../findings/vulnerability-finding.ts";
import { isMaliciousRecord } from "../knowledge/malicious-record.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

/** Known vulnerabilities that a change brings in. */
export const dependencyVulnerable: DependencyCheck<"change" | "vulnerabilities"> = {
  id: "build/dependency-vulnerable",
  title: "Known vulnerabilities that a change adds",
  layer: "build",
  category: "vulnerability",
  controls: [],
  withoutControl: "control 2 counts images: what a lockfile pins is found again in the image that has it",
  severity: "varies",
  documentation: {
    what: "Compares the packages that a change adds or upgrades with the advisories of their ecosystem. Not reported: vulnerabilities that the version before had too, and packages for development only, where the format tells them apart. Severity: the advisory's; the policy's `thresholds.vulnerabilities` decides what fails.",
    why: "A vulnerability that comes with a pull request is closed by another version in the same line. After the release it takes an update of everything that ships it.",
    fix: "Choose the fixed version that the finding names. For a dependency of a dependency, upgrade what brings it, or use the package manager's override.",
    references: ["https://ossf.github.io/osv-schema/"],
  },
  subject: "dependency",
  needs: { change: "partial", vulnerabilities: "partial" },
  applies: ({ change }) => change.after?.usage !== "development",
  *evaluate({ change, vulnerabilities }) {
    const { lockfile, after } = change;
    for (const match of vulnerabilities.matches) {
      if (isMaliciousRecord(match)) continue;
      const through = after?.through ?? [];
      const found = vulnerabilityFinding(match, {
        kind: "file",
        path: lockfile,
        ...(after?.line === undefined ? {} : { line: after.line }),
      });
      const dependency =
        after?.direct === true
          ? "direct"
          : through.length === 0
            ? "transitive"
            : `transitive through ${through.join(" › ")}`;
      yield after?.direct === undefined ? found : { ...found, evidence: { ...found.evidence, dependency } };
    }
  },
};
