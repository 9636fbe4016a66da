/** Reports of other scanners by which each check of imports has something to evaluate. */
import type { ScannerReport } from "../src/engines/reports/model.ts";
import { readReport } from "../src/engines/reports/read.ts";
import { bytesOf, every, sarif, sarifResult, trivy } from "../src/engines/reports/samples.fixture.ts";
import type { KnownIds } from "../src/evaluate/imports/flaws.ts";

export const knownToNobody: KnownIds = { aliasesOf: () => [], exploited: () => undefined, epss: () => undefined };

export function importedReports(): ScannerReport[] {
  const lockfile = {
    Target: "package-lock.json",
    Class: "lang-pkgs",
    Type: "npm",
    Vulnerabilities: [
      { VulnerabilityID: "CVE-2021-44906", PkgName: "minimist", InstalledVersion: "1.2.0", Severity: "CRITICAL" },
    ],
  };
  const directory = trivy({ ArtifactName: ".", ArtifactType: "filesystem", Metadata: {}, Results: [lockfile] });
  const reports = [...every.map(({ report }) => report), directory, sarif([sarifResult()], "gitleaks")];
  return reports.flatMap((report, at) => readReport(bytesOf(report), `${at}.json`));
}
