import { counted } from "../../../core/counted.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import { isKind } from "../../../engines/trust/predicates/reports.ts";
import { failedChecks } from "../failed.ts";
import type { LinkFact, LinkParts, TraceSources } from "../model.ts";
import { readScan } from "../predicates.ts";
import { missedRequirements, undecidedRequirements } from "../requirements.ts";
import { severityText } from "../severity-text.ts";
import { signatureEvidence, signatureGaps, statements, stateOfSignature } from "../signatures.ts";

const CHECK = "image/known-vulnerabilities";

/** When it was scanned and what was found: by those who attest it, and by this run. */
export function vulnerabilities(sources: TraceSources): LinkParts {
  const attested = statements(sources, (predicateType) => isKind("vuln", { predicateType }) === true).map(
    (known): LinkFact => {
      const { scanner, at, counts, unread } = readScan(known.statement);
      const age = at === undefined ? {} : { age: ageText(at, sources.now) };
      const found = counts === undefined ? "" : `: ${severityText(counts) || "none found"}`;
      return {
        text: `scanned by ${scanner ?? "an unnamed scanner"}${at === undefined ? "" : ` at ${at}`}${found}`,
        state: stateOfSignature(known),
        evidence: { ...signatureEvidence(known), ...age, ...(unread === undefined ? {} : { but: unread }) },
      };
    },
  );
  const own = ownScan(sources);
  return {
    facts: [...attested, ...own.facts],
    gaps: [...own.gaps, ...undecidedRequirements(sources, "vulnerabilities"), ...signatureGaps(sources)],
    breaks: [...missedRequirements(sources, "vulnerabilities"), ...(own.breaks ?? [])],
  };
}

const DAY = 86_400_000;

/** How old a scan is, by its own word. */
function ageText(at: string, now: Date): string {
  const days = Math.floor((now.getTime() - Date.parse(at)) / DAY);
  return Number.isNaN(days) ? "unknown" : days < 1 ? "less than a day" : counted(days, "day");
}

function ownScan({ scanned, now }: TraceSources): LinkParts {
  if ("gap" in scanned) return { facts: [], gaps: [scanned.gap] };
  const own = scanned.evaluations.filter(({ check }) => check === CHECK);
  const looked = own.filter(({ verdict, findings }) => verdict !== "unknown" || findings.length > 0);
  const facts: LinkFact[] =
    looked.length === 0
      ? []
      : [
          {
            text: `scanned by this run: ${severityText(countsOf(looked)) || "none known"}`,
            state: "observed",
            evidence: { scanned: now.toISOString(), ...databases(looked) },
          },
        ];
  return { facts, gaps: own.flatMap(({ gaps }) => gaps), breaks: failedChecks(own, "vulnerability") };
}

function countsOf(evaluations: readonly Evaluation[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { findings, excepted } of evaluations) {
    for (const { severity } of [...findings, ...excepted.map(({ finding }) => finding)]) {
      counts[severity] = (counts[severity] ?? 0) + 1;
    }
  }
  return counts;
}

function databases(evaluations: readonly Evaluation[]): Record<string, string> {
  const used = new Map<string, string>();
  for (const { basis } of evaluations) {
    for (const { label, asOf } of basis?.databases ?? []) used.set(label, asOf?.slice(0, 10) ?? "of no stated date");
  }
  return used.size === 0 ? {} : { advisories: [...used].map(([label, asOf]) => `${label} as of ${asOf}`).join(", ") };
}
