import { severities } from "../../core/severity.ts";

/** `2 critical, 12 low`, worst first; empty where there are none. Scanners of others rate some as `none`. */
export function severityText(counts: Readonly<Record<string, number>>): string {
  return [...severities, "none", "unknown"]
    .flatMap((severity) => ((counts[severity] ?? 0) === 0 ? [] : [`${counts[severity]} ${severity}`]))
    .join(", ");
}
