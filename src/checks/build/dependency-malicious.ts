import type { VulnerabilityMatch } from "../../engines/vulnerability/model.ts";
import { dependencyFinding } from "../findings/dependency-finding.ts";
import { isMaliciousRecord, maliciousIds } from "../knowledge/malicious-record.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-malicious";

/** Packages of which a record says that somebody published them to do harm. */
export const dependencyMalicious: DependencyCheck<"change" | "vulnerabilities"> = {
  id,
  title: "Malicious packages among the dependencies",
  layer: "build",
  category: "vulnerability",
  controls: [],
  withoutControl: "none of the ten is about packages before an image has them",
  severity: "critical",
  documentation: {
    what: "Compares the packages that a lockfile pins, or that a change adds or upgrades, with the records of malicious packages in the advisory database (ids `MAL-`, and advisories that go by one as an alias). Packages for development are among them: their code runs on the machines of developers and in CI. Not reported: versions that a record does not list. Severity: critical.",
    why: "A malicious package runs its author's code with the first install, on the laptop of a developer or in the CI job that holds the secrets of the release.",
    fix: "Remove the package and what brings it, and write the lockfile again. Where it was ever installed, rotate the secrets of that machine and look for what it left.",
    references: [
      "https://github.com/ossf/malicious-packages",
      "https://ossf.github.io/osv-schema/",
      "https://docs.npmjs.com/threats-and-mitigations",
    ],
  },
  subject: "dependency",
  needs: { change: "partial", vulnerabilities: "partial" },
  *evaluate({ change, vulnerabilities }) {
    const records = vulnerabilities.matches.filter(isMaliciousRecord);
    const [record] = records;
    if (record === undefined) return;
    const ids = [...new Set(records.flatMap(maliciousIds))];
    yield dependencyFinding(id, change, {
      severity: "critical",
      title: `is a malicious package (${ids[0]})`,
      ...(record.summary === "" ? {} : { detail: record.summary }),
      fix: fixText(change.name, change.after?.through ?? []),
      ids,
      evidence: { records: ids.join(", ") },
      references: [...new Set(records.flatMap(referencesOf))],
    });
  },
};

function fixText(name: string, through: readonly string[]): string {
  const [top] = through;
  const what = top === undefined || top === name ? name : `${name}, which ${top} brings`;
  return `do not install it: remove ${what}; where it was installed, rotate that machine's secrets`;
}

function referencesOf({ advisories }: VulnerabilityMatch): readonly string[] {
  return advisories.flatMap(({ references }) => references);
}
