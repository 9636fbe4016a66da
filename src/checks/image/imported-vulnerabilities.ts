import { importedFlaw } from "../findings/imported-finding.ts";
import type { ImportedImageCheck } from "../subjects/imports.ts";

/** Vulnerabilities of an image that other scanners found, and this program did not. */
export const importedVulnerabilities: ImportedImageCheck = {
  id: "image/imported-vulnerabilities",
  title: "Image vulnerabilities that only other scanners reported",
  layer: "image",
  category: "vulnerability",
  controls: [2],
  severity: "varies",
  documentation: {
    what: "Checks the reports of other scanners (`--import`) about an image, joined by the digest of its config or manifest and never by a tag. A vulnerability that Bulkhead found as well, under any of its aliases and in the same version of the same package, is one finding of `image/known-vulnerabilities` that names the other tool. Not reported: what the other tool suppressed, which is counted beside its report. Severity: the other tool's own; confidence is medium. A report without findings passes nothing.",
    why: "Scanners differ in what they read and in whose advisories they go by. What one of them alone found is still a finding, and whose word it is decides how it is verified.",
    fix: "Upgrade the package to the version that the finding names. Where the other tool is wrong, say so in a VEX document or in an exception of the policy, with a reason, an owner and an expiry.",
    references: ["https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"],
  },
  subject: "imported-image",
  needs: { flaws: "partial" },
  *evaluate({ flaws }) {
    for (const flaw of flaws) yield importedFlaw(flaw, { inImage: true });
  },
};
