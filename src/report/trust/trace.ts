/** `bulkhead trace`: each link of an image's life with what says so. */
import { withoutLogCommands } from "../../core/log-commands.ts";
import { printable } from "../../core/printable.ts";
import type { RenderOptions } from "../options.ts";
import { type Page, pageOf } from "../page.ts";
import { clip } from "../width.ts";
import { fittedLines, LONGEST } from "./lines.ts";
import type { LinkFactView, LinkView, TraceView } from "./trace-view.ts";

const SCHEMA = "bulkhead-trace-v1";

/** Facts of one link that are told unless all are asked for. */
const FACTS = 5;

/** Before what is said of a link. */
const INDENT = 21;

const marks = { verified: "✓", observed: "✓", claimed: "·", none: "-", unknown: "?" } as const;

/** Ends with a line break. */
export function renderTrace(view: TraceView, options: RenderOptions): string {
  const page = pageOf(options);
  const { bold, dim } = page.colors;
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
  return `${out.join("\n")}\n`;
}

/** One object with all of it; ends with a line break. */
export function renderTraceJson(view: TraceView): string {
  return withoutLogCommands(`${JSON.stringify({ schema: SCHEMA, ...view }, null, 2)}\n`);
}

function linkLines({ name, state, facts, gaps }: LinkView, page: Page): string[] {
  const { green, yellow, dim } = page.colors;
  const paint = { verified: green, observed: green, claimed: yellow, none: dim, unknown: yellow }[state];
  const told = page.all ? facts : facts.slice(0, FACTS);
  const lines = [
    ...(facts.length === 0 && gaps.length === 0 ? [`${" ".repeat(INDENT)}${state}`] : []),
    ...told.flatMap((fact) => factLines(fact, page)),
    ...(facts.length > told.length ? [`${" ".repeat(INDENT)}… ${facts.length - told.length} more (--all)`] : []),
    ...gaps.flatMap(({ reason, remedy }) =>
      fittedLines(page, `unknown: ${reason}${remedy === undefined ? "" : ` (${remedy})`}`, INDENT, "  "),
    ),
  ];
  const [first = "", ...rest] = lines;
  return [`  ${paint(`${marks[state]} ${name.padEnd(INDENT - 4)}`)}${first.slice(INDENT)}`, ...rest];
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
