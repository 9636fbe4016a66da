/** What to fix first: the findings of a report by what fixes them, the worst first. Pure. */
import { type Asset, assetTitle } from "../../core/asset.ts";
import {
  compareRows,
  contextLookup,
  contextRank,
  exploitRank,
  type FindingContext,
  type FindingRow,
} from "../../core/context.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import { formatLocation } from "../../core/location.ts";
import { compareText } from "../../core/order.ts";
import type { Report } from "../../core/report.ts";
import { type Severity, severityRank } from "../../core/severity.ts";
import type { Shows, SortKey } from "../display.ts";
import { compareCounts, noSeverities, type SeverityCounts, totalOf } from "../severity-counts.ts";
import { findingName } from "../wording.ts";
import { type FixIdentity, type Identify, identifier } from "./fix-identity.ts";
import { isUpgradable } from "./upgrade.ts";

/** Findings that one change fixes. */
export interface FixGroup {
  readonly key: string;
  readonly identity: FixIdentity;
  /** At or above the threshold. */
  readonly over: SeverityCounts;
  /** Of those, the ones that the exit code counts. */
  readonly enforced: number;
  /** Below the threshold. */
  readonly below: SeverityCounts;
  /** All are of packages that were not loaded while their image was watched. */
  readonly idle: boolean;
  /** Of the worst finding: where that is. */
  readonly context: FindingContext;
  /** The worst finding, and whose it is. */
  readonly worst: Finding;
  readonly asset: Asset;
  /** Whether all its findings have the worst one's title. */
  readonly uniform: boolean;
}

export interface FixGroups {
  /** Worst first; each finding that is shown is in exactly one. */
  readonly groups: readonly FixGroup[];
  /** Places and assets of some of the groups, by their keys. */
  readonly placesOf: (groups: readonly FixGroup[]) => ReadonlyMap<string, GroupPlaces>;
}

export interface GroupPlaces {
  /** Titles of assets, and places, sorted, the worst finding's first; at most {@link PLACES} are told apart. */
  readonly assets: readonly string[];
  readonly places: readonly string[];
  /** Files of the scanned directory that a command changes to fix findings; as many. */
  readonly files: readonly string[];
  /** How it changes them; `unsafe` where one of the changes may stop what runs. */
  readonly changes: readonly string[];
  /** The advisories' ids, else the checks'; as many. So of packages, and of the versions that fix them. */
  readonly names: readonly string[];
  readonly packages: readonly string[];
  readonly versions: readonly string[];
  /** Lockfiles of npm and Go that hold the vulnerable package; as many. */
  readonly lockfiles: readonly string[];
  /** `direct`, `transitive`: how their projects depend on it, where that is known. */
  readonly dependencies: readonly string[];
}

/** So many groups are told apart. What comes after them goes by its check, so that memory is bounded whatever there is. */
const GROUPS = 50_000;
/** So many places of one group. */
export const PLACES = 10_000;

interface Growing {
  readonly key: string;
  readonly identity: FixIdentity;
  readonly over: Record<Severity, number>;
  readonly below: Record<Severity, number>;
  enforced: number;
  idle: boolean;
  /** The worst finding. */
  row: FindingRow;
  uniform: boolean;
}

/**
 * Groups what is shown of the findings. What the policy only has recorded (`audit`) is in no group.
 * Holds a record a group and no list of findings: of 500,000 findings as of five.
 */
export function groupByFix(
  report: Pick<Report, "evaluations" | "relations" | "checks" | "contexts">,
  shows?: Shows,
  groupLimit = GROUPS,
): FixGroups {
  const identify = identifier(report);
  const contextOf = contextLookup(report.contexts);
  const growing = new Map<string, Growing>();
  const keyOf: Identify = (finding, evaluation) => {
    const own = identify(finding, evaluation);
    if (growing.has(own.key) || growing.size < groupLimit) return own;
    return { identity: { kind: "setting" }, key: JSON.stringify(["check", finding.check]) };
  };
  for (const evaluation of report.evaluations) {
    if (evaluation.action === "audit" || evaluation.findings.length === 0) continue;
    const place = placeOf(evaluation);
    for (const finding of evaluation.findings) {
      if (shows !== undefined && !shows(finding)) continue;
      const { key, identity } = keyOf(finding, evaluation);
      const row = { finding, evaluation: place, context: contextOf(place.asset, finding) };
      let group = growing.get(key);
      if (group === undefined) {
        group = startOf(key, identity, row);
        growing.set(key, group);
      }
      grow(group, row);
    }
  }
  return {
    groups: Array.from(growing.values(), grown).sort(compareGroups),
    placesOf: (groups) => collectPlaces(report, keyOf, shows, groups),
  };
}

/** What all findings of an evaluation have in common, without the list of them. */
function placeOf({ asset, action }: Evaluation): FindingRow["evaluation"] {
  return { asset, ...(action === undefined ? {} : { action }) };
}

function startOf(key: string, identity: FixIdentity, row: FindingRow): Growing {
  const counts = { over: noSeverities(), below: noSeverities() };
  return { key, identity, ...counts, enforced: 0, idle: true, row, uniform: true };
}

function grow(group: Growing, row: FindingRow): void {
  const { finding, evaluation } = row;
  const counts = finding.overThreshold ? group.over : group.below;
  counts[finding.severity]++;
  if (finding.overThreshold && evaluation.action === undefined) group.enforced++;
  if (finding.loaded?.state !== "not loaded" || finding.loaded.stale === true) group.idle = false;
  if (finding.title !== group.row.finding.title) group.uniform = false;
  if (compareWorst(row, group.row) < 0) group.row = row;
}

