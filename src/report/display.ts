/** What of a report is shown, and in which order. Nothing here changes a verdict or an exit code. */
import { type Layer, layers } from "../core/check.ts";
import type { Finding } from "../core/finding.ts";
import { compileGlob } from "../core/glob.ts";
import type { Report } from "../core/report.ts";
import { type RatedSeverity, reaches } from "../core/severity.ts";

export const groupings = ["asset", "check"] as const;
export type Grouping = (typeof groupings)[number];

export const sortKeys = ["severity", "asset", "check", "fix"] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Display {
  /** The findings themselves, not only what fixes them. */
  readonly details: boolean;
  readonly groupBy: Grouping;
  readonly sort: SortKey;
  /** Findings at or above it; absent: all. One of unknown severity is at or above none. */
  readonly severity?: RatedSeverity;
  /** Findings with a fix. */
  readonly fixable: boolean;
  /** Findings of checks of these layers; empty: of all. */
  readonly layers: readonly Layer[];
  /** Findings of checks whose id matches one of these patterns (core/glob.ts); empty: of all. */
  readonly checks: readonly string[];
  /** Findings that the baseline does not have; what it has is not mentioned. */
  readonly onlyNew: boolean;
}

export const defaultDisplay: Display = {
  details: false,
  groupBy: "asset",
  sort: "severity",
  fixable: false,
  layers: [],
  checks: [],
  onlyNew: false,
};

export const layerNames: readonly Layer[] = layers;

/** Whether a finding is shown; undefined where all are. */
export type Shows = (finding: Finding) => boolean;

export function filterOf(display: Display, { checks }: Pick<Report, "checks">): Shows | undefined {
  const { severity, fixable } = display;
  const patterns = display.checks.map(compileGlob);
  const layerOf = new Map(checks.map(({ id, layer }) => [id, layer]));
  if (filterText({ ...display, onlyNew: false }) === "") return undefined;
  const known = new Map<string, boolean>();
  const isCheckShown = (check: string): boolean => {
    let shown = known.get(check);
    if (shown === undefined) {
      const layer = layerOf.get(check);
      const inLayer = display.layers.length === 0 || (layer !== undefined && display.layers.includes(layer));
      shown = inLayer && (patterns.length === 0 || patterns.some((matches) => matches(check)));
      known.set(check, shown);
    }
    return shown;
  };
  return (finding) =>
    (severity === undefined || reaches(finding.severity, severity)) &&
    (!fixable || finding.fix !== undefined) &&
    isCheckShown(finding.check);
}

/** `--severity high --fixable`: the filters in force; empty where there are none. */
export function filterText({ severity, fixable, layers: some, checks, onlyNew }: Display): string {
  return [
    ...(severity === undefined ? [] : [`--severity ${severity}`]),
    ...(fixable ? ["--fixable"] : []),
    ...some.map((layer) => `--layer ${layer}`),
    ...checks.map((check) => `--check ${check}`),
    ...(onlyNew ? ["--only-new"] : []),
  ].join(" ");
}
