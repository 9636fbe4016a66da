import { assetTitle } from "../core/asset.ts";
import { counted } from "../core/counted.ts";
import type { Finding } from "../core/finding.ts";
import type { Report } from "../core/report.ts";
import { type Severity, severities, severityRank } from "../core/severity.ts";
import { markupText } from "./markup.ts";
import { findingName, packageOf } from "./wording.ts";

/** Findings that one change would close, as a rule: those of one package and version, or of one check. */
interface Group {
  readonly check: string;
  /** Absent where it is about no package. */
  readonly affected?: string;
  readonly counts: Map<Severity, number>;
  readonly names: Set<string>;
  readonly assets: Set<string>;
  readonly fixes: Set<string>;
  /** Of upgrades: each closes some of the group. */
  readonly versions: Set<string>;
  over: number;
  worst: number;
  total: number;
}

/** Groups that are written, the worst: some ten pages of paper. */
const MOST_GROUPS = 120;
/** Names, assets and fixes of one group that are written. */
const SHOWN = 3;
/** Kept of each, so that they can be counted up to there. */
const KEPT = 1_000;

/** The findings by what they are about: for paper, and for browsers without scripts. */
export function* groupsMarkup(report: Report): Generator<string> {
  const groups = [...groupsOf(report).values()].sort(
    (a, b) => Number(b.over > 0) - Number(a.over > 0) || a.worst - b.worst || b.total - a.total,
  );
  if (groups.length === 0) return;
  const titles = new Map(report.checks.map(({ id, title }) => [id, title]));
  yield `<section id="groups">
<h2>Findings by cause</h2>
<table><thead><tr><th scope="col">Findings</th><th scope="col">What</th><th scope="col">Where</th><th scope="col">Fix</th></tr></thead><tbody>
`;
  for (const group of groups.slice(0, MOST_GROUPS)) yield rowMarkup(group, titles.get(group.check) ?? group.check);
  const left = groups.slice(MOST_GROUPS);
  const findings = left.reduce((sum, { total }) => sum + total, 0);
  yield "</tbody></table>\n";
  if (left.length > 0)
    yield `<p>${counted(left.length, "more cause")} with ${counted(findings, "finding")} in the page itself.</p>\n`;
  yield "</section>\n";
}

function groupsOf({ evaluations }: Report): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const { findings, asset } of evaluations) {
    for (const finding of findings) {
      const affected = packageOf(finding);
      const key = JSON.stringify([finding.check, affected]);
      const known = groups.get(key);
      const group = known ?? empty(finding, affected);
      if (known === undefined) groups.set(key, group);
      add(group, finding, assetTitle(asset));
    }
  }
  return groups;
}

function empty({ check }: Finding, affected: string | undefined): Group {
  return {
    check,
    ...(affected === undefined ? {} : { affected }),
    counts: new Map(),
    names: new Set(),
    assets: new Set(),
    fixes: new Set(),
    versions: new Set(),
    over: 0,
    worst: severities.length,
    total: 0,
  };
}

function add(group: Group, finding: Finding, asset: string): void {
  const { severity, overThreshold, fix, title } = finding;
  group.counts.set(severity, (group.counts.get(severity) ?? 0) + 1);
  group.total++;
  if (overThreshold) group.over++;
  group.worst = Math.min(group.worst, severityRank(severity));
  keep(group.names, group.affected === undefined ? title : findingName(finding));
  keep(group.assets, asset);
  if (fix !== undefined)
    keep(fix.kind === "upgrade" ? group.versions : group.fixes, fix.kind === "upgrade" ? fix.version : fix.text);
}

function keep(set: Set<string>, text: string): void {
  if (set.size < KEPT) set.add(text);
}

function rowMarkup(group: Group, title: string): string {
  const counts = [...severities, "unknown" as const]
    .filter((severity) => group.counts.has(severity))
    .map((severity) => `<span class="severity ${severity}">${group.counts.get(severity)} ${severity}</span>`);
  const over = group.over > 0 ? "✗ " : "";
  const what = group.affected ?? title;
  const about = group.affected === undefined ? group.check : `${title} (${group.check})`;
  return `<tr><td>${over}${counts.join("<br>")}</td><td>${markupText(what)}<div class="quiet">${markupText(listed(group.names))}</div><div class="quiet">${markupText(about)}</div></td><td>${markupText(listed(group.assets))}</td><td>${markupText(fixText(group))}</td></tr>\n`;
}

function fixText({ fixes, versions }: Group): string {
  const parts = [
    ...(versions.size === 0 ? [] : [`upgrade: fixed in ${listed(versions)}`]),
    ...(fixes.size === 0 ? [] : [listed(fixes)]),
  ];
  return parts.length === 0 ? "no fix available" : parts.join("; ");
}

function listed(set: ReadonlySet<string>): string {
  const shown = [...set].slice(0, SHOWN).join("; ");
  const more = set.size - SHOWN;
  if (more <= 0) return shown;
  return `${shown} and ${set.size === KEPT ? `over ${more}` : more} more`;
}