function grown({ row: { finding: worst, evaluation, context }, ...group }: Growing): FixGroup {
  return { ...group, worst, asset: evaluation.asset, context };
}

/** Worst first; a total order, so that neither depends on the order of the evaluations. */
function compareWorst(a: FindingRow, b: FindingRow): number {
  return (
    Number(b.finding.overThreshold) - Number(a.finding.overThreshold) ||
    compareRows(a, b) ||
    compareText(formatLocation(a.finding.locations[0]), formatLocation(b.finding.locations[0]))
  );
}

/**
 * What the exit code counts first, then by the worst severity at or above the threshold, then what is exploited, then by the
 * place of the worst finding (exposed, reachable, running, loaded, unsigned: core/context.ts), then what is as it is found (a
 * setting, a secret) before what may be reachable (a vulnerable package), then the most findings.
 */
export function compareGroups(a: FixGroup, b: FixGroup): number {
  return (
    Number(b.enforced > 0) - Number(a.enforced > 0) ||
    worstRank(a.over) - worstRank(b.over) ||
    exploitRank(a.worst) - exploitRank(b.worst) ||
    contextRank(a.context) - contextRank(b.context) ||
    Number(isOfPackages(a)) - Number(isOfPackages(b)) ||
    compareCounts(a.over, b.over) ||
    compareCounts(a.below, b.below) ||
    compareText(a.key, b.key)
  );
}

function worstRank(counts: SeverityCounts): number {
  const ranks = (["critical", "high", "medium", "low", "negligible", "unknown"] as const).flatMap((severity) =>
    counts[severity] > 0 ? [severityRank(severity)] : [],
  );
  return ranks[0] ?? Number.POSITIVE_INFINITY;
}

function isOfPackages({ identity: { kind } }: FixGroup): boolean {
  return kind !== "setting" && kind !== "secret";
}

/** The order that the reader asks for. */
export function sorted(groups: readonly FixGroup[], by: SortKey): readonly FixGroup[] {
  const text = { asset: ({ asset }: FixGroup) => assetTitle(asset), check: ({ worst }: FixGroup) => worst.check };
  switch (by) {
    case "severity":
      return groups;
    case "fix":
      return groups.toSorted((a, b) => totalOf(b.over) - totalOf(a.over) || compareGroups(a, b));
    case "asset":
    case "check":
      return groups.toSorted((a, b) => compareText(text[by](a), text[by](b)) || compareGroups(a, b));
  }
}

function collectPlaces(
  { evaluations }: Pick<Report, "evaluations">,
  keyOf: Identify,
  shows: Shows | undefined,
  groups: readonly FixGroup[],
): ReadonlyMap<string, GroupPlaces> {
  const sets = new Map(groups.map((group) => [group.key, startPlaces(group)]));
  for (const evaluation of evaluations) {
    if (evaluation.action === "audit") continue;
    for (const finding of evaluation.findings) {
      if (shows !== undefined && !shows(finding)) continue;
      const set = sets.get(keyOf(finding, evaluation).key);
      if (set !== undefined) addPlaces(set, finding, evaluation.asset);
    }
  }
  return new Map([...sets].map(([key, set]) => [key, placesIn(set)]));
}

type Places = { readonly [Name in keyof GroupPlaces]: Set<string> };

/** The worst one's come first. */
function startPlaces({ worst, asset }: FixGroup): Places {
  const places = {
    assets: new Set<string>(),
    places: new Set<string>(),
    files: new Set<string>(),
    changes: new Set<string>(),
    names: new Set<string>(),
    packages: new Set<string>(),
    versions: new Set<string>(),
    lockfiles: new Set<string>(),
    dependencies: new Set<string>(),
  };
  addPlaces(places, worst, asset);
  return places;
}

function addPlaces(sets: Places, finding: Finding, asset: Asset): void {
  const { locations, matches, fix } = finding;
  const [location] = locations;
  const add = (set: Set<string>, text: string) => {
    if (set.size < PLACES) set.add(text);
  };
  add(sets.assets, assetTitle(asset));
  add(sets.names, findingName(finding));
  add(sets.places, formatLocation(location));
  if (location.kind === "file" && isMade(finding, asset)) {
    add(sets.files, location.path);
    add(sets.changes, fix?.kind ?? "");
    if (fix !== undefined && "grade" in fix && fix.grade !== "safe") add(sets.changes, "unsafe");
  }
  if (matches.package !== undefined) add(sets.packages, matches.package);
  if (fix?.kind !== "upgrade") return;
  add(sets.versions, fix.version);
  if (location.kind !== "file" || !isUpgradable(location.path)) return;
  add(sets.lockfiles, location.path);
  add(sets.dependencies, finding.evidence.dependency ?? "unknown");
}

/** Whether a command makes the change: of manifests, not of Compose files. */
function isMade({ fix }: Finding, asset: Asset): boolean {
  if (fix?.kind !== "edit" && fix?.kind !== "patch") return false;
  const isCompose = asset.kind === "workload" && /(?:^|\/)ComposeService\//.test(asset.name);
  return fix.grade !== "needs knowledge" && !isCompose;
}

function placesIn(sets: Places): GroupPlaces {
  const list = (set: ReadonlySet<string>) => {
    const [first, ...others] = set;
    return first === undefined ? [] : [first, ...others.sort(compareText)];
  };
  return {
    assets: list(sets.assets),
    places: list(sets.places),
    files: list(sets.files),
    changes: list(sets.changes),
    names: list(sets.names),
    packages: list(sets.packages),
    versions: list(sets.versions),
    lockfiles: list(sets.lockfiles),
    dependencies: list(sets.dependencies),
  };
}
