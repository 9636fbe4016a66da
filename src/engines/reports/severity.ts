/** What each tool calls how bad something is, in the words that everything here goes by. */
import { type Severity, severityOfScore, severityRank } from "../../core/severity.ts";

/** Any case. What is not listed is unknown: it is nobody's to guess. */
const WORDS: ReadonlyMap<string, Severity> = new Map([
  ["critical", "critical"],
  ["high", "high"],
  ["important", "high"],
  ["medium", "medium"],
  ["moderate", "medium"],
  ["low", "low"],
  ["negligible", "negligible"],
  // Google's and AWS's least; CycloneDX has both of the others.
  ["minimal", "negligible"],
  ["informational", "negligible"],
  ["info", "negligible"],
  ["none", "negligible"],
]);

/** Also `unknown`, `undefined`, `untriaged`, `severity_unspecified`: what a tool does not rate stays unknown. */
export function severityOfWord(value: unknown): Severity {
  return typeof value === "string" ? (WORDS.get(value.toLowerCase()) ?? "unknown") : "unknown";
}

/** SARIF's `security-severity`, a CVSS score as a text; undefined where it is none. */
export function severityOfText(value: unknown): Severity | undefined {
  const score =
    typeof value === "number" ? value : typeof value === "string" && value !== "" ? Number(value) : Number.NaN;
  return score >= 0 && score <= 10 ? severityOfScore(score) : undefined;
}

/** SARIF's levels (SARIF 2.1.0, 3.27.10). */
export function severityOfLevel(level: unknown): Severity {
  if (level === "error") return "high";
  if (level === undefined || level === "warning") return "medium";
  if (level === "note") return "low";
  return level === "none" ? "negligible" : "unknown";
}

/** The worst of them; unknown where none is rated. */
export function worstOf(severities: readonly Severity[]): Severity {
  return [...severities].sort((a, b) => severityRank(a) - severityRank(b))[0] ?? "unknown";
}
