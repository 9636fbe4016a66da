import picocolors from "picocolors";
import type { Verdict } from "../core/evaluation.ts";
import { printable } from "../core/printable.ts";
import type { Severity } from "../core/severity.ts";
import type { RenderOptions } from "./options.ts";
import { clip, displayWidth, wrap } from "./width.ts";

/** What every part of the table needs to know of the terminal. */
export interface Page extends RenderOptions {
  readonly colors: ReturnType<typeof picocolors.createColors>;
}

/** Narrower than this nothing is fitted any more: the terminal wraps. */
const leastColumns = 40;
/** Wider than this, lines are hard to follow. */
const mostColumns = 160;

export function pageOf(options: RenderOptions): Page {
  return {
    ...options,
    columns: Math.min(Math.max(options.columns, leastColumns), mostColumns),
    colors: picocolors.createColors(options.color),
  };
}

/** Before what belongs to a verdict; as wide as the mark of a finding over the threshold. */
export const verdictIndent = "  ";

const marks: Record<Verdict, string> = { pass: "✓ pass", fail: "✗ fail", unknown: "? unknown" };

/** Columns of the widest verdict. */
export const verdictWidth = marks.unknown.length;

/** The verdict in words and with its mark; the colour only repeats it. Filled with blanks to `width` columns. */
export function verdictMark(page: Page, verdict: Verdict, width = 0): string {
  return verdictPaint(page, verdict)(verdictText(verdict).padEnd(width));
}

export function verdictText(verdict: Verdict): string {
  return marks[verdict];
}

export function verdictPaint(page: Page, verdict: Verdict): (text: string) => string {
  const { green, red, yellow } = page.colors;
  return { pass: green, fail: red, unknown: yellow }[verdict];
}

/** Columns of the widest severity. */
export const severityWidth = "negligible".length;

/** Columns before what stands beside a severity. */
export const findingIndent = verdictIndent.length + severityWidth + 2;

export function severityWord(page: Page, severity: Severity): string {
  return severityPaint(page, severity)(severity.padEnd(severityWidth));
}

export function severityPaint(page: Page, severity: Severity): (text: string) => string {
  const { bold, red, yellow, cyan, dim, magenta } = page.colors;
  const paint: Record<Severity, (text: string) => string> = {
    critical: (text) => bold(red(text)),
    high: red,
    medium: yellow,
    low: cyan,
    negligible: dim,
    unknown: magenta,
  };
  return paint[severity];
}

/** A title, a line to the summary at the right end. */
export function rule(page: Page, title: string, summary: string): string {
  const { bold, dim } = page.colors;
  const fitted = clip(summary, page.columns - displayWidth(title) - 3);
  const dashes = page.columns - displayWidth(title) - displayWidth(fitted) - 2;
  return `${bold(title)} ${dim("─".repeat(dashes))} ${fitted}`;
}

/** Text wrapped to the page behind an indent; lines after the first stand further in by `more`. */
export function hanging(page: Page, text: string, indent: number, more = ""): string[] {
  const blanks = " ".repeat(indent);
  const lines = wrap(printable(text), page.columns - indent - more.length);
  return lines.map((line, i) => blanks + (i === 0 ? "" : more) + line);
}
