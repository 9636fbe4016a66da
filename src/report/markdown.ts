import { assetTitle } from "../core/asset.ts";
import {
  blocks,
  type ContextLookup,
  compareRows,
  contextLookup,
  contextText,
  type FindingRow,
} from "../core/context.ts";
import { counted } from "../core/counted.ts";
import type { Evaluation, Verdict } from "../core/evaluation.ts";
import type { Finding } from "../core/finding.ts";
import { formatLocation, type Location } from "../core/location.ts";
import type { Report } from "../core/report.ts";
import { changeMarkdown } from "./changes.ts";
import { inOrder } from "./in-order.ts";
import { shortInstruction } from "./instruction.ts";
import { lifecycleMarkdown } from "./lifecycle.ts";
import { code, plain, row } from "./markdown-text.ts";
import type { RenderOptions } from "./options.ts";
import { verdictText } from "./page.ts";
import { inRepository, sourcePath } from "./source-path.ts";
import { groupUnknowns, unknownCount, unknownReason } from "./summary/unknown-groups.ts";
import {
  auditedText,
  baselineText,
  coverageText,
  databaseText,
  enforcementText,
  exitText,
  findingName,
  loosenedKeys,
  loosenedText,
  packageOf,
  policyText,
  severityCounts,
  withoutAudited,
} from "./wording.ts";

/** GitHub takes 65,536 characters in a comment. */
const mostCharacters = 65_000;
/** Kept for the line that says what was left out. */
const closingCharacters = 200;
/** Lines of one list that is not about findings; the rest is counted. */
const mostLines = 20;
/** Findings, unless all are asked for: what a reader of a change looks through. */
const mostFindings = 20;

/**
 * The report for a pull request's comment or a job's summary, in GitHub's Markdown: what blocks and the other findings, the
 * worst first over all assets, then what became of the others, and folded the controls, what could not be assessed, and what it
 * all rests on. With a baseline the findings are what is new. It stays under 65,000 characters; what does not fit is
 * counted. One piece.
 */
export function* renderMarkdown(report: Report, { all }: Pick<RenderOptions, "all">): Generator<string> {
  const { told, audited } = withoutAudited(inOrder(report.evaluations), all);
  const findings = worstFirst(told, contextLookup(report.contexts));
  const head = headOf(report, findings);
  const tail = [
    changeMarkdown(report),
    statusOf(report, audited),
    controlsOf(report),
    lifecycleMarkdown(report),
    unknownOf(report),
    basisOf(report),
  ].join("");
  const room = mostCharacters - closingCharacters - head.length - tail.length;
  yield `${head}${tableOf(report, findings, room, all ? findings.length : mostFindings)}${tail}`;
}

interface Told extends FindingRow {
  readonly evaluation: Evaluation;
}

function worstFirst(evaluations: Iterable<Evaluation>, contextOf: ContextLookup): Told[] {
  const told: Told[] = [];
  for (const evaluation of evaluations) {
    for (const finding of evaluation.findings) {
      told.push({ finding, evaluation, context: contextOf(evaluation.asset, finding) });
    }
  }
  return told.sort(compareRows);
}

function headOf(report: Report, findings: readonly Told[]): string {
  const { tool, subject, exitCode, baseline, changes } = report;
  const verdict = ({ 0: "pass", 1: "fail", 2: "fail", 3: "unknown" } as const)[exitCode];
  const blocking = findings.filter(blocks).length;
  const what =
    exitCode === 1 && (baseline ?? changes) !== undefined && blocking > 0
      ? `${counted(blocking, baseline === undefined ? "finding" : "new finding")} ${blocking === 1 ? "blocks" : "block"} this change`
      : exitText(report);
  return `### ${plain(tool.name)}: ${verdictText(verdict)}: ${what}\n\n${code(subject)} (exit code ${exitCode})\n\n`;
}

function tableOf(report: Report, findings: readonly Told[], room: number, most: number): string {
  if (findings.length === 0) return "";
  const lines = ["| | Finding | Where | Fix |", "| --- | --- | --- | --- |"];
  let length = lines.join("\n").length;
  let count = 0;
  for (const told of findings) {
    const line = findingRow(report, told);
    length += line.length + 1;
    if (length > room || count === most) break;
    lines.push(line);
    count++;
  }
  const left = findings.slice(count);
  if (left.length > 0) {
    const why = count < most ? "did not fit" : "`--all` shows them";
    lines.push(
      "",
      `**${counted(left.length, "more finding")}**: ${severityCounts(left.map(({ finding }) => finding))} (${why})`,
    );
  }
  return `${lines.join("\n")}\n\n`;
}

