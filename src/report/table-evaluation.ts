import { assetTitle } from "../core/asset.ts";
import { type ContextLookup, contextText } from "../core/context.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Finding, Fix } from "../core/finding.ts";
import { formatLocation } from "../core/location.ts";
import { printable } from "../core/printable.ts";
import { packageTable, tableColumns } from "./package-table.ts";
import { findingIndent, hanging, type Page, severityWord, verdictIndent, verdictMark } from "./page.ts";
import { clip, clipStart, displayWidth, wrap } from "./width.ts";
import {
  acceptedTexts,
  assetIdentity,
  baselinedText,
  checksText,
  exceptionText,
  findingName,
  gapTexts,
  moreFindings,
  packageOf,
  scopeText,
  shown,
  type Told,
} from "./wording.ts";

/** A title that takes more lines than this is cut: it may be an attacker's. */
const titleLines = 4;

/** One evaluation: its verdict and reason, its findings, what was excepted, what could not be known. */
export function evaluationLines(page: Page, told: Told, contextOf?: ContextLookup): string[] {
  const { evaluation, checks } = told;
  const { dim, yellow } = page.colors;
  const { findings, more } = shown(evaluation, page.all);
  const lines = heading(page, evaluation, checksText(checks));
  const row = contextOf === undefined ? undefined : rowText(evaluation, contextOf);
  if (row !== undefined) lines.push(...hanging(page, row, verdictIndent.length).map(dim));
  if (findings.length > 0) {
    const tabular = page.columns >= tableColumns && findings.every(({ matches }) => matches.package !== undefined);
    lines.push("");
    for (const line of tabular ? packageTable(page, findings) : findings.flatMap((one) => entry(page, one))) {
      lines.push(line);
    }
  }
  if (more > 0) lines.push("", dim(`${verdictIndent}${moreFindings(evaluation)} (--all shows them)`));
  const baselined = baselinedText(evaluation);
  const notes = [
    ...findings.flatMap((finding) =>
      finding.detail === undefined ? [] : [{ paint: dim, text: `${nameOf(finding)}: ${finding.detail}` }],
    ),
    ...evaluation.excepted.map(({ finding, exception }) => ({
      paint: dim,
      text: `excepted: ${nameOf(finding)}: ${exceptionText(exception)}`,
    })),
    ...(baselined === undefined ? [] : [{ paint: dim, text: `baselined: ${baselined}` }]),
    ...gapTexts(told).map((text) => ({ paint: yellow, text: `unknown: ${text}` })),
    ...acceptedTexts(evaluation).map((text) => ({ paint: dim, text: `accepted: ${text}` })),
  ];
  if (notes.length > 0 && findings.length > 0) lines.push("");
  for (const { paint, text } of notes) lines.push(...hanging(page, text, verdictIndent.length).map(paint));
  return lines;
}

/** One row of all findings: they are in one asset. Of packages some may be loaded and others not. */
function rowText({ asset, findings }: Evaluation, contextOf: ContextLookup): string | undefined {
  const rows = new Set<string>();
  for (const finding of findings) {
    const text = contextText(contextOf(asset, finding));
    if (text !== undefined) rows.add(text);
  }
  const [first] = rows;
  return first === undefined || rows.size === 1 ? first : first.replace(/ · loaded [^·]*/, " · loaded varies");
}

function heading(page: Page, evaluation: Evaluation, checks: string): string[] {
  const { bold, dim } = page.colors;
  const { asset, verdict, reason, action } = evaluation;
  const scope = scopeText(evaluation.scope);
  const name = clip(printable(assetTitle(asset)), page.columns - 12);
  const identity = assetIdentity(asset);
  const always = [action, scope, checks].filter((part) => part !== undefined).map(printable);
  const room = page.columns - verdict.length - 4 - displayWidth(name);
  const width = (parts: readonly string[]) => parts.reduce((sum, part) => sum + 3 + displayWidth(part), 0);
  const withIdentity = identity === undefined ? always : always.toSpliced(-1, 0, printable(identity));
  // The check's id is never left out: what does not fit beside the name stands below it.
  const parts = width(withIdentity) <= room ? withIdentity : always;
  const beside = width(parts) <= room;
  const head = `${verdictMark(page, verdict)}  ${bold(name)}`;
  const line = beside ? head + parts.map((part) => dim(` · ${part}`)).join("") : head;
  // A gap that is the reason says more below: it names the remedy.
  const isGap = evaluation.gaps.some((gap) => gap.reason === reason);
  const looked = Object.entries(evaluation.evidence).map(([what, found]) => `${what}: ${found}`);
  return [
    line,
    ...(beside ? [] : hanging(page, parts.join(" · "), verdictIndent.length).map(dim)),
    ...(isGap ? [] : hanging(page, reason, verdictIndent.length)),
    ...(looked.length === 0 ? [] : hanging(page, looked.join(" · "), verdictIndent.length).map(dim)),
  ];
}

/** `CVE-2021-44906 minimist 1.2.5`. */
function nameOf(finding: Finding): string {
  return [findingName(finding), packageOf(finding)].filter((part) => part !== undefined).join(" ");
}

/** A finding as title, places and fix. */
function entry(page: Page, finding: Finding): string[] {
  const { dim, cyan, red } = page.colors;
  const room = page.columns - findingIndent;
  const said = packageOf(finding) === undefined ? finding.title : `${nameOf(finding)}: ${finding.title}`;
  const [title = "", ...more] = wrap(clip(printable(said), titleLines * room), room);
  const others = finding.locations.length - 1;
  const place = formatLocation(finding.locations[0]) + (others > 0 ? ` and ${others} more` : "");
  return [
    `${finding.overThreshold ? red("✗ ") : verdictIndent}${severityWord(page, finding.severity)}  ${title}`,
    ...more.map((line) => " ".repeat(findingIndent) + line),
    dim(" ".repeat(findingIndent) + clipStart(printable(place), room)),
    ...(finding.priority === undefined
      ? []
      : hanging(page, printable(finding.priority.reasons.join("; ")), findingIndent).map(dim)),
    ...(finding.fix === undefined ? [] : hanging(page, fixWords(finding.fix), findingIndent, "     ").map(cyan)),
  ];
}

function fixWords(fix: Fix): string {
  return `${"grade" in fix ? `fix (${fix.grade})` : "fix"}: ${fix.text}`;
}
