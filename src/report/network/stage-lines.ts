/** Decisions of stages as lines of a terminal. */
import { printable } from "../../core/printable.ts";
import { hanging, type Page } from "../page.ts";
import { displayWidth, pad, wrap } from "../width.ts";
import type { DecisionView, StageView } from "./explain-view.ts";

/**
 * What decides at each stage, beside its title; then why something is unknown, and the documents that rules are from, each
 * once. Where there are several reasons they have numbers.
 */
export function stageLines(stages: readonly StageView[], page: Page, indent: number): string[] {
  const width = Math.min(40, Math.max(0, ...stages.map(({ title }) => displayWidth(printable(title)))));
  const room = page.columns - width - indent - 3;
  const all = stages.flatMap(({ decisions }) => decisions);
  const reasons = [...new Set(all.flatMap(({ doubts }) => doubts.map(reasonText)))];
  const sources = [...new Set(all.flatMap(({ source }) => source ?? []))];
  const lines = stages.flatMap(({ title, decisions }) => {
    const titles = wrap(printable(title), width);
    const texts = decisions.flatMap((decision) => decisionLines(decision, reasons, room, page));
    return Array.from({ length: Math.max(titles.length, texts.length) }, (_, line) =>
      `${" ".repeat(indent)}${pad(titles[line] ?? "", width)}   ${texts[line] ?? ""}`.trimEnd(),
    );
  });
  return [
    ...lines,
    ...reasons.flatMap((reason, index) =>
      hanging(page, `${reasons.length > 1 ? `[${index + 1}]` : "?"} ${reason}`, indent, "  "),
    ),
    ...sources.map((source) => `${" ".repeat(indent)}${page.colors.dim(`see ${printable(source)}`)}`),
  ];
}

function reasonText({ reason, remedy }: DecisionView["doubts"][number]): string {
  return `${reason}${remedy === undefined ? "" : ` (${remedy})`}`;
}

function decisionLines(
  { outcome, text, place, ports, doubts, narrowing }: DecisionView,
  reasons: readonly string[],
  room: number,
  page: Page,
): string[] {
  const { green, red, yellow, dim } = page.colors;
  const paint = { allowed: green, open: yellow, denied: red, unknown: yellow, passed: dim }[outcome];
  const numbers = doubts.map((doubt) => reasons.indexOf(reasonText(doubt)) + 1);
  const marks = reasons.length > 1 && numbers.length > 0 ? ` [${numbers.join(", ")}]` : "";
  const said = printable(`${ports === undefined ? "" : `${ports}: `}${text}${marks}`);
  const where = place === undefined ? "" : printable(place);
  const first =
    where === "" || displayWidth(`${said}   ${where}`) <= room
      ? wrap(said, room).map((line, index) => (index === 0 && where !== "" ? `${paint(line)}   ${where}` : paint(line)))
      : [...wrap(said, room).map(paint), ...wrap(where, room - 2).map((line) => `  ${line}`)];
  const more = narrowing === undefined ? [] : wrap(printable(`of its requests only: ${narrowing}`), room - 2);
  return [...first, ...more.map((line) => dim(`  ${line}`))];
}
