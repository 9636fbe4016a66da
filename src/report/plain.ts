import { assetTitle } from "../core/asset.ts";
import { type ContextLookup, contextLookup, contextText } from "../core/context.ts";
import { counted } from "../core/counted.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { isPlainPass } from "../core/evaluations.ts";
import type { Finding } from "../core/finding.ts";
import { formatDockerfile, formatLayer, formatLocation } from "../core/location.ts";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { changePlain } from "./changes.ts";
import { detailsOf } from "./details.ts";
import { inOrder } from "./in-order.ts";
import { shortInstruction } from "./instruction.ts";
import { lifecyclePlain } from "./lifecycle.ts";
import type { RenderOptions } from "./options.ts";
import { pairs } from "./pairs.ts";
import { nextText, resultText, verdictOfExit, worstText } from "./summary/result.ts";
import { assetPlain, fixPlain, unknownPlain } from "./summary/summary-plain.ts";
import { type View, viewOf } from "./view.ts";
import {
  acceptedTexts,
  assetIdentity,
  baselinedText,
  baselineText,
  checksText,
  coverageText,
  databaseText,
  enforcementText,
  exceptedText,
  exceptionText,
  findingName,
  gapTexts,
  layerText,
  loosenedKeys,
  loosenedText,
  moreFindings,
  policyText,
  scopeText,
  shown,
  type Told,
  unknownText,
} from "./wording.ts";

/**
 * The table's content for pipes and logs: one line a fact, each beginning with its kind and a colon, so that grep and
 * cut find it. Of a finding, `key=value` pairs; a value with blanks, quotes or nothing in it is quoted as in JSON.
 * No colors, no wrapping. A piece a line. The findings are there with `--details`, what passed with `--all`.
 */
export function* renderPlain(report: Report, options: Pick<RenderOptions, "all" | "display">): Generator<string> {
  for (const line of plainLines(report, viewOf(report, options))) yield `${printable(line)}\n`;
}

function* plainLines(report: Report, view: View): Generator<string> {
  yield `tool: ${report.tool.name} ${report.tool.version}`;
  yield `subject: ${report.subject}`;
  for (const { number, verdict, title, coverage, reason } of report.controls ?? []) {
    const covered = coverageText(coverage);
    yield `control: ${number} ${verdict} ${title}: ${covered === undefined ? "" : `${covered}: `}${reason}`;
  }
  yield* lifecyclePlain(report);
  yield* changePlain(report);
  yield* fixPlain(report, view);
  if (view.details) {
    for (const layer of report.layers ?? []) yield `layer: ${layer.layer} ${layer.verdict}: ${layerText(layer)}`;
    yield* detailLines(report, view);
  } else {
    yield* assetPlain(view);
    yield* unknownPlain(report);
  }
  yield* footer(report, view);
}

function* detailLines(report: Report, view: View): Generator<string> {
  const contextOf = contextLookup(report.contexts);
  const { groups, passed } = detailsOf(report, view);
  for (const told of groups.flatMap((group) => group.told)) {
    yield* told.checks.length === 1 ? evaluationLines(told, view.all, contextOf) : unknownLines(told);
  }
  if (view.all) {
    for (const evaluation of inOrder(report.evaluations))
      if (isPlainPass(evaluation)) yield* evaluationLines({ evaluation, checks: [] }, true, contextOf);
  } else {
    for (const { asset, checks } of passed) {
      const judged = pairs([
        ["asset", assetTitle(asset)],
        ["identity", assetIdentity(asset)],
      ]);
      yield `passed: ${judged}: ${counted(checks, "check")} without a finding (--all lists them)`;
    }
  }
}

