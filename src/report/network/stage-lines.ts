/** Decisions of stages as lines of a terminal. */
import { printable } from "../../core/printable.ts";
import type { Page } from "../page.ts";
import { displayWidth, pad, wrap } from "../width.ts";
import type { DecisionView, StageView } from "./explain-view.ts";

/** What decides at each stage, beside its title. */
export function stageLines(stages: readonly StageView[], page: Page, indent: number): string[] {
  const width = Math.min(40, Math.max(0, ...stages.map(({ title }) => displayWidth(printable(title)))));
  const room = page.columns - width - indent - 3;
  return stages.flatMap(({ title, decisions }) => {
    const titles = wrap(printable(title), width);
    const texts = decisions.flatMap((decision) => decisionLines(decision, room, page));
    return Array.from({ length: Math.max(titles.length, texts.length) }, (_, line) =>
      `${" ".repeat(indent)}${pad(titles[line] ?? "", width)}   ${texts[line] ?? ""}`.trimEnd(),
    );
  });
}

function decisionLines(decision: DecisionView, room: number, page: Page): string[] {
  const { text, place, ports, doubts, narrowing, source } = decision;
  const { green, red, yellow, dim } = page.colors;
  const paint = { allowed: green, open: yellow, denied: red, unknown: yellow, passed: dim }[decision.outcome];
  const said = printable(`${ports === undefined ? "" : `${ports}: `}${text}`);
  const where = place === undefined ? "" : printable(place);
  const oneLine = `${said}   ${where}`;
  const first =
    where === "" || displayWidth(oneLine) <= room
      ? wrap(said, room).map((line, index) => (index === 0 && where !== "" ? `${paint(line)}   ${where}` : paint(line)))
      : [...wrap(said, room).map(paint), ...wrap(where, room - 2).map((line) => `  ${line}`)];
  const more = [
    ...doubts.map(({ reason, remedy }) => `${reason}${remedy === undefined ? "" : ` (${remedy})`}`),
    ...(narrowing === undefined ? [] : [`of its requests only: ${narrowing}`]),
    ...(source === undefined ? [] : [source]),
  ];
  return [...first, ...more.flatMap((line) => wrap(printable(line), room - 2).map((part) => dim(`  ${part}`)))];
}
