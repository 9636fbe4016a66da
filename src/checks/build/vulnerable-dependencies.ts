import { vulnerabilityFinding } from "../findings/vulnerability-finding.ts";
import { isMaliciousRecord } from "../knowledge/malicious-record.ts";
import type { LockfileScopeCheck } from "../subjects/tree.ts";

/** Known vulnerabilities in what a lockfile pins, before an image has it. */
export const vulnerableDependencies: LockfileScopeCheck = {
  id: "build/vulnerable-dependencies",
  title: "Dependencies with known vulnerabilities",
  layer: "build",
  category: "vulnerability",
  controls: [],
  withoutControl: "control 2 counts images: what a lockfile pins is found again in the image that has it",
  severity: "varies",
  documentation: {
    what: "Compares the packages that a lockfile pins with the advisories of their ecosystem. Not reported: packages for development only, where the format tells them apart, and malicious packages, which `build/dependency-malicious` reports.",
    why: "What is pinned here is in the next image. A vulnerability found in the pull request costs a line; found in the cluster it costs a rebuild and a rollout.",
    fix: "Upgrade the package to the fixed version that the finding names and write the lockfile again. For a dependency of a dependency, upgrade what brings it, or use the package manager's override.",
    references: ["https://ossf.github.io/osv-schema/"],
  },
  subject: "lockfile-scope",
  needs: { vulnerabilities: "partial", inventory: "partial" },
  *evaluate({ vulnerabilities }) {
    for (const match of vulnerabilities.matches) {
      if (isMaliciousRecord(match)) continue;
      yield vulnerabilityFinding(match, { kind: "file", path: match.package.path });
    }
  },
};
