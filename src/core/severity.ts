/** From worst to least. `negligible` is what a distribution calls unimportant; `unknown` is no level at all. */
export const severities = ["critical", "high", "medium", "low", "negligible"] as const;
export type RatedSeverity = (typeof severities)[number];
export type Severity = RatedSeverity | "unknown";

/** 0 is the worst. Unknown ranks after all rated ones and never reaches a threshold by itself. */
export function severityRank(severity: Severity): number {
  const index = severities.indexOf(severity as RatedSeverity);
  return index < 0 ? severities.length : index;
}

/** True where a rated severity is at or over the threshold. */
export function reaches(severity: Severity, threshold: RatedSeverity): boolean {
  return severity !== "unknown" && severityRank(severity) <= severityRank(threshold);
}

/** CVSS qualitative scale (CVSS v3.1 specification, section 5); 0.0 ("None") is negligible here. */
export function severityOfScore(score: number): RatedSeverity {
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  if (score >= 4) return "medium";
  if (score > 0) return "low";
  return "negligible";
}

/** The worse of two; what nobody rated is none. */
export function worst(a: RatedSeverity | undefined, b: RatedSeverity | undefined): RatedSeverity | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return severityRank(a) <= severityRank(b) ? a : b;
}
