/** The ten controls and the layers of defence in the table. */
import type { Asset } from "../core/asset.ts";
import type { Verdict } from "../core/evaluation.ts";
import { printable } from "../core/printable.ts";
import type { ControlResult, LayerResult, Report } from "../core/report.ts";
import { hanging, type Page, rule, verdictMark, verdictWidth } from "./page.ts";
import { clip, displayWidth, pad, wrap } from "./width.ts";
import { coverageText, findingName, layerText, packageOf } from "./wording.ts";

const NUMBER = 4;
/** Columns in which a reason can be read; on a narrow page, in which there may be one beside the verdict at all. */
const READABLE = 46;
const LEAST = 32;
/** From so many columns on, what was assessed is named beside its numbers. */
const WIDE = 120;
/** Columns that tell the titles apart. */
const TITLE = 30;

/** One line a control; on a narrow page what does not pass has a second one for its reason. */
export function controlLines(page: Page, { controls = [], evaluations }: Report): string[] {
  const { bold, dim } = page.colors;
  const assets = assetsOf(controls, evaluations);
  const coverageOf = page.columns < WIDE ? coverageNumbers : shortCoverage;
  const coverages = Math.max(...controls.map((control) => displayWidth(coverageOf(control))));
  const others = NUMBER + 2 + verdictWidth + 2 + coverages + 2;
  const longest = Math.max(...controls.map(({ title }) => displayWidth(title)));
  const reasons = controls.map((control) => printable(whyOf(control, assets)));
  const readable = Math.min(READABLE, Math.max(...reasons.map(displayWidth)));
  const cut = Math.max(TITLE, page.columns - others - readable);
  const beside = page.columns - others - Math.min(longest, cut) >= Math.min(LEAST, readable);
  const titles = Math.min(longest, page.columns - 20, beside ? cut : Math.max(TITLE, page.columns - others + 2));
  const before = others + titles;
  const room = page.columns - before;
  return [
    rule(page, "CONTROLS", tally(controls.map(({ verdict }) => verdict))),
    ...controls.flatMap((control, index) => {
      const { number, title, verdict } = control;
      const why = reasons[index] ?? "";
      const head = `${String(number).padStart(2)}  ${bold(pad(clip(printable(title), titles), titles))}  `;
      const mark = verdictMark(page, verdict, verdictWidth);
      const covered = coverageOf(control);
      if (beside) return [`${head}${mark}  ${dim(pad(covered, coverages))}  ${clip(why, room)}`];
      const first =
        covered !== "" && before - 2 <= page.columns
          ? `${head}${mark}  ${dim(covered)}`
          : head + verdictMark(page, verdict);
      return verdict === "pass" ? [first] : [first, dim(`    ${clip(why, page.columns - NUMBER)}`)];
    }),
  ];
}

/** `3/3 images`. */
function shortCoverage({ coverage: { assessed, total, noun } }: ControlResult): string {
  return total === 0 ? "" : printable(`${assessed}/${total} ${noun.split(" ").at(-1) ?? ""}`);
}

/** `3/3`: of images, workloads or namespaces, as the control says. */
function coverageNumbers({ coverage: { assessed, total } }: ControlResult): string {
  return total === 0 ? "" : `${assessed}/${total}`;
}

/** The worst that speaks against it and whose it is, else why it is what it is. */
function whyOf({ verdict, reason, worst: [worst] }: ControlResult, assets: ReadonlyMap<string, Asset>): string {
  if (verdict !== "fail" || worst === undefined) return reason;
  const affected = packageOf(worst);
  const what = affected === undefined ? worst.title : `${findingName(worst)} ${affected}`;
  const asset = assets.get(worst.fingerprint);
  const name = asset?.name.replace(/^.*\/(?=.)/, "");
  return name === undefined || what.includes(name) ? what : `${name}: ${what}`;
}

/** Whose the worst findings are, by their fingerprints. */
function assetsOf(controls: readonly ControlResult[], evaluations: Report["evaluations"]): ReadonlyMap<string, Asset> {
  const sought = new Set(controls.flatMap(({ worst: [worst] }) => worst?.fingerprint ?? []));
  const assets = new Map<string, Asset>();
  for (const { asset, findings } of evaluations) {
    for (const { fingerprint } of findings) {
      if (sought.has(fingerprint) && !assets.has(fingerprint)) assets.set(fingerprint, asset);
    }
  }
  return assets;
}

/** Every control with its whole reason and its worst findings. */
export function controlDetailLines(page: Page, controls: readonly ControlResult[]): string[] {
  const { bold, dim } = page.colors;
  const titleWidth = Math.min(
    Math.max(...controls.map(({ title }) => displayWidth(title))),
    page.columns - NUMBER - verdictWidth - 2,
  );
  const before = NUMBER + titleWidth + 2 + verdictWidth + 2;
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
      lines.push(head + verdictMark(page, control.verdict), ...hanging(page, reason, NUMBER));
    }
    if (control.worst.length > 0) {
      const all = control.worst.map((finding) => `${findingName(finding)} ${packageOf(finding) ?? ""}`.trim());
      const names = [...new Set(all)];
      const room = page.columns - NUMBER;
      lines.push(dim(`${" ".repeat(NUMBER)}${clip(printable(`worst: ${names.join(", ")}`), room)}`));
    }
  }
  return lines;
}

export function layerLines(page: Page, layers: readonly LayerResult[]): string[] {
  const width = Math.max(...layers.map(({ layer }) => layer.length));
  const room = page.columns - 4 - width - 2 - verdictWidth - 2;
  return [
    rule(page, "LAYERS", tally(layers.map(({ verdict }) => verdict))),
    ...layers.map((result) => {
      const { layer, verdict, defends } = result;
      const text = clip(printable(layerText(result)), room);
      const what = defends.length === 0 ? page.colors.dim(text) : text;
      return `    ${layer.padEnd(width)}  ${verdictMark(page, verdict, verdictWidth)}  ${what}`;
    }),
  ];
}

function tally(verdicts: readonly Verdict[]): string {
  const counts = Map.groupBy(verdicts, (verdict) => verdict);
  return (["pass", "fail", "unknown"] as const)
    .flatMap((verdict) => (counts.has(verdict) ? [`${counts.get(verdict)?.length} ${verdict}`] : []))
    .join(" · ");
}
