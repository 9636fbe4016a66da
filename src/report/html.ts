import { hash } from "node:crypto";
import { counted } from "../core/counted.ts";
import { withoutLogCommands } from "../core/log-commands.ts";
import type { Report } from "../core/report.ts";
import { type Severity, severities } from "../core/severity.ts";
import { changeCounts, changeVersions } from "./changes.ts";
import { diagramMarkup, diagramStyle } from "./diagram.ts";
import { assetsMarkup, verdictMarkup } from "./html-assets.ts";
import { findingData } from "./html-data.ts";
import { groupsMarkup } from "./html-groups.ts";
import { script } from "./html-script.ts";
import { style as ownStyle } from "./html-style.ts";
import { jsonPieces, keyByKey } from "./json/pieces.ts";
import { lifecycleCells } from "./lifecycle.ts";
import { markupText } from "./markup.ts";
import {
  baselineText,
  coverageText,
  databaseText,
  enforcementText,
  exitText,
  layerText,
  loosenedKeys,
  loosenedText,
  policyText,
} from "./wording.ts";

const style = ownStyle + diagramStyle;

/** No request leaves the page, and nothing but its own script and style is heeded: it may come from anywhere, and be read anywhere. */
const contentPolicy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;

/** Content Security Policy Level 3, `hash-source`. */
function hashOf(text: string): string {
  return `sha256-${hash("sha256", text, "base64")}`;
}

/**
 * The report as one page that needs nothing else: every finding in a table to filter and sort, the controls, the layers,
 * what was assessed. The findings are data in the page; its script draws a page of rows and sets them as text, never as
 * markup. Without scripts, and on paper, they are grouped by what they are about. In pieces; ends with a line break.
 */
