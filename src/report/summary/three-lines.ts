import { counted } from "../../core/counted.ts";
import type { Verdict } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import { printable } from "../../core/printable.ts";
import type { Report } from "../../core/report.ts";
import { severities } from "../../core/severity.ts";
import { verdictText } from "../page.ts";
import { exitText } from "../wording.ts";

/** A report that was written to a file. */
export interface WrittenReport {
  readonly format: string;
  readonly file: string;
}

/** The report in three lines, for a run whose reports all went to files: the verdict, the counts, the files. */
export function summaryText(report: Report, written: readonly WrittenReport[]): string {
  const files = written.map(({ format, file }) => `${format} ${file}`).join(", ");
  return [verdictLine(report), countsLine(report), `written: ${files}`].map((line) => `${printable(line)}\n`).join("");
}

function verdictLine(report: Report): string {
  const { exitCode, controls = [] } = report;
  const verdict = ({ 0: "pass", 1: "fail", 2: "fail", 3: "unknown" } as const)[exitCode];
  const having = (wanted: Verdict): number => controls.filter(({ verdict: own }) => own === wanted).length;
  const judged =
    controls.length === 0
      ? []
      : [`controls: ${having("fail")} fail, ${having("unknown")} unknown, ${having("pass")} pass`];
  return [`${verdictText(verdict)}: ${exitText(report)} (exit code ${exitCode})`, ...judged].join("; ");
}

function countsLine({ evaluations }: Report): string {
  const counts = new Map<Finding["severity"], number>();
  let [findings, over, excepted, baselined, unknown] = [0, 0, 0, 0, 0];
  for (const evaluation of evaluations) {
    for (const { severity, overThreshold } of evaluation.findings) {
      counts.set(severity, (counts.get(severity) ?? 0) + 1);
      findings++;
      if (overThreshold) over++;
    }
    excepted += evaluation.excepted.length;
    baselined += evaluation.baselined?.length ?? 0;
    if (evaluation.verdict === "unknown") unknown++;
  }
  const bySeverity = [...severities, "unknown" as const]
    .flatMap((severity) => (counts.has(severity) ? [`${counts.get(severity)} ${severity}`] : []))
    .join(", ");
  return [
    findings === 0 ? "no findings" : `${counted(findings, "finding")}: ${bySeverity}`,
    ...(over === 0 ? [] : [`${over} at or above the threshold`]),
    ...(excepted === 0 ? [] : [`${excepted} excepted`]),
    ...(baselined === 0 ? [] : [`${baselined} in the baseline`]),
    ...(unknown === 0 ? [] : [`${counted(unknown, "evaluation")} unknown`]),
  ].join("; ");
}
