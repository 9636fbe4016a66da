import { importedResult } from "../findings/imported-finding.ts";
import type { ImportedSecretsCheck } from "../subjects/imports.ts";

/** Secrets that other tools found. */
export const importedSecrets: ImportedSecretsCheck = {
  id: "build/imported-secrets",
  title: "Secrets that other tools reported",
  layer: "build",
  category: "secret",
  controls: [3],
  severity: "varies",
  documentation: {
    what: "Reports secrets that other tools found (`--import`): those of Trivy's JSON, and SARIF of tools or rules that are about secrets. What matched is not taken over. Not reported: suppressed results, which are counted beside the report. Severity: the other tool's own. A report without findings passes nothing.",
    why: "A secret that one tool found is out, whichever tool it was.",
    fix: "Revoke the secret, remove it from the file and its history, and pass it in at run time.",
    references: ["https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"],
  },
  subject: "imported-secrets",
  needs: { secrets: "partial" },
  *evaluate({ secrets }) {
    for (const secret of secrets) yield importedResult(secret);
  },
};
