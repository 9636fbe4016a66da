import { type Severity, severities } from "../core/severity.ts";

/** How many findings there are of each severity. */
export type SeverityCounts = Readonly<Record<Severity, number>>;

/** All zero, to count up. */
export function noSeverities(): Record<Severity, number> {
  return { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
}

/** From worst to least, `unknown` last. */
export const countedSeverities = [...severities, "unknown"] as const satisfies readonly Severity[];

export function totalOf(counts: SeverityCounts): number {
  return countedSeverities.reduce((sum, severity) => sum + counts[severity], 0);
}

/** `2 critical, 12 low`, worst first; empty where there are none. */
export function severityCountsText(counts: SeverityCounts): string {
  return countedSeverities
    .flatMap((severity) => (counts[severity] === 0 ? [] : [`${counts[severity]} ${severity}`]))
    .join(", ");
}

/** Worst first: more of the worst severity before fewer. */
export function compareCounts(a: SeverityCounts, b: SeverityCounts): number {
  for (const severity of countedSeverities) if (a[severity] !== b[severity]) return b[severity] - a[severity];
  return 0;
}
