import { assetTitle } from "../core/asset.ts";
import { contextLookup } from "../core/context.ts";
import { counted } from "../core/counted.ts";
import { isPlainPass } from "../core/evaluations.ts";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { changeLines } from "./changes.ts";
import { controlDetailLines, controlLines, layerLines } from "./control-table.ts";
import { detailsOf } from "./details.ts";
import { inOrder } from "./in-order.ts";
import { lifecycleDetailLines, lifecycleRow } from "./lifecycle.ts";
import type { RenderOptions } from "./options.ts";
import { type Page, pageOf, rule, verdictMark, verdictPaint, verdictText, verdictWidth } from "./page.ts";
import {
  countedSeverities,
  noSeverities,
  type SeverityCounts,
  severityCountsText,
  totalOf,
} from "./severity-counts.ts";
import { limits } from "./summary/limits.ts";
import { nextText, resultText, verdictOfExit, worstText } from "./summary/result.ts";
import { assetLines, fixLines, unknownLines } from "./summary/summary-table.ts";
import { evaluationLines } from "./table-evaluation.ts";
import { type View, viewOf } from "./view.ts";
import { clip, displayWidth, pad, wrap } from "./width.ts";
import {
  baselineText,
  databaseText,
  enforcementText,
  exceptedText,
  loosenedKeys,
  loosenedText,
  policyText,
} from "./wording.ts";

/**
 * The report for a terminal, fitted to its columns; a piece a line. Verdicts are never told by color alone.
 * By default what two screens hold: the controls, what to fix first, the assets, what is unknown. `--details` adds the
 * findings, `--all` what passed.
 */
export function* renderTable(report: Report, options: RenderOptions): Generator<string> {
  for (const line of tableLines(report, options)) yield `${line}\n`;
}

function* tableLines(report: Report, options: RenderOptions): Generator<string> {
  const page = pageOf(options);
  const view = viewOf(report, options);
  const { bold, dim } = page.colors;
  const { tool, subject, controls = [], layers = [] } = report;
  const name = printable(`${tool.name} ${tool.version}`);
  yield `${bold(name)}${dim(" · ")}${clip(printable(subject), page.columns - displayWidth(name) - 3)}`;
  if (!view.details) {
    yield* summaryLines(page, report, view);
    return;
  }
  if (controls.length > 0) yield* apart(controlDetailLines(page, controls));
  if (layers.length > 0) yield* apart(layerLines(page, layers));
  yield* apart(lifecycleDetailLines(page, report));
  yield* apart(changeLines(page, report));
  yield* apart(fixLines(page, report, view));
  if (report.evaluations.length > 0) yield* detailLines(page, report, view);
  yield* apart(footer(page, report, view));
}

/** What two screens hold: the more there is to say of the rest, the fewer fixes are told at once. */
function* summaryLines(page: Page, report: Report, view: View): Generator<string> {
  const above = [
    ...(report.controls === undefined ? [] : apart(controlLines(page, report))),
    ...lifecycleRow(page, report),
    ...apart(changeLines(page, report)),
  ];
  const below = [
    ...apart(assetLines(page, report, view)),
    ...apart(unknownLines(page, report, view)),
    ...apart(footer(page, report, view)),
  ];
  yield* above;
  // The name above all, and with the fixes an empty line, their heading, and what says how many there are more.
  yield* apart(fixLines(page, report, view, limits.lines - above.length - below.length - 4));
  yield* below;
}

/** Lines after an empty one; nothing where there are none. */
function* apart(lines: readonly string[]): Generator<string> {
  if (lines.length === 0) return;
  yield "";
  yield* lines;
}

function* detailLines(page: Page, report: Report, view: View): Generator<string> {
  const { dim } = page.colors;
  const { groups, passed } = detailsOf(report, view);
  const contextOf = contextLookup(report.contexts);
  const found = noSeverities();
  for (const group of groups) for (const severity of countedSeverities) found[severity] += group.found[severity];
  yield* apart([rule(page, "FINDINGS", tallyText(found))]);
  for (const { name, found: own, told } of groups) {
    yield* apart([rule(page, clip(printable(name), page.columns - 24), tallyText(own))]);
    for (const one of told) yield* apart(evaluationLines(page, one, contextOf));
  }
  if (view.all) {
    // What passed is as many as there are checks and assets: it is gone through, and not held.
    for (const evaluation of inOrder(report.evaluations)) {
      if (isPlainPass(evaluation)) yield* apart(evaluationLines(page, { evaluation, checks: [evaluation.check] }));
    }
  } else {
    yield* apart(
      passed.map(({ asset, checks }) => {
        const count = ` · ${counted(checks, "check")} without a finding`;
        const title = clip(printable(assetTitle(asset)), page.columns - verdictWidth - 2 - displayWidth(count));
        return `${verdictMark(page, "pass", verdictWidth)}  ${title}${dim(count)}`;
      }),
    );
  }
}

/** `2 critical · 12 low`; `none`. */
function tallyText(counts: SeverityCounts): string {
  const text = severityCountsText(counts)
    .replaceAll(", ", " · ")
    .replace(/ unknown$/, " of unknown severity");
  return totalOf(counts) === 0 ? "none" : text;
}

function footer(page: Page, report: Report, view: View): string[] {
  const { dim, yellow, cyan } = page.colors;
  const plain = (text: string): string => text;
  const room = page.columns - 10;
  const entry = (label: string, text: string, paint = plain, whole = true) => {
    const lines = whole ? wrap(printable(text), room) : [clip(printable(text), room)];
    return lines.map((line, i) => dim(pad(i === 0 ? label : "", 10)) + paint(line));
  };
  const unenforced = enforcementText(report.evaluations);
  const excepted = [exceptedText(report.evaluations) ?? []].flat();
  const paint = report.policy.kind === "trusted" ? plain : yellow;
  const alone = report.controls === undefined;
  const notes = view.details ? report.notes : report.notes.slice(0, alone ? limits.notesAlone : limits.notes);
  const worst = worstText(view.fixes.groups[0]);
  const verdict = verdictOfExit(report);
  return [
    ...(view.details ? [dim("─".repeat(page.columns))] : []),
    ...entry("policy", [policyText(report.policy), ...excepted].join(" · "), paint),
    ...loosenedKeys(report.policy).flatMap((key) => entry("", loosenedText(key), yellow)),
    ...report.databases.flatMap((database) => entry("database", databaseText(database), plain, view.details)),
    ...(report.baseline === undefined ? [] : entry("baseline", baselineText(report.baseline))),
    ...(unenforced === undefined ? [] : entry("enforced", unenforced, yellow)),
    ...(view.audited === undefined ? [] : entry("audited", `${view.audited} (--all shows them)`)),
    ...notes.flatMap((note) => entry("note", note, plain, view.details || alone)),
    ...(notes.length < report.notes.length
      ? entry("", `${counted(report.notes.length - notes.length, "more note")} (--details)`)
      : []),
    ...(view.hidden === undefined ? [] : entry("hidden", view.hidden, yellow)),
    ...(worst === undefined ? [] : entry("worst", worst, plain, view.details)),
    ...entry("next", nextText(view.fixes.groups[0], view.details), cyan),
    ...wrap(`${verdictText(verdict)}: ${resultText(report)}`, page.columns).map(verdictPaint(page, verdict)),
  ];
}
