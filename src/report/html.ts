import { assetTitle } from "../core/asset.ts";
import { counted } from "../core/counted.ts";
import type { Evaluation, Verdict } from "../core/evaluation.ts";
import type { Evaluations } from "../core/evaluations.ts";
import type { Finding } from "../core/finding.ts";
import { withoutLogCommands } from "../core/log-commands.ts";
import type { Report } from "../core/report.ts";
import { findingData } from "./html-data.ts";
import { script } from "./html-script.ts";
import { style } from "./html-style.ts";
import { inOrder } from "./in-order.ts";
import { jsonPieces, keyByKey } from "./json/pieces.ts";
import { markupText } from "./markup.ts";
import { verdictText } from "./page.ts";
import {
  assetIdentity,
  baselinedText,
  baselineText,
  coverageText,
  databaseText,
  enforcementText,
  exitText,
  gapText,
  layerText,
  loosenedKeys,
  loosenedText,
  policyText,
  scopeText,
  severityCounts,
} from "./wording.ts";

/** No request leaves the page: it may come from anywhere, and be read anywhere. */
const contentPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * The report as one page that needs nothing else: the controls, the layers, what was judged, and a table of every
 * finding to filter and sort. The findings are data in the page; its script draws the rows that are looked at and sets
 * them as text, never as markup. Everything before the table is there without scripts too. In pieces; ends with a line
 * break.
 */
