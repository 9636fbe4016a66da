import { assetTitle } from "../core/asset.ts";
import type { Verdict } from "../core/evaluation.ts";
import type { Evaluations } from "../core/evaluations.ts";
import { printable } from "../core/printable.ts";
import type { ControlResult, LayerResult, Report } from "../core/report.ts";
import { type Severity, severities } from "../core/severity.ts";
import { inOrder } from "./in-order.ts";
import type { RenderOptions } from "./options.ts";
import {
  hanging,
  type Page,
  pageOf,
  verdictIndent,
  verdictMark,
  verdictPaint,
  verdictText,
  verdictWidth,
} from "./page.ts";
import { evaluationLines } from "./table-evaluation.ts";
import { clip, displayWidth, pad, wrap } from "./width.ts";
import {
  auditedText,
  baselineText,
  coverageText,
  databaseText,
  enforcementText,
  exitText,
  findingName,
  foldUnknown,
  layerText,
  loosenedKeys,
  loosenedText,
  packageOf,
  policyText,
  type QuietChecks,
  withoutAudited,
  withoutQuiet,
} from "./wording.ts";

/** The report for a terminal, fitted to its columns; a piece a line. Verdicts are never told by colour alone. */
export function* renderTable(report: Report, options: RenderOptions): Generator<string> {
  for (const line of tableLines(report, options)) yield `${line}\n`;
}

function* tableLines(report: Report, options: RenderOptions): Generator<string> {
  const page = pageOf(options);
  const { bold, dim } = page.colors;
  const { tool, subject, controls = [], layers = [], evaluations } = report;
  yield `${bold(printable(`${tool.name} ${tool.version}`))}${dim(" · ")}${clip(printable(subject), page.columns - 20)}`;
  yield* apart(controls.length === 0 ? [] : controlSection(page, controls));
  yield* apart(layers.length === 0 ? [] : layerSection(page, layers));
  if (evaluations.length > 0) {
    yield* apart([rule(page, "FINDINGS", severityTally(evaluations))]);
    const { told: loud, audited } = withoutAudited(inOrder(evaluations), page.all);
    const { told, quiet } = withoutQuiet(loud, page.all);
    for (const one of foldUnknown(told, page.all)) yield* apart(evaluationLines(page, one));
    yield* apart(quietLines(page, quiet));
    if (audited.length > 0) yield* apart([dim(`${verdictIndent}audited: ${auditedText(audited)} (--all shows them)`)]);
  }
  const fixes = controls.filter((control) => control.nextFix !== undefined);
  yield* apart(fixes.length === 0 ? [] : fixSection(page, fixes));
  yield* apart(footer(page, report));
}

/** Lines behind an empty one; nothing where there are none. */
function* apart(lines: readonly string[]): Generator<string> {
  if (lines.length === 0) return;
  yield "";
  yield* lines;
}

/** What passed without a word, a line an asset. */
function quietLines(page: Page, quiet: readonly QuietChecks[]): string[] {
  return quiet.map(({ asset, checks }) => {
    const count = ` · ${checks.length} checks without a finding`;
    const name = clip(printable(assetTitle(asset)), page.columns - verdictWidth - 2 - displayWidth(count));
    return `${verdictMark(page, "pass", verdictWidth)}  ${name}${page.colors.dim(count)}`;
  });
}

/** A title, a line to the summary at the right end. */
function rule(page: Page, title: string, summary: string): string {
  const { bold, dim } = page.colors;
  const fitted = clip(summary, page.columns - title.length - 3);
  const dashes = page.columns - title.length - displayWidth(fitted) - 2;
  return `${bold(title)} ${dim("─".repeat(dashes))} ${fitted}`;
}

function tally(verdicts: readonly Verdict[]): string {
  const counts = Map.groupBy(verdicts, (verdict) => verdict);
  return (["pass", "fail", "unknown"] as const)
    .flatMap((verdict) => (counts.has(verdict) ? [`${counts.get(verdict)?.length} ${verdict}`] : []))
    .join(" · ");
}

function severityTally(evaluations: Evaluations): string {
  const counts = new Map<Severity, number>();
  for (const { findings } of evaluations) {
    for (const { severity } of findings) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  }
  const parts = severities.flatMap((severity) => (counts.has(severity) ? [`${counts.get(severity)} ${severity}`] : []));
  const unrated = counts.get("unknown");
  if (unrated !== undefined) parts.push(`${unrated} of unknown severity`);
  return parts.length === 0 ? "none" : parts.join(" · ");
}

