/** The lines of `plain` that answer first: what to fix, which assets, what is unknown. */
import { assetTitle } from "../../core/asset.ts";
import { counted } from "../../core/counted.ts";
import type { Report } from "../../core/report.ts";
import { pairs } from "../pairs.ts";
import { countedSeverities, type SeverityCounts } from "../severity-counts.ts";
import type { View } from "../view.ts";
import { isFound, restText, verdictsText } from "./asset-tally.ts";
import { fixEntry, restOfFixes } from "./fix-entry.ts";
import { limits, mostFixes } from "./limits.ts";
import { groupUnknowns, unknownCount, unknownReason } from "./unknown-groups.ts";

/** Titles longer than this are told by their check's. */
const TITLE = 120;

export function* fixPlain(report: Report, { fixFirst, fixes, isOver }: View): Generator<string> {
  const most = fixFirst.slice(0, mostFixes(report, isOver));
  const places = fixes.placesOf(most);
  for (const [index, group] of most.entries()) {
    const own = places.get(group.key);
    if (own === undefined) continue;
    const entry = fixEntry(report, group, own, (title) => title.length <= TITLE);
    const many = (count: number) => (count > 1 ? String(count) : undefined);
    const rest = pairs([
      ...severityPairs(isOver ? group.over : group.below),
      ["action", entry.action],
      ["check", entry.check],
      ["id", entry.name],
      ["ids", entry.name === undefined ? undefined : many(entry.names)],
      ["mark", entry.mark],
      ["place", entry.marks.length === 0 ? undefined : entry.marks.join(", ")],
      ["asset", entry.asset],
      ["assets", many(entry.assets)],
      ["at", entry.place],
      ["places", many(entry.places)],
      ["what", entry.what],
      ["fix", entry.fix],
      ["command", entry.command],
    ]);
    yield `fix: ${index + 1} ${isOver ? "over" : "under"} ${rest}`;
  }
  const rest = fixFirst.slice(most.length);
  if (rest.length > 0) yield `more: ${restOfFixes(rest)}`;
}

export function* assetPlain({ assets: all }: View): Generator<string> {
  const shown = all.filter(isFound).slice(0, limits.assets);
  for (const { asset, verdict, verdicts, found } of shown) {
    yield `asset: ${verdict} ${pairs([["asset", assetTitle(asset)], ...severityPairs(found)])}: ${verdictsText(verdicts)}`;
  }
  const rest = all.filter((tally) => !shown.includes(tally));
  if (rest.length > 0) yield `more: ${counted(rest.length, "more asset")}: ${restText(rest)}`;
}

export function* unknownPlain(report: Report): Generator<string> {
  const groups = groupUnknowns(report);
  for (const group of groups.slice(0, limits.unknowns)) {
    const remedy = group.remedy === undefined ? "" : ` (${group.remedy})`;
    yield `unknown: ${group.code}: ${unknownReason(group)}${remedy}: ${unknownCount(group)}`;
  }
  const rest = groups.length - limits.unknowns;
  if (rest > 0) yield `more: ${counted(rest, "more cause")} of unknown (--details)`;
}

function severityPairs(counts: SeverityCounts): (readonly [string, string | undefined])[] {
  return countedSeverities.map((severity) => [severity, counts[severity] === 0 ? undefined : String(counts[severity])]);
}
