import { assetTitle } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Finding } from "../core/finding.ts";
import { formatLocation } from "../core/location.ts";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { severityRank } from "../core/severity.ts";
import { inOrder } from "./in-order.ts";
import { inRepository, sourcePath } from "./source-path.ts";
import { exitText, findingName, packageOf, scopeText, unknownText } from "./wording.ts";

type Level = "error" | "warning" | "notice";

interface Annotation {
  readonly level: Level;
  /** Lower comes first within its level. */
  readonly rank: number;
  readonly title: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** GitHub shows this many annotations of a level of one step, and drops the others without a word. */
const shownOfLevel = 10;
/** Characters of one message. */
const messageCharacters = 4_000;

/**
 * The report as workflow commands of GitHub Actions, which become annotations: an error for a finding over the
 * threshold, a warning for one of at least medium severity under it and for what is unknown, a notice for the rest.
 * Of what the policy does not enforce, at most a warning or a notice. The worst ten of each level, then a line that says how many more. What is excepted or baselined is left out.
 * A finding in an image has no file of the repository, and says where it is in words. In pieces; ends with a line break.
 */
export function* renderGithub(report: Report): Generator<string> {
  const levels = { error: createWorst(), warning: createWorst(), notice: createWorst() };
  for (const evaluation of inOrder(report.evaluations)) {
    for (const finding of evaluation.findings) {
      const annotation = ofFinding(finding, evaluation, report);
      levels[annotation.level].add(annotation);
    }
    if (evaluation.verdict === "unknown" && evaluation.action !== "audit") levels.warning.add(ofUnknown(evaluation));
  }
  const more: string[] = [];
  for (const [level, worst] of Object.entries(levels)) {
    for (const annotation of worst.annotations()) yield `${command(annotation)}\n`;
    const left = worst.count - shownOfLevel;
    if (left > 0) more.push(`${left} more of level ${level}`);
  }
  if (more.length > 0) yield `${more.join(", ")}: GitHub shows ${shownOfLevel} of each\n`;
  // The runner takes commands anywhere in its older form (`##[`), so what stands outside a command is ours alone.
  yield `${report.tool.name}: ${exitText(report)} (exit code ${report.exitCode})\n`;
}

/** Keeps the annotations of one level that are shown, the first of a rank before others of it, and counts all. */
function createWorst() {
  const kept: Annotation[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(annotation: Annotation): void {
      count++;
      const after = kept.findIndex(({ rank }) => rank > annotation.rank);
      kept.splice(after < 0 ? kept.length : after, 0, annotation);
      if (kept.length > shownOfLevel) kept.pop();
    },
    annotations: (): readonly Annotation[] => kept,
  };
}

function ofFinding(finding: Finding, { asset, action }: Evaluation, report: Report): Annotation {
  const { severity, overThreshold, title, fix, locations } = finding;
  const [location] = locations;
  const affected = packageOf(finding);
  const sentences = [
    title,
    ...(location.kind === "file" ? [] : [`In ${formatLocation(location)} of ${assetTitle(asset)}`]),
    ...(fix === undefined ? ["No fix is known"] : [`Fix: ${fix.text}`]),
  ];
  const under = severityRank(severity) <= severityRank("medium") ? "warning" : "notice";
  const enforced = overThreshold ? "error" : under;
  const level = { deny: enforced, warn: overThreshold ? "warning" : under, audit: "notice" } as const;
  return {
    level: level[action ?? "deny"],
    rank: severityRank(severity),
    title: [severity, findingName(finding), ...(affected === undefined ? [] : ["in", affected])].join(" "),
    message: sentences.join(". "),
    ...(location.kind === "file"
      ? { file: inRepository(asset) ? sourcePath(report, location.path) : location.path }
      : {}),
    ...(location.kind === "file" && location.line !== undefined ? { line: location.line } : {}),
    ...(location.kind === "file" && location.line !== undefined && location.column !== undefined
      ? { column: location.column }
      : {}),
  };
}

function ofUnknown(evaluation: Evaluation): Annotation {
  const { asset, check } = evaluation;
  const scope = scopeText(evaluation.scope);
  return {
    level: "warning",
    // Before findings under the threshold: what it hides may be worse.
    rank: -1,
    title: `unknown ${check}`,
    message: `${scope === undefined ? assetTitle(asset) : `${assetTitle(asset)}, ${scope}`}: ${unknownText(evaluation)}`,
  };
}

function command({ level, title, message, file, line, column }: Annotation): string {
  const properties = [
    ...(file === undefined ? [] : [`file=${property(file)}`]),
    ...(line === undefined ? [] : [`line=${line}`]),
    ...(column === undefined ? [] : [`col=${column}`]),
    `title=${property(title)}`,
  ];
  return `::${level} ${properties.join(",")}::${data(message.slice(0, messageCharacters).toWellFormed())}`;
}

/** As the runner undoes it (actions/toolkit, `escapeData`); printable text has no line breaks, but escape what might. */
function data(text: string): string {
  return printable(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** As data, and what separates properties (`escapeProperty`). */
function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