function controlSection(page: Page, controls: readonly ControlResult[]): string[] {
  const { bold, dim } = page.colors;
  const numberWidth = 4;
  const titleWidth = Math.min(
    Math.max(...controls.map(({ title }) => displayWidth(title))),
    page.columns - numberWidth - verdictWidth - 2,
  );
  const before = numberWidth + titleWidth + 2 + verdictWidth + 2;
  // Beside the verdict where the reason gets a readable width, else below the title.
  const beside = page.columns - before >= 36;
  const lines = [rule(page, "CONTROLS", tally(controls.map((control) => control.verdict)))];
  for (const control of controls) {
    const coverage = coverageText(control.coverage);
    const reason = printable(coverage === undefined ? control.reason : `${coverage}: ${control.reason}`);
    const title = pad(clip(printable(control.title), titleWidth), titleWidth);
    const head = `${String(control.number).padStart(2)}  ${bold(title)}  `;
    if (beside) {
      const [first = "", ...more] = wrap(reason, page.columns - before);
      lines.push(`${head}${verdictMark(page, control.verdict, verdictWidth)}  ${first}`);
      lines.push(...more.map((line) => " ".repeat(before) + line));
    } else {
      lines.push(head + verdictMark(page, control.verdict), ...hanging(page, reason, numberWidth));
    }
    if (control.worst.length > 0) {
      const all = control.worst.map((finding) => `${findingName(finding)} ${packageOf(finding) ?? ""}`.trim());
      const names = [...new Set(all)];
      const room = page.columns - numberWidth;
      lines.push(dim(`${" ".repeat(numberWidth)}${clip(printable(`worst: ${names.join(", ")}`), room)}`));
    }
  }
  return lines;
}

function layerSection(page: Page, layers: readonly LayerResult[]): string[] {
  const width = Math.max(...layers.map(({ layer }) => layer.length));
  const room = page.columns - 4 - width - 2 - verdictWidth - 2;
  return [
    rule(page, "LAYERS OF DEFENCE", tally(layers.map(({ verdict }) => verdict))),
    ...layers.map((result) => {
      const { layer, verdict, defends } = result;
      const text = clip(printable(layerText(result)), room);
      const what = defends.length === 0 ? page.colors.dim(text) : text;
      return `    ${layer.padEnd(width)}  ${verdictMark(page, verdict, verdictWidth)}  ${what}`;
    }),
  ];
}

function fixSection(page: Page, controls: readonly ControlResult[]): string[] {
  const { bold, cyan } = page.colors;
  return [
    bold("NEXT"),
    ...controls.flatMap(({ number, nextFix = "" }) => {
      const [first = "", ...more] = wrap(printable(nextFix), page.columns - 4);
      return [`${String(number).padStart(2)}  ${cyan(first)}`, ...more.map((line) => `    ${cyan(line)}`)];
    }),
  ];
}

function footer(page: Page, report: Report): string[] {
  const { dim, yellow } = page.colors;
  const entry = (label: string, text: string, paint: (text: string) => string = (plain) => plain) =>
    wrap(printable(text), page.columns - 10).map((line, i) => dim(pad(i === 0 ? label : "", 10)) + paint(line));
  const verdict = ({ 0: "pass", 1: "fail", 2: "fail", 3: "unknown" } as const)[report.exitCode];
  const unenforced = enforcementText(report.evaluations);
  return [
    page.colors.dim("─".repeat(page.columns)),
    ...entry("policy", policyText(report.policy), report.policy.kind === "trusted" ? undefined : yellow),
    ...loosenedKeys(report.policy).flatMap((key) => entry("", loosenedText(key), yellow)),
    ...report.databases.flatMap((database) => entry("database", databaseText(database))),
    ...(report.baseline === undefined ? [] : entry("baseline", baselineText(report.baseline))),
    ...(unenforced === undefined ? [] : entry("enforced", unenforced, yellow)),
    ...report.notes.flatMap((note) => entry("note", note)),
    ...entry(
      "result",
      `${verdictText(verdict)}: ${exitText(report)} (exit code ${report.exitCode})`,
      verdictPaint(page, verdict),
    ),
  ];
}
