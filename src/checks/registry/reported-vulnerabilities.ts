import type { Severity } from "../../core/severity.ts";
import type { ReportedScan } from "../../engines/trust/decision-model.ts";
import { clip } from "../findings/one-line.ts";
import type { ImageTrustCheck } from "../subjects/trust.ts";

type Reported = ReportedScan["report"]["vulnerabilities"][number];

/** What a verified scan report lists, where nothing better tells what is in the image. */
export const reportedVulnerabilities: ImageTrustCheck<"report"> = {
  id: "registry/reported-vulnerabilities",
  title: "Vulnerabilities in a trusted scan report",
  layer: "registry",
  category: "vulnerability",
  controls: [2],
  severity: "varies",
  documentation: {
    what: "Checks the vulnerabilities that a verified scan report of the image lists, where images are evaluated without being opened (`bulkhead admission`) and no verified SBOM can be compared with the advisories. Reports of Bulkhead, Trivy and Grype and in-toto's own list are read. A report counts for `advisories.maxAgeDays` from the date of its database, or of the scan.",
    why: "A published vulnerability is the cheapest way in: the exploit is often public within days.",
    fix: "Release the image with the fixed version of the package, scan it and attest the report. Where there is no fix, write an exception into the policy file with a reason, an owner and an expiry.",
    references: ["https://github.com/in-toto/attestation/blob/main/spec/predicates/vuln.md"],
  },
  subject: "image-trust",
  needs: { report: "partial" },
  looked: ({ report: { scan, report } }) => ({
    digest: scan.digest,
    scanner: clip(report.scanner),
    vulnerabilities: String(report.vulnerabilities.length),
  }),
  *evaluate({ report: { reference, scan, report } }) {
    for (const [id, { severity, isFixable }] of worstById(report.vulnerabilities)) {
      yield {
        subject: `${clip(id)} in the scan report`,
        severity: severities[severity],
        title: clip(id),
        detail: `reported by ${clip(report.scanner)}, attested by ${scan.signers.join(", ")}`,
        locations: [{ kind: "config", field: "attestations" }],
        matches: { ids: [clip(id)] },
        ...(isFixable === false ? {} : { fix: { kind: "instruction", text: FIX[isFixable ? "named" : "open"] } }),
        evidence: { reference, digest: scan.digest, scanner: clip(report.scanner) },
      };
    }
  },
};

/** A report that does not say whether there is a fix leaves nobody off: a policy that asks for fixable ones counts it. */
const FIX = {
  named: "release the image with the fixed version, scan and attest it",
  open: "release the image with a fixed version, if there is one: the report does not say; scan and attest it",
} as const;

const severities: Readonly<Record<Reported["severity"], Severity>> = {
  critical: "critical",
  high: "high",
  medium: "medium",
  low: "low",
  none: "negligible",
  unknown: "unknown",
};

const order = [
  "none",
  "low",
  "medium",
  "unknown",
  "high",
  "critical",
] as const satisfies readonly Reported["severity"][];

/** A fix in one of the packages is one; that there is none counts where nobody leaves it open. */
function fixOf(isFixable: boolean | undefined, known: Omit<Reported, "id"> | undefined): Pick<Reported, "isFixable"> {
  if (isFixable === true || known?.isFixable === true) return { isFixable: true };
  return isFixable === undefined || (known !== undefined && known.isFixable === undefined) ? {} : { isFixable: false };
}

/** One flaw may be in several packages. */
function worstById(vulnerabilities: readonly Reported[]): ReadonlyMap<string, Omit<Reported, "id">> {
  const worst = new Map<string, Omit<Reported, "id">>();
  for (const { id, severity, isFixable } of vulnerabilities) {
    const known = worst.get(id);
    const isWorse = known === undefined || order.indexOf(severity) > order.indexOf(known.severity);
    worst.set(id, {
      severity: isWorse ? severity : known.severity,
      ...fixOf(isFixable, known),
    });
  }
  return worst;
}
