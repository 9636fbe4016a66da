import { importedFlaw } from "../findings/imported-finding.ts";
import type { ImportedFileCheck } from "../subjects/imports.ts";

/** Vulnerabilities of dependencies that other scanners found, and this program did not. */
export const importedDependencies: ImportedFileCheck = {
  id: "build/imported-dependencies",
  title: "Dependency vulnerabilities only other scanners reported",
  layer: "build",
  category: "vulnerability",
  controls: [],
  withoutControl: "control 2 counts images: what a lockfile pins is found again in the image that has it",
  severity: "varies",
  documentation: {
    what: "Checks the reports of other scanners (`--import`) about a directory. A vulnerability that Bulkhead found as well, under any of its aliases and in the same version of the same package of the same lockfile, is one finding of `build/vulnerable-dependencies` that names the other tool. Not reported: what the other tool suppressed, which is counted beside its report. Severity: the other tool's own; confidence is medium.",
    why: "Scanners differ in what they read and in whose advisories they go by. What one of them alone found is in the next image all the same.",
    fix: "Upgrade the package to the version that the finding names and write the lockfile again. Where the other tool is wrong, say so in a VEX document or in an exception of the policy.",
    references: ["https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"],
  },
  subject: "imported-file",
  needs: { flaws: "partial" },
  *evaluate({ flaws }) {
    for (const flaw of flaws) yield importedFlaw(flaw, { inImage: false });
  },
};
