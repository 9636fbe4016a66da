/** `trace --format markdown`: for a comment or a job summary; the chain as Mermaid, and as a table. */
import { code, plain, row } from "../markdown-text.ts";
import { mermaidText } from "../network/mermaid.ts";
import { briefOf, conclusionText, type LinkView, linkTitles, stateMarks, type TraceView } from "./trace-view.ts";

/** Facts of one link in the table. */
const FACTS = 3;

/** Ends with a line break. */
export function renderTraceMarkdown(view: TraceView): string {
  const { reference, resolved, resolvedAt, rules, links, notes } = view;
  return `${[
    `## Trace of ${code(reference)}`,
    "",
    `**${plain(conclusionText(view))}**`,
    "",
    `${code(resolved)}, as of ${plain(resolvedAt)}; rules: ${plain(rules)}`,
    "",
    "```mermaid",
    ...mermaidLines(links),
    "```",
    "",
    row(["Link", "State", "What says so"]),
    row(["---", "---", "---"]),
    ...links.map((link) =>
      row([plain(linkTitles[link.name] ?? link.name), `${stateMarks[link.state]} ${link.state}`, saidOf(link)]),
    ),
    ...(notes.length === 0 ? [] : ["", ...notes.map((note) => `- ${plain(note)}`)]),
  ].join("\n")}\n`;
}

/** Every text is a quoted label: none of it reaches the syntax. */
function mermaidLines(links: readonly LinkView[]): string[] {
  const nodes = links.map((link, nth) => {
    const label = `${stateMarks[link.state]} ${linkTitles[link.name] ?? link.name}\n${shortened(briefOf(link))}`;
    return `  l${nth}["${mermaidText(label)}"]`;
  });
  const edges = links
    .slice(1)
    .map(({ state }, nth) => `  l${nth} ${state === "broken" ? "-. broken .->" : "-->"} l${nth + 1}`);
  const broken = links.flatMap(({ state }, nth) => (state === "broken" ? [`l${nth}`] : []));
  return [
    "flowchart TD",
    ...nodes,
    ...edges,
    ...(broken.length === 0
      ? []
      : ["  classDef broken stroke:#a4001d,stroke-width:3px", `  class ${broken.join(",")} broken`]),
  ];
}

const BRIEF = 60;

function shortened(text: string): string {
  const short = text.replaceAll(/\b(sha256:[0-9a-f]{8})[0-9a-f]{56}\b/g, "$1…");
  return short.length <= BRIEF ? short : `${short.slice(0, BRIEF).toWellFormed()}…`;
}

function saidOf({ breaks, facts, gaps }: LinkView): string {
  const more = facts.length - FACTS;
  const said = [
    ...breaks.map(({ reason, fix }) => `broken: ${plain(reason)}${fix === undefined ? "" : ` (fix: ${plain(fix)})`}`),
    ...facts.slice(0, FACTS).map(({ text, state, evidence }) => {
      const by = Object.entries(evidence).map(([name, value]) => `${name} ${value}`);
      return `${plain(text)}${state === "claimed" ? " (claimed)" : ""}${by.length === 0 ? "" : `: ${plain(by.join(", "))}`}`;
    }),
    ...(more > 0 ? [`… ${more} more`] : []),
    ...gaps.map(({ reason }) => `unknown: ${plain(reason)}`),
  ];
  return said.length === 0 ? "none" : said.join("<br>");
}