function findingRow(report: Report, { finding, evaluation, context }: Told): string {
  const known = contextText(context);
  const { severity, overThreshold, title, fix, locations } = finding;
  const { asset, action } = evaluation;
  const [location] = locations;
  const affected = packageOf(finding);
  const instruction = location.kind === "image" ? location.layer.instruction : undefined;
  const name = findingName(finding);
  return row([
    [overThreshold ? `**✗ ${severity}**` : severity, ...(action === undefined ? [] : [action])].join("<br>"),
    `${plain(title)}<br>${code(name)}${affected === undefined ? "" : ` in ${code(affected)}`}`,
    [
      `${code(placeText(report, evaluation, location))}${locations.length === 1 ? "" : ` and ${locations.length - 1} more`}`,
      ...(location.kind === "file" && asset.kind === "file" ? [] : [code(assetTitle(asset))]),
      ...(instruction === undefined ? [] : [code(shortInstruction(instruction))]),
      ...(known === undefined ? [] : [plain(known)]),
    ].join("<br>"),
    fix === undefined ? "no fix available" : plain(fix.text),
  ]);
}

function placeText(report: Report, { asset }: Evaluation, location: Location): string {
  if (location.kind !== "file" || !inRepository(asset)) return formatLocation(location);
  return formatLocation({ ...location, path: sourcePath(report, location.path) });
}

/** What became of the findings that are not in the table, one line. */
function statusOf(report: Report, audited: readonly Evaluation[]): string {
  const { baseline, evaluations } = report;
  const [excepted, baselined]: [Finding[], Finding[]] = [[], []];
  for (const evaluation of evaluations) {
    for (const { finding } of evaluation.excepted) excepted.push(finding);
    for (const { finding } of evaluation.baselined ?? []) baselined.push(finding);
  }
  const counts = (findings: readonly Finding[]): string => `${findings.length}: ${severityCounts(findings)}`;
  const parts = [
    ...(baseline === undefined ? [] : [`closed: ${baseline.resolved}`]),
    ...(baselined.length === 0 ? [] : [`baselined: ${counts(baselined)}`]),
    ...(excepted.length === 0 ? [] : [`excepted: ${counts(excepted)}`]),
    ...changedControls(report),
    ...(audited.length === 0 ? [] : [`audited: ${auditedText(audited)} (\`--all\` shows them)`]),
  ];
  return parts.length === 0 ? "" : `${parts.join(" · ")}\n\n`;
}

/** `controls: 4 ✓→✗`: what the change does to the ten. */
function changedControls({ controls = [] }: Report): string[] {
  const changes = controls.flatMap(({ number, before, verdict }) =>
    before === undefined || before === verdict ? [] : [`${number} ${markOf(before)}→${markOf(verdict)}`],
  );
  return changes.length === 0 ? [] : [`controls: ${changes.join(", ")}`];
}

function markOf(verdict: Verdict): string {
  return verdictText(verdict).split(" ", 1)[0] ?? "";
}

function controlsOf({ controls = [], baseline }: Report): string {
  if (controls.length === 0) return "";
  const numbers = (wanted: Verdict): string[] => {
    const those = controls.filter(({ verdict }) => verdict === wanted).map(({ number }) => number);
    return those.length === 0 ? [] : [`${markOf(wanted)} ${those.join(", ")}`];
  };
  const lines = controls.map(({ number, title, verdict, coverage, reason, nextFix }) => {
    const next = nextFix === undefined ? "" : `<br>Next: ${plain(nextFix)}`;
    return row([
      String(number),
      plain(title),
      verdictText(verdict),
      plain(coverageText(coverage) ?? ""),
      `${plain(reason)}${next}`,
    ]);
  });
  const summary = `${baseline === undefined ? "Controls" : "Controls after this change"}: ${[...numbers("fail"), ...numbers("unknown"), ...numbers("pass")].join(" · ")}`;
  return folded(summary, ["| | Control | Verdict | Coverage | Why |", "| ---: | --- | --- | --- | --- |", ...lines]);
}

/** What could not be assessed: each cause once, as in the summary. */
function unknownOf(report: Report): string {
  const groups = groupUnknowns(report);
  if (groups.length === 0) return "";
  const lines = groups.map((group) => {
    const closes = group.remedy === undefined ? "" : `: ${plain(group.remedy)}`;
    return `- ${plain(unknownReason(group))} (${plain(unknownCount(group))})${closes}`;
  });
  return folded(`${counted(groups.length, "cause")} of unknown`, firstOf(lines));
}

/** What the report rests on. */
function basisOf(report: Report): string {
  const unenforced = enforcementText(report.evaluations);
  const lines = firstOf(
    [
      `policy ${policyText(report.policy)}`,
      ...loosenedKeys(report.policy).map(loosenedText),
      ...report.databases.map((database) => `database: ${databaseText(database)}`),
      ...(report.baseline === undefined ? [] : [`baseline ${baselineText(report.baseline)}`]),
      ...(unenforced === undefined ? [] : [`enforcement: ${unenforced}`]),
      ...report.notes,
    ].map((text) => `- ${plain(text)}`),
  );
  return folded("Sources of this report", lines).trimEnd().concat("\n");
}

function folded(summary: string, lines: readonly string[]): string {
  return `<details><summary>${summary}</summary>\n\n${lines.join("\n")}\n\n</details>\n\n`;
}

function firstOf(lines: readonly string[]): string[] {
  const more = lines.length - mostLines;
  return more <= 0 ? [...lines] : [...lines.slice(0, mostLines), `- and ${counted(more, "line")} more`];
}