export function* renderHtml(report: Report): Generator<string> {
  const { tool, subject, exitCode } = report;
  const verdict = ({ 0: "pass", 1: "fail", 2: "fail", 3: "unknown" } as const)[exitCode];
  const findings = findingsOf(report.evaluations);
  const title = `${tool.name}: ${subject}`;
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${markupText(title)}</title>
<style>${style}</style>
</head>
<body>
<header>
<p class="quiet">${markupText(`${tool.name} ${tool.version}, ${report.startedAt}`)}</p>
<h1>${markupText(subject)}</h1>
<p>${verdictMarkup(verdict)} <strong>${markupText(exitText(report))}</strong> <span class="quiet">exit code ${exitCode}</span></p>
<p>${markupText(findings.length === 0 ? "no findings" : `${counted(findings.length, "finding")}: ${severityCounts(findings)}`)}</p>
</header>
<main>
`;
  yield* controlsMarkup(report);
  yield* layersMarkup(report);
  yield* judgedMarkup(report);
  yield findingsMarkup(report);
  yield* basisMarkup(report);
  yield `</main>
<script type="application/json" id="report-data">`;
  for (const piece of jsonPieces(keyByKey(findingData(report)), "compact")) yield dataText(piece);
  yield `</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON in which nothing can end the element or begin a comment (HTML, "Restrictions for contents of script elements"). */
function dataText(json: string): string {
  return withoutLogCommands(json).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function verdictMarkup(verdict: Verdict): string {
  return `<span class="verdict ${verdict}">${verdictText(verdict)}</span>`;
}

function controlsMarkup({ controls = [] }: Report): Iterable<string> {
  const rows = controls.map(({ number, title, verdict, coverage, reason, nextFix }) => {
    const next = nextFix === undefined ? "" : `<div class="fix">Next: ${markupText(nextFix)}</div>`;
    return `<tr><td>${number}</td><th scope="row">${markupText(title)}</th><td>${verdictMarkup(verdict)}</td><td>${markupText(coverageText(coverage) ?? "")}</td><td>${markupText(reason)}${next}</td></tr>`;
  });
  return section("Controls", ["", "Control", "Verdict", "Judged", "Why"], rows);
}

function layersMarkup({ layers = [] }: Report): Iterable<string> {
  const rows = layers.map(
    (result) =>
      `<tr><th scope="row">${result.layer}</th><td>${verdictMarkup(result.verdict)}</td><td>${markupText(layerText(result))}</td></tr>`,
  );
  return section("Layers of defence", ["Layer", "Verdict", "Defended by"], rows);
}

function findingsOf(evaluations: Evaluations): Finding[] {
  const all: Finding[] = [];
  for (const { findings } of evaluations) for (const finding of findings) all.push(finding);
  return all;
}

function judgedMarkup({ evaluations }: Report): Iterable<string> {
  return section(
    "Judged",
    ["What", "Verdict", "Check", "Why"],
    Iterator.from(inOrder(evaluations)).map((evaluation) => {
      const { asset, check, verdict } = evaluation;
      const scope = scopeText(evaluation.scope);
      const identity = [assetIdentity(asset), scope].filter((part) => part !== undefined).join(" · ");
      const small = identity === "" ? "" : `<div class="quiet">${markupText(identity)}</div>`;
      return `<tr><th scope="row">${markupText(assetTitle(asset))}${small}</th><td>${verdictMarkup(verdict)}</td><td>${markupText(check)}</td><td>${reasonMarkup(evaluation)}</td></tr>`;
    }),
  );
}

function reasonMarkup(evaluation: Evaluation): string {
  const { reason, evidence, gaps, excepted } = evaluation;
  const looked = Object.entries(evidence).map(([what, found]) => `${what}: ${found}`);
  const baselined = baselinedText(evaluation);
  const lines = [
    ...(looked.length === 0 ? [] : [looked.join(" · ")]),
    ...(excepted.length === 0 ? [] : [`excepted: ${excepted.length}`]),
    ...(baselined === undefined ? [] : [`baselined: ${baselined}`]),
    ...gaps.map((gap) => `unknown: ${gapText(gap)}`),
  ];
  return markupText(reason) + lines.map((line) => `<div class="quiet">${markupText(line)}</div>`).join("");
}

function findingsMarkup({ evaluations }: Report): string {
  const any = Iterator.from(evaluations).some(
    ({ findings, excepted, baselined = [] }) => findings.length + excepted.length + baselined.length > 0,
  );
  if (!any) return "";
  const columns = [
    ["severity", "Severity"],
    ["name", "Finding"],
    ["package", "Package"],
    ["fixed", "Fixed in"],
    ["asset", "Asset"],
    ["place", "Where"],
  ];
  const heads = columns.map(
    ([key, title]) => `<th scope="col"><button type="button" data-sort="${key}">${title}</button></th>`,
  );
  return `<section>
<h2>Findings</h2>
<noscript><p>This table is drawn by a script, and scripts are off. --format json and markdown hold the findings too.</p></noscript>
<form id="filters">
<label>Severity <select id="severity"><option value="">all</option></select></label>
<label>Asset <select id="asset"><option value="">all</option></select></label>
<label>Package or id <input id="text" type="search" autocomplete="off" spellcheck="false"></label>
<label><input id="accepted" type="checkbox"> excepted and baselined too</label>
<output id="count"></output>
</form>
<table id="findings"><thead><tr>${heads.join("")}</tr></thead><tbody></tbody></table>
<button type="button" id="more" hidden>Show more</button>
</section>
`;
}

function* basisMarkup(report: Report): Generator<string> {
  yield "<section>\n<h2>What this rests on</h2>\n<dl>";
  for (const [label, text] of basisOf(report)) yield `<dt>${label}</dt><dd>${markupText(text)}</dd>`;
  yield "</dl>\n</section>\n";
}

function* basisOf(report: Report): Generator<readonly [label: string, text: string]> {
  yield ["policy", policyText(report.policy)];
  for (const key of loosenedKeys(report.policy)) yield ["policy", loosenedText(key)];
  for (const database of report.databases) yield ["database", databaseText(database)];
  if (report.baseline !== undefined) yield ["baseline", baselineText(report.baseline)];
  const unenforced = enforcementText(report.evaluations);
  if (unenforced !== undefined) yield ["enforcement", unenforced];
  for (const note of report.notes) yield ["note", note];
}

/** A table; nothing where it has no rows. */
function* section(title: string, columns: readonly string[], rows: Iterable<string>): Generator<string> {
  let first = true;
  for (const row of rows) {
    if (first) {
      const heads = columns.map((column) => `<th scope="col">${column}</th>`).join("");
      yield `<section>\n<h2>${title}</h2>\n<table><thead><tr>${heads}</tr></thead><tbody>\n`;
    }
    yield `${row}\n`;
    first = false;
  }
  if (!first) yield "</tbody></table>\n</section>\n";
}
