/** `trace --format html`: one page that needs nothing else, with the chain as a picture and as a table. */
import { hash } from "node:crypto";
import { style } from "../html-style.ts";
import { markupText } from "../markup.ts";
import { pictureMarkup, pictureStyle } from "./trace-picture.ts";
import {
  type BreakView,
  conclusionText,
  type LinkFactView,
  type LinkState,
  type LinkView,
  linkTitles,
  stateMarks,
  type TraceView,
} from "./trace-view.ts";

const css = `${style}${pictureStyle}
@media (min-width: 50rem) { .links td:nth-child(2) { width: 8rem; } .links td:last-child { width: auto; } }
`;

/** Facts of one link on the page: a cluster may have thousands of places. */
const FACTS = 200;

/** Ends with a line break. */
export function renderTracePage(view: TraceView): string {
  const policy = `default-src 'none'; style-src 'sha256-${hash("sha256", css, "base64")}'; base-uri 'none'; form-action 'none'`;
  const verdict = ({ 0: "pass", 1: "fail", 3: "unknown" } as const)[view.exitCode];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${markupText(`${view.tool.name}: trace of ${view.reference}`)}</title>
<style>${css}</style>
</head>
<body>
<header>
<p class="quiet">${markupText(`${view.tool.name} ${view.tool.version}, as of ${view.resolvedAt}; rules: ${view.rules}`)}</p>
<h1>${markupText(view.reference)}</h1>
<p class="quiet">${markupText(view.resolved)}</p>
<p><strong class="${verdict}">${markupText(conclusionText(view))}</strong> <span class="quiet">exit code ${view.exitCode}</span></p>
</header>
<main>
${pictureMarkup(view)}<section>
<h2>Link by link</h2>
<table class="stack links"><thead><tr><th scope="col">Link</th><th scope="col">State</th><th scope="col">What says so</th></tr></thead><tbody>
${view.links.map(rowMarkup).join("\n")}
</tbody></table>
</section>
${notesMarkup(view.notes)}</main>
</body>
</html>
`;
}

const classes: Readonly<Record<LinkState, string>> = {
  broken: "fail",
  verified: "pass",
  observed: "pass",
  claimed: "medium",
  none: "quiet",
  unknown: "unknown",
};

function rowMarkup({ name, state, facts, breaks, gaps, requiredBy }: LinkView): string {
  const more = facts.length - FACTS;
  const cells = [
    ...breaks.map(breakMarkup),
    ...facts.slice(0, FACTS).map(factMarkup),
    ...(more > 0 ? [`<p class="quiet">… ${more} more (--format json)</p>`] : []),
    ...gaps.map(
      ({ reason, remedy }) =>
        `<p class="unknown">unknown: ${markupText(`${reason}${remedy === undefined ? "" : ` (${remedy})`}`)}</p>`,
    ),
    ...(requiredBy === undefined ? [] : [`<p class="quiet">required by ${markupText(requiredBy)}</p>`]),
  ];
  const said = cells.length === 0 ? '<p class="quiet">none</p>' : cells.join("");
  return `<tr><th scope="row">${markupText(linkTitles[name] ?? name)}</th><td><span class="verdict ${classes[state]}">${stateMarks[state]} ${state}</span></td><td>${said}</td></tr>`;
}

function breakMarkup({ reason, evidence, fix }: BreakView): string {
  const remedy = fix === undefined ? "" : `<p>Fix: ${markupText(fix)}</p>`;
  return `<p class="fail">broken: ${markupText(reason)}</p>${evidenceMarkup(evidence)}${remedy}`;
}

function factMarkup({ text, state, evidence }: LinkFactView): string {
  return `<p>${markupText(text)}${state === "claimed" ? ' <span class="quiet">(claimed)</span>' : ""}</p>${evidenceMarkup(evidence)}`;
}

function evidenceMarkup(evidence: Readonly<Record<string, string>>): string {
  const said = Object.entries(evidence).map(([name, value]) => `${name} ${value}`);
  return said.length === 0 ? "" : `<p class="quiet">${markupText(said.join(", "))}</p>`;
}

function notesMarkup(notes: readonly string[]): string {
  if (notes.length === 0) return "";
  return `<section>\n<h2>Notes</h2>\n<ul>${notes.map((note) => `<li>${markupText(note)}</li>`).join("")}</ul>\n</section>\n`;
}
