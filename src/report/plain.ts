import type { Evaluation } from "../core/evaluation.ts";
import type { Finding } from "../core/finding.ts";
import { formatDockerfile, formatLayer, formatLocation } from "../core/location.ts";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { shortInstruction } from "./instruction.ts";
import type { RenderOptions } from "./options.ts";
import {
  assetIdentity,
  baselinedText,
  baselineText,
  coverageText,
  databaseText,
  exceptionText,
  exitText,
  findingName,
  gapText,
  inOrder,
  layerText,
  loosenedKeys,
  loosenedText,
  moreFindings,
  policyText,
  shown,
  withoutQuiet,
} from "./wording.ts";

/**
 * The table's content for pipes and logs: one line a fact, each beginning with its kind and a colon, so that grep and
 * cut find it. Of a finding, `key=value` pairs; a value with blanks, quotes or nothing in it is quoted as in JSON.
 * No colours, no wrapping. Ends with a line break.
 */
export function renderPlain(report: Report, { all }: Pick<RenderOptions, "all">): string {
  const lines = [`tool: ${report.tool.name} ${report.tool.version}`, `subject: ${report.subject}`];
  for (const { number, verdict, title, coverage, reason } of report.controls ?? []) {
    const covered = coverageText(coverage);
    lines.push(`control: ${number} ${verdict} ${title}: ${covered === undefined ? "" : `${covered}: `}${reason}`);
  }
  for (const layer of report.layers ?? []) lines.push(`layer: ${layer.layer} ${layer.verdict}: ${layerText(layer)}`);
  const { told, quiet } = withoutQuiet(inOrder(report.evaluations), all);
  for (const evaluation of told) pushEvaluation(lines, evaluation, all);
  for (const { asset, checks } of quiet) {
    const judged = pairs([
      ["asset", asset.name],
      ["identity", assetIdentity(asset)],
    ]);
    lines.push(`passed: ${judged}: ${checks.length} checks without a finding (--all names them)`);
  }
  for (const { number, nextFix } of report.controls ?? []) {
    if (nextFix !== undefined) lines.push(`next: ${number} ${nextFix}`);
  }
  lines.push(`policy: ${policyText(report.policy)}`);
  for (const key of loosenedKeys(report.policy)) lines.push(`loosened: ${loosenedText(key)}`);
  for (const database of report.databases) lines.push(`database: ${databaseText(database)}`);
  if (report.baseline !== undefined) lines.push(`baseline: ${baselineText(report.baseline)}`);
  for (const note of report.notes) lines.push(`note: ${note}`);
  lines.push(`result: ${exitText(report)} (exit code ${report.exitCode})`);
  return `${lines.map(printable).join("\n")}\n`;
}

function pushEvaluation(lines: string[], evaluation: Evaluation, all: boolean): void {
  const { asset, scope, check, verdict, reason, evidence } = evaluation;
  const judged = pairs([
    ["asset", asset.name],
    ["identity", assetIdentity(asset)],
    ["scope", scope],
  ]);
  lines.push(`evaluation: ${verdict} ${check} ${judged}: ${reason}`);
  const looked = pairs(Object.entries(evidence));
  if (looked !== "") lines.push(`evidence: ${judged}: ${looked}`);
  const { findings, more } = shown(evaluation, all);
  for (const finding of findings) lines.push(`finding: ${findingPairs(finding, evaluation)}`);
  if (more > 0) lines.push(`more: ${judged}: ${moreFindings(evaluation)} (--all shows them)`);
  for (const { finding, exception } of evaluation.excepted) {
    lines.push(`excepted: ${findingPairs(finding, evaluation)}: ${exceptionText(exception)}`);
  }
  const baselined = baselinedText(evaluation);
  if (baselined !== undefined) lines.push(`baselined: ${judged}: ${baselined}`);
  for (const gap of evaluation.gaps) lines.push(`unknown: ${judged}: ${gapText(gap)}`);
}

function findingPairs(finding: Finding, { asset, scope }: Evaluation): string {
  const { severity, matches, fix, locations, title, detail, overThreshold, priority } = finding;
  const [location] = locations;
  const layer = location.kind === "image" ? location.layer : undefined;
  const rest = pairs([
    ["package", matches.package],
    ["version", matches.version],
    ["fixed", fix?.kind === "upgrade" ? fix.version : undefined],
    ["priority", priority?.reasons.join("; ")],
    ["asset", asset.name],
    ["scope", scope],
    ["at", location.kind === "image" ? `/${location.path}` : formatLocation(location)],
    ["layer", layer === undefined ? undefined : formatLayer(layer).slice("layer ".length)],
    ["instruction", layer?.instruction === undefined ? undefined : shortInstruction(layer.instruction)],
    ["dockerfile", layer === undefined ? undefined : formatDockerfile(layer)],
    ["title", title],
    ["detail", detail],
    ["fix", fix?.text],
  ]);
  return `${severity} ${overThreshold ? "over" : "under"} ${findingName(finding)} ${rest}`;
}

function pairs(entries: readonly (readonly [key: string, value: string | undefined])[]): string {
  return entries.flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${quoted(value)}`])).join(" ");
}

function quoted(value: string): string {
  return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