export function* renderHtml(report: Report): Generator<string> {
  const { tool, subject, exitCode } = report;
  const verdict = ({ 0: "pass", 1: "fail", 2: "fail", 3: "unknown" } as const)[exitCode];
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
${countsMarkup(report)}
</header>
<main>
`;
  yield* changesMarkup(report);
  yield rowsMarkup(report);
  yield* groupsMarkup(report);
  yield* controlsMarkup(report);
  yield* layersMarkup(report);
  yield* lifecycleMarkup(report);
  for (const diagram of report.diagrams ?? []) yield diagramMarkup(diagram);
  yield* assetsMarkup(report);
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

function countsMarkup({ evaluations }: Report): string {
  const counts = new Map<Severity, number>();
  let [total, over, excepted, baselined] = [0, 0, 0, 0];
  for (const evaluation of evaluations) {
    for (const { severity, overThreshold } of evaluation.findings) {
      counts.set(severity, (counts.get(severity) ?? 0) + 1);
      total++;
      if (overThreshold) over++;
    }
    excepted += evaluation.excepted.length;
    baselined += evaluation.baselined?.length ?? 0;
  }
  const items = [...severities, "unknown" as const]
    .filter((severity) => counts.has(severity))
    .map((severity) => `<span class="severity ${severity}">${counts.get(severity)} ${severity}</span>`);
  if (over > 0) items.push(`✗ ${over} at or above the threshold`);
  if (excepted > 0) items.push(`${excepted} excepted`);
  if (baselined > 0) items.push(`${baselined} in the baseline`);
  const first = total === 0 ? "no findings" : counted(total, "finding");
  return `<ul class="counts">${[first, ...items].map((item) => `<li>${item}</li>`).join("")}</ul>`;
}

function controlsMarkup({ controls = [] }: Report): Iterable<string> {
  const rows = controls.map(({ number, title, verdict, coverage, reason, nextFix }) => {
    const next = nextFix === undefined ? "" : `<div class="quiet">Next: ${markupText(nextFix)}</div>`;
    return `<tr><td>${number}</td><th scope="row">${markupText(title)}</th><td>${verdictMarkup(verdict)}</td><td>${markupText(coverageText(coverage) ?? "")}</td><td>${markupText(reason)}${next}</td></tr>`;
  });
  return section("Controls", ["No.", "Control", "Verdict", "Coverage", "Why"], rows);
}

function changesMarkup({ changes = [] }: Report): Iterable<string> {
  if (changes.length === 0) return [];
  const rows = changes.flatMap((own) => {
    const place = markupText(own.lockfile);
    const whole = `<tr><th scope="row">${place}</th><td></td><td>${markupText(changeCounts(own))}</td></tr>`;
    const each = own.direct.slice(0, mostChanges).map((direct) => {
      const brings = direct.brings === 0 ? "" : `, with ${counted(direct.brings, "more package")}`;
      const what = `${direct.kind} ${direct.name} ${changeVersions(direct)}${brings}`;
      return `<tr><td></td><td>${markupText(direct.name)}</td><td>${markupText(what)}</td></tr>`;
    });
    return [whole, ...each];
  });
  return section("Changes", ["Lockfile", "Direct dependency", "Change"], rows);
}

function layersMarkup({ layers = [] }: Report): Iterable<string> {
  const rows = layers.map(
    (result) =>
      `<tr><th scope="row">${result.layer}</th><td>${verdictMarkup(result.verdict)}</td><td>${markupText(layerText(result))}</td></tr>`,
  );
  return section("Layers of defense", ["Layer", "Verdict", "Defended by"], rows);
}

function lifecycleMarkup(report: Report): Iterable<string> {
  const rows = lifecycleCells(report).map(([step = "", ...cells]) => {
    const more = cells.map((cell) => `<td>${markupText(cell)}</td>`).join("");
    return `<tr><th scope="row">${markupText(step)}</th>${more}</tr>`;
  });
  return section("Lifecycle", ["Step", "State", "Why", "Where"], rows);
}

/** Direct dependencies of one lockfile. */
const mostChanges = 200;

const sorts = [
  ["severity", "Severity"],
  ["title", "Finding"],
  ["name", "Advisory or check"],
  ["package", "Package"],
  ["asset", "Asset"],
  ["place", "Where"],
  ["check", "Check"],
  ["fix", "Fix"],
] as const;
const columns: readonly string[] = ["severity", "title", "place", "fix"];

function rowsMarkup({ evaluations }: Report): string {
  let any = false;
  for (const { findings, excepted, baselined = [] } of evaluations) {
    any ||= findings.length + excepted.length + baselined.length > 0;
  }
  if (!any) return "";
  const heads = sorts
    .filter(([key]) => columns.includes(key))
    .map(
      ([key, title]) =>
        `<th scope="col" role="columnheader"${key === "severity" ? ' aria-sort="ascending"' : ""}><button type="button" data-sort="${key}">${title}</button></th>`,
    );
  const options = sorts.map(([key, title]) => `<option value="${key}">${title}</option>`).join("");
  const choice = (id: string, label: string) =>
    `<label>${label}<select id="${id}"><option value="">all</option></select></label>`;
  return `<section id="rows-section">
<h2 id="findings-heading">Findings</h2>
<form id="filters">
<label>Search<input id="text" type="search" autocomplete="off" spellcheck="false" placeholder="CVE, package, path, text"></label>
${choice("severity", "Severity")}
${choice("layer", "Layer")}
${choice("check", "Check")}
${choice("asset", "Asset")}
<label>Sort by<select id="sort">${options}</select></label>
<label class="check"><input id="accepted" type="checkbox"> excepted and baselined too</label>
</form>
<output id="count"></output>
<table id="findings" role="table" aria-labelledby="findings-heading"><thead role="rowgroup"><tr role="row">${heads.join("")}</tr></thead><tbody id="rows" role="rowgroup"></tbody></table>
<div id="pager" class="pager" hidden><button type="button" id="previous">Previous page</button><button type="button" id="next">Next page</button></div>
</section>
`;
}

function* basisMarkup(report: Report): Generator<string> {
  yield "<section>\n<h2>Sources of this report</h2>\n<dl>";
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
function* section(title: string, heads: readonly string[], rows: Iterable<string>): Generator<string> {
  let first = true;
  for (const row of rows) {
    if (first) {
      const cells = heads.map((column) => `<th scope="col">${column}</th>`).join("");
      yield `<section>\n<h2>${title}</h2>\n<table class="stack"><thead><tr>${cells}</tr></thead><tbody>\n`;
    }
    yield `${row}\n`;
    first = false;
  }
  if (!first) yield "</tbody></table>\n</section>\n";
}
