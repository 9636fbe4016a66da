/** What is said of a group of findings that one change fixes, before it is laid out. */

import { contextMarks } from "../../core/context.ts";
import { counted } from "../../core/counted.ts";
import { formatLayer } from "../../core/location.ts";
import type { Report } from "../../core/report.ts";
import { countedSeverities, noSeverities, severityCountsText, totalOf } from "../severity-counts.ts";
import { commandFor, upgradeFor } from "./command.ts";
import { type FixGroup, type GroupPlaces, PLACES } from "./fix-groups.ts";
import { highestOf } from "./upgrade.ts";

export interface FixEntry {
  /** What is wrong, or what to do: `Privileged container`, `upgrade minimist to 1.2.6`. */
  readonly what: string;
  /** Whose it is: the worst one's asset, and how many there are. */
  readonly asset: string;
  readonly assets: number;
  /** `2 critical, 1 high`: what it resolves at or above the threshold; of a group without those, what below. */
  readonly resolves: string;
  readonly isOver: boolean;
  /** `warn` where the exit code counts none of it. */
  readonly action?: "warn";
  readonly check: string;
  /** The worst one's advisory or rule; absent where that is the check. */
  readonly name?: string;
  readonly names: number;
  /** `KEV`: why it comes first; `not loaded`: why it comes last. */
  readonly mark?: string;
  /** Where the worst one is, as far as that is known: `exposed`, `unsigned`. */
  readonly marks: readonly string[];
  readonly place: string;
  readonly places: number;
  /** In words; absent where `what` says it. */
  readonly fix?: string;
  /** To paste into a shell. */
  readonly command?: string;
}

/** @param fits - whether a title is short enough to stand for its group; else the check's title does */
export function fixEntry(
  report: Pick<Report, "subject" | "checks">,
  group: FixGroup,
  places: GroupPlaces,
  fits: (title: string) => boolean,
): FixEntry {
  const { worst, over, below, enforced } = group;
  const [asset = "", ...otherAssets] = places.assets;
  const [place = "", ...otherPlaces] = places.places;
  const [name = worst.check, ...otherNames] = places.names;
  const isOver = totalOf(over) > 0;
  const mark = group.idle ? "not loaded" : worst.priority?.mark;
  const upgrade = upgradeFor(report, group, places);
  const command = upgrade?.command ?? commandFor(report, group, places);
  const fix = upgrade?.text ?? fixOf(group, places);
  return {
    what: whatOf(report, group, places, fits),
    asset,
    assets: otherAssets.length + 1,
    resolves: severityCountsText(isOver ? over : below),
    isOver,
    ...(isOver && enforced === 0 ? { action: "warn" } : {}),
    check: worst.check,
    ...(name === worst.check ? {} : { name }),
    names: otherNames.length + 1,
    ...(mark === undefined ? {} : { mark }),
    marks: contextMarks(group.context),
    place,
    places: otherPlaces.length + 1,
    ...(fix === undefined ? {} : { fix }),
    ...(command === undefined ? {} : { command }),
  };
}

function whatOf(
  { checks }: Pick<Report, "checks">,
  { identity, worst, uniform }: FixGroup,
  { versions }: GroupPlaces,
  fits: (title: string) => boolean,
): string {
  switch (identity.kind) {
    case "base":
      return identity.base === undefined ? "outdated base image" : `outdated base image ${identity.base}`;
    case "layer": {
      const [location] = worst.locations;
      const layer = location.kind === "image" ? formatLayer(location.layer) : "a layer";
      return `outdated ${identity.release} packages in ${layer}`;
    }
    case "upgrade":
      return `upgrade ${identity.package} to ${versionText(versions)}`;
    case "unfixed":
      return `no version of ${identity.package} is without known vulnerabilities yet`;
    case "secret":
      return worst.title;
    case "setting":
      if (uniform && fits(worst.title)) return worst.title;
      return checks.find(({ id }) => id === worst.check)?.title ?? worst.title;
  }
}

/** Of versions that are no plain numbers only the ecosystem's own order could say the highest, which is not at hand here. */
function versionText(versions: readonly string[]): string {
  const highest = highestOf(versions);
  if (highest !== undefined) return highest;
  const [first = "a fixed version"] = versions;
  if (versions.length < 2) return first;
  return versions.length > 3 ? "its newest version" : `the highest of ${versions.toSorted().join(", ")}`;
}

function someOf(names: readonly string[]): string {
  const [first, second] = names;
  if (first === undefined || second === undefined) return first ?? "";
  return names.length === 2 ? `${first}, ${second}` : `${first}, ${second} and ${names.length - 2} more`;
}

function fixOf({ identity, worst }: FixGroup, { packages, lockfiles }: GroupPlaces): string | undefined {
  switch (identity.kind) {
    case "base":
      return "rebuild with docker build --pull, or on a smaller base";
    case "layer":
      return `rebuild with docker build --no-cache, which upgrades ${someOf(packages)}`;
    case "upgrade":
      return lockfiles.length < 2 ? undefined : `in each of ${lockfiles.length} directories`;
    case "unfixed":
      return undefined;
    case "secret":
    case "setting":
      return worst.fix?.text;
  }
}

/** `compose.yaml:15:5 and 1 more`. */
export function andMore(first: string, all: number): string {
  if (all < 2) return first;
  return `${first} and ${all > PLACES - 1 ? "many" : all - 1} more`;
}

/** `12 more fixes resolve 40 findings at or above the threshold (--details lists the findings)`. */
export function restOfFixes(rest: readonly FixGroup[]): string {
  const [over, below] = [noSeverities(), noSeverities()];
  for (const group of rest) {
    for (const severity of countedSeverities) {
      over[severity] += group.over[severity];
      below[severity] += group.below[severity];
    }
  }
  const resolve = rest.length === 1 ? "resolves" : "resolve";
  const what =
    totalOf(over) > 0
      ? `${severityCountsText(over)} at or above the threshold`
      : `${severityCountsText(below)} below it`;
  return `${counted(rest.length, "more fix", "more fixes")} ${resolve} ${what} (--details)`;
}
