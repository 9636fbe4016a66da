import { importedResult } from "../findings/imported-finding.ts";
import type { ImportedResultsCheck } from "../subjects/imports.ts";

/** What other tools found by rules of their own: SARIF of any tool, and Trivy's misconfigurations. */
export const importedResults: ImportedResultsCheck = {
  id: "build/imported-results",
  title: "Results that other tools reported",
  layer: "build",
  category: "configuration",
  controls: [],
  withoutControl: "what a rule of another tool speaks to is not known",
  severity: "varies",
  documentation: {
    what: "Reports what other tools found (`--import`) that is not a vulnerability of a package: results of SARIF 2.1.0, and misconfigurations of Trivy. Results of one rule in one file are one finding. Not reported: suppressed results, which are counted beside the report, and results whose kind is `pass`, `notApplicable` or `informational`. Severity: `security-severity` as a CVSS score, else the level: error is high, warning medium, note low. Confidence is medium, and low where the tool itself asks for a review.",
    why: "One report and one threshold for all tools leave no list that nobody reads.",
    fix: "Follow the other tool's advice, or suppress the result there with a reason.",
    references: ["https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"],
  },
  subject: "imported-results",
  needs: { results: "partial" },
  *evaluate({ results }) {
    for (const result of results) yield importedResult(result);
  },
};
