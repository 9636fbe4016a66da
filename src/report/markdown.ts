import { assetTitle } from "../core/asset.ts";
import { counted } from "../core/counted.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Finding } from "../core/finding.ts";
import { formatLocation } from "../core/location.ts";
import type { Report } from "../core/report.ts";
import { inOrder } from "./in-order.ts";
import { shortInstruction } from "./instruction.ts";
import { code, plain, row } from "./markdown-text.ts";
import type { RenderOptions } from "./options.ts";
import { verdictText } from "./page.ts";
import {
  acceptedTexts,
  assetIdentity,
  auditedText,
  baselinedText,
  baselineText,
  coverageText,
  databaseText,
  enforcementText,
  exitText,
  findingName,
  gapText,
  loosenedKeys,
  loosenedText,
  moreFindings,
  packageOf,
  policyText,
  scopeText,
  severityCounts,
  shown,
  withoutAudited,
} from "./wording.ts";

/** GitHub takes 65,536 characters in a comment. */
const mostCharacters = 65_000;
/** Kept for the line that says what was left out. */
const closingCharacters = 200;
/** Lines of one list that is not about findings; the rest is counted. */
const mostLines = 20;

/**
 * The report for a pull request's comment or a job's summary, in GitHub's Markdown: the controls, then each evaluation
 * folded with its worst findings. It stays under 65,000 characters; what does not fit is counted. One piece.
 */
export function* renderMarkdown(report: Report, { all }: Pick<RenderOptions, "all">): Generator<string> {
  const head = headOf(report);
  const basis = basisOf(report);
  let room = mostCharacters - closingCharacters - head.length - basis.length;
  const blocks: string[] = [];
  let findings = 0;
  let evaluations = 0;
  const { told, audited } = withoutAudited(inOrder(report.evaluations), all);
  for (const evaluation of told) {
    const block = blockOf(evaluation, room, all);
    findings += block?.unfit ?? evaluation.findings.length;
    if (block === undefined) {
      evaluations++;
      continue;
    }
    blocks.push(block.text);
    room -= block.text.length;
  }
  const aside = audited.length === 0 ? "" : `audited: ${auditedText(audited)} (\`--all\` shows them)\n\n`;
  const left = [
    ...(findings === 0 ? [] : [counted(findings, "more finding")]),
    ...(evaluations === 0 ? [] : [counted(evaluations, "more evaluation")]),
  ];
  const closing = left.length === 0 ? "" : `**${left.join(" in what is shown and ")}** did not fit.\n\n`;
  yield `${head}${blocks.join("")}${aside}${closing}${basis}`;
}

function headOf(report: Report): string {
  const { tool, subject, exitCode, controls = [] } = report;
  const verdict = ({ 0: "pass", 1: "fail", 2: "fail", 3: "unknown" } as const)[exitCode];
  const lines = [
    `## ${plain(tool.name)}: ${verdictText(verdict)}`,
    "",
    `${code(subject)}: ${exitText(report)} (exit code ${exitCode})`,
    "",
  ];
  if (controls.length > 0) {
    lines.push("| | Control | Verdict | Judged | Why |", "| ---: | --- | --- | --- | --- |");
    for (const { number, title, verdict: own, coverage, reason } of controls) {
      const judged = coverageText(coverage) ?? "";
      lines.push(row([String(number), plain(title), verdictText(own), plain(judged), plain(reason)]));
    }
    lines.push("");
  }
  const fixes = controls.filter(({ nextFix }) => nextFix !== undefined);
  if (fixes.length > 0) {
    lines.push(
      "**Next**",
      "",
      ...fixes.map(({ number, nextFix = "" }) => `- control ${number}: ${plain(nextFix)}`),
      "",
    );
  }
  return `${lines.join("\n")}\n`;
}

/** An evaluation with as many findings as there is room for; undefined where there is none for itself. */
function blockOf(evaluation: Evaluation, room: number, all: boolean): { text: string; unfit: number } | undefined {
  const { asset, check, verdict, reason, excepted, gaps, action } = evaluation;
  const scope = scopeText(evaluation.scope);
  const { findings, more } = shown(evaluation, all);
  const named = [action, assetIdentity(asset), scope, check].filter((part) => part !== undefined).map(code);
  const baselined = baselinedText(evaluation);
  const notes = [
    ...(excepted.length === 0
      ? []
      : [`- excepted: ${excepted.length}: ${severityCounts(excepted.map(({ finding }) => finding))}`]),
    ...(baselined === undefined ? [] : [`- baselined: ${baselined}`]),
    ...firstOf(gaps.map((gap) => `- unknown: ${plain(gapText(gap))}`)),
    ...firstOf(acceptedTexts(evaluation).map((text) => `- accepted: ${plain(text)}`)),
  ];
  const lines = [
    `<details${verdict === "pass" ? "" : " open"}><summary><b>${verdictText(verdict)}</b> ${code(assetTitle(asset))} ${named.join(" ")}: ${plain(reason)}</summary>`,
    "",
    ...(notes.length === 0 ? [] : [...notes, ""]),
    ...(findings.length === 0
      ? []
      : ["| Severity | Finding | Package | Fix | Where |", "| --- | --- | --- | --- | --- |"]),
  ];
  const foot = `${more === 0 ? "" : `\n${moreFindings(evaluation)} (\`--all\` shows them)\n`}\n</details>\n\n`;
  let length = lines.reduce((sum, line) => sum + line.length + 1, foot.length);
  if (length > room) return undefined;
  let unfit = findings.length;
  for (const finding of findings) {
    const line = findingRow(finding);
    length += line.length + 1;
    if (length > room) break;
    lines.push(line);
    unfit--;
  }
  return { text: `${lines.join("\n")}\n${foot}`, unfit };
}

function findingRow(finding: Finding): string {
  const { severity, overThreshold, title, fix, locations } = finding;
  const [location] = locations;
  const affected = packageOf(finding);
  const instruction = location.kind === "image" ? location.layer.instruction : undefined;
  const made = instruction === undefined ? "" : `<br>${code(shortInstruction(instruction))}`;
  const others = locations.length === 1 ? "" : ` and ${locations.length - 1} more`;
  return row([
    overThreshold ? `**✗ ${severity}**` : severity,
    `${code(findingName(finding))}<br>${plain(title)}`,
    affected === undefined ? "" : code(affected),
    fix === undefined ? "no fix" : plain(fix.text),
    code(formatLocation(location)) + others + made,
  ]);
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
  return `${lines.join("\n")}\n`;
}

function firstOf(lines: readonly string[]): string[] {
  const more = lines.length - mostLines;
  return more <= 0 ? [...lines] : [...lines.slice(0, mostLines), `- and ${counted(more, "line")} more`];
}