function* footer(report: Report, view: View): Generator<string> {
  const excepted = exceptedText(report.evaluations);
  yield `policy: ${policyText(report.policy)}${excepted === undefined ? "" : ` · ${excepted}`}`;
  for (const key of loosenedKeys(report.policy)) yield `loosened: ${loosenedText(key)}`;
  for (const database of report.databases) yield `database: ${databaseText(database)}`;
  if (report.baseline !== undefined) yield `baseline: ${baselineText(report.baseline)}`;
  const unenforced = enforcementText(report.evaluations);
  if (unenforced !== undefined) yield `enforced: ${unenforced}`;
  if (view.audited !== undefined) yield `audited: ${view.audited} (--all shows them)`;
  for (const note of report.notes) yield `note: ${note}`;
  if (view.hidden !== undefined) yield `hidden: ${view.hidden}`;
  const worst = worstText(view.fixes.groups[0]);
  if (worst !== undefined) yield `worst: ${worst}`;
  yield `next: ${nextText(view.fixes.groups[0], view.details)}`;
  yield `result: ${verdictOfExit(report)}: ${resultText(report)}`;
}

function* evaluationLines(told: Told, all: boolean, contextOf: ContextLookup): Generator<string> {
  const { evaluation } = told;
  const { asset, check, verdict, reason, evidence, action } = evaluation;
  const scope = scopeText(evaluation.scope);
  const judged = pairs([
    ["asset", assetTitle(asset)],
    ["identity", assetIdentity(asset)],
    ["scope", scope],
    ["action", action],
  ]);
  yield `evaluation: ${verdict} ${check} ${judged}: ${reason}`;
  const looked = pairs(Object.entries(evidence));
  if (looked !== "") yield `evidence: ${judged}: ${looked}`;
  const { findings, more } = shown(evaluation, all);
  for (const finding of findings) yield `finding: ${findingPairs(finding, evaluation, contextOf)}`;
  if (more > 0) yield `more: ${judged}: ${moreFindings(evaluation)} (--all shows them)`;
  for (const { finding, exception } of evaluation.excepted) {
    yield `excepted: ${findingPairs(finding, evaluation, contextOf)}: ${exceptionText(exception)}`;
  }
  const baselined = baselinedText(evaluation);
  if (baselined !== undefined) yield `baselined: ${judged}: ${baselined}`;
  for (const text of gapTexts(told)) yield `unknown: ${judged}: ${text}`;
  for (const text of acceptedTexts(evaluation)) yield `accepted: ${judged}: ${text}`;
}

/** As the lines of one: what each says is the same. */
function unknownLines({ evaluation, checks, gapsOf }: Told): string[] {
  const { asset, scope, action } = evaluation;
  const judged = pairs([
    ["asset", assetTitle(asset)],
    ["identity", assetIdentity(asset)],
    ["scope", scopeText(scope)],
    ["action", action],
  ]);
  return [`unknown: ${judged}: ${checksText(checks)}: ${unknownText(evaluation, gapsOf)}`];
}

function findingPairs(finding: Finding, { asset, scope }: Evaluation, contextOf: ContextLookup): string {
  const { severity, matches, fix, locations, title, detail, overThreshold, priority } = finding;
  const [location] = locations;
  const layer = location.kind === "image" ? location.layer : undefined;
  const rest = pairs([
    ["package", matches.package],
    ["version", matches.version],
    ["fixed", fix?.kind === "upgrade" ? fix.version : undefined],
    ["loaded", finding.loaded?.state],
    ["priority", priority?.reasons.join("; ")],
    ["context", contextText(contextOf(asset, finding))],
    ["asset", assetTitle(asset)],
    ["scope", scopeText(scope)],
    ["at", location.kind === "image" ? `/${location.path}` : formatLocation(location)],
    ["layer", layer === undefined ? undefined : formatLayer(layer).slice("layer ".length)],
    ["instruction", layer?.instruction === undefined ? undefined : shortInstruction(layer.instruction)],
    ["dockerfile", layer === undefined ? undefined : formatDockerfile(layer)],
    ["title", title],
    ["detail", detail],
    ["fix", fix?.text],
    ["grade", fix !== undefined && "grade" in fix ? fix.grade : undefined],
  ]);
  return `${severity} ${overThreshold ? "over" : "under"} ${findingName(finding)} ${rest}`;
}
