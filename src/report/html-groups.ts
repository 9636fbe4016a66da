import { counted } from "../core/counted.ts";
import type { Report } from "../core/report.ts";
import { severities } from "../core/severity.ts";
import { markupText } from "./markup.ts";
import { totalOf } from "./severity-counts.ts";
import { fixEntry } from "./summary/fix-entry.ts";
import { type FixGroup, type GroupPlaces, groupByFix } from "./summary/fix-groups.ts";

/** Groups that are written, the worst: some ten pages of paper. */
const MOST_GROUPS = 120;
/** Names and places of one group that are written. */
const SHOWN = 3;

/** The findings by what fixes them, as the summary has them: for paper, and for browsers without scripts. */
export function* groupsMarkup(report: Report): Generator<string> {
  const { groups, placesOf } = groupByFix(report);
  if (groups.length === 0) return;
  const shown = groups.slice(0, MOST_GROUPS);
  const places = placesOf(shown);
  yield `<section id="groups">
<h2>Findings by fix</h2>
<table><thead><tr><th scope="col">Findings</th><th scope="col">What</th><th scope="col">Where</th><th scope="col">Fix</th></tr></thead><tbody>
`;
  for (const group of shown) {
    const own = places.get(group.key);
    if (own !== undefined) yield rowMarkup(report, group, own);
  }
  yield "</tbody></table>\n";
  const left = groups.slice(MOST_GROUPS);
  const findings = left.reduce((sum, { over, below }) => sum + totalOf(over) + totalOf(below), 0);
  if (left.length > 0)
    yield `<p>${counted(left.length, "more fix", "more fixes")} for ${counted(findings, "finding")} in the page itself.</p>\n`;
  yield "</section>\n";
}

function rowMarkup(report: Report, group: FixGroup, places: GroupPlaces): string {
  const { what, check, fix, command } = fixEntry(report, group, places, () => true);
  const { over, below } = group;
  const counts = [...severities, "unknown" as const]
    .filter((severity) => over[severity] + below[severity] > 0)
    .map((severity) => `<span class="severity ${severity}">${over[severity] + below[severity]} ${severity}</span>`);
  const mark = totalOf(over) > 0 ? "✗ " : "";
  const names = places.names.filter((name) => name !== check);
  const about = [check, ...(names.length === 0 ? [] : [listed(names)])].join(" · ");
  const fixes = [...(fix === undefined ? [] : [markupText(fix)]), ...(command === undefined ? [] : [codeOf(command)])];
  return `<tr><td>${mark}${counts.join("<br>")}</td><td>${markupText(what)}<div class="quiet">${markupText(about)}</div></td><td>${markupText(listed(places.assets))}</td><td>${fixes.length === 0 ? unsaid(group) : fixes.join(": ")}</td></tr>\n`;
}

function codeOf(command: string): string {
  return `<code>${markupText(command)}</code>`;
}

/** Of a group whose title says it all. */
function unsaid({ identity: { kind } }: FixGroup): string {
  return kind === "upgrade" ? "upgrade" : "no fix available";
}

function listed(names: readonly string[]): string {
  const more = names.length - SHOWN;
  const shown = names.slice(0, SHOWN).join("; ");
  return more <= 0 ? shown : `${shown} and ${more} more`;
}
