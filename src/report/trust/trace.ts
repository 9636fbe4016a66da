/** `bulkhead trace`: each link of an image's life with what says so. */
import { withoutLogCommands } from "../../core/log-commands.ts";
import { printable } from "../../core/printable.ts";
import type { RenderOptions } from "../options.ts";
import { type Page, pageOf } from "../page.ts";
import { clip } from "../width.ts";
import { fittedLines, LONGEST } from "./lines.ts";
import {
  type BreakView,
  conclusionText,
  type LinkFactView,
  type LinkView,
  stateMarks,
  type TraceView,
} from "./trace-view.ts";

const SCHEMA = "bulkhead-trace-v1";

/** Facts of one link that are told unless all are asked for. */
const FACTS = 5;

/** Before what is said of a link. */
const INDENT = 21;

/** Ends with a line break. */
export function renderTrace(view: TraceView, options: RenderOptions): string {
  const page = pageOf(options);
  const { bold, dim, red, green, yellow } = page.colors;
  const out = [
    bold(clip(printable(view.reference), LONGEST)),
    // To be copied: it is not broken.
    `  ${clip(printable(view.resolved), LONGEST)}`,
    ...fittedLines(page, `as of ${view.resolvedAt}; rules: ${view.rules}`, 2, "  ").map(dim),
    "",
    ...view.links.flatMap((link) => linkLines(link, page)),
  ];
  if (view.notes.length > 0) out.push("");
  for (const note of view.notes) out.push(...fittedLines(page, `note: ${note}`, 0, "  "));
  const paint = { 0: green, 1: red, 3: yellow }[view.exitCode];
  out.push("", ...fittedLines(page, conclusionText(view), 0, "  ").map(paint));
  return `${out.join("\n")}\n`;
}

/** One object with all of it; ends with a line break. */
export function renderTraceJson(view: TraceView): string {
  return withoutLogCommands(`${JSON.stringify({ schema: SCHEMA, ...view }, null, 2)}\n`);
}

function linkLines({ name, state, facts, breaks, gaps, requiredBy }: LinkView, page: Page): string[] {
  const { red, green, yellow, dim } = page.colors;
  const paint = { broken: red, verified: green, observed: green, claimed: yellow, none: dim, unknown: yellow }[state];
  const told = page.all ? facts : facts.slice(0, FACTS);
  const lines = [
    ...breaks.flatMap((broken) => breakLines(broken, page)),
    ...(facts.length === 0 && gaps.length === 0 && breaks.length === 0 ? [`${" ".repeat(INDENT)}${state}`] : []),
    ...told.flatMap((fact) => factLines(fact, page)),
    ...(facts.length > told.length ? [`${" ".repeat(INDENT)}… ${facts.length - told.length} more (--all)`] : []),
    ...gaps.flatMap(({ reason, remedy }) =>
      fittedLines(page, `unknown: ${reason}${remedy === undefined ? "" : ` (${remedy})`}`, INDENT, "  "),
    ),
  ];
  if (state === "unknown" && requiredBy !== undefined)
    lines.push(...fittedLines(page, `required by ${requiredBy}`, INDENT, "  ").map(dim));
  const [first = "", ...rest] = lines;
  return [`  ${paint(`${stateMarks[state]} ${name.padEnd(INDENT - 4)}`)}${first.slice(INDENT)}`, ...rest];
}

function breakLines({ reason, evidence, fix }: BreakView, page: Page): string[] {
  const said = Object.entries(evidence).map(([name, value]) => `${name} ${value}`);
  return [
    ...fittedLines(page, `broken: ${reason}`, INDENT, "  "),
    ...(said.length === 0 ? [] : fittedLines(page, said.join(", "), INDENT + 2, "  ").map(page.colors.dim)),
    ...(fix === undefined ? [] : fittedLines(page, `fix: ${fix}`, INDENT + 2, "  ")),
  ];
}

function factLines({ text, state, evidence }: LinkFactView, page: Page): string[] {
  const said = Object.entries(evidence).map(([name, value]) => `${name} ${value}`);
  return [
    ...fittedLines(page, `${text}${state === "claimed" ? " (claimed)" : ""}`, INDENT, "  "),
    ...(said.length === 0
      ? []
      : fittedLines(page, `${state === "verified" ? "verified: " : ""}${said.join(", ")}`, INDENT + 2, "  ").map(
          page.colors.dim,
        )),
  ];
}
