/** The settings that are about no layer: thresholds, enforcement, and how broad an exception may be. */
import { type Category, type CategoryKey, categories, categoryKeys } from "./category.ts";
import { type Action, denyAll, type Enforcement, tightenEnforcement } from "./enforcement.ts";
import { coversRepository } from "./pattern-cover.ts";
import type { ExceptionLimits, Policy } from "./policy.ts";
import { days, either, later, less, onlyOf, type Setting, setting } from "./setting.ts";
import { type RatedSeverity, severities, severityRank } from "./severity.ts";

const lesser = either<RatedSeverity>((wanted, current) => severityRank(wanted) > severityRank(current));

type Other = Exclude<Category, "vulnerability" | "configuration">;

/** Undefined: that of configuration. */
const ofItsOwn: Setting<RatedSeverity | undefined> = {
  form: { kind: "choice", of: severities },
  description:
    "Findings of this category at or above this severity fail. Default: as for configuration. Stricter: a lower severity.",
  initial: undefined,
  tighten: either(
    (wanted, current) => wanted !== undefined && current !== undefined && severityRank(wanted) > severityRank(current),
  ),
  inherits: "thresholds.configuration.severity",
};

const otherThresholds = Object.fromEntries(
  categories
    .filter((category) => category !== "vulnerability" && category !== "configuration")
    .map((category) => [`thresholds.${categoryKeys[category]}.severity`, ofItsOwn]),
) as Readonly<Record<`thresholds.${(typeof categoryKeys)[Other]}.severity`, typeof ofItsOwn>>;

export const commonSettings = {
  "thresholds.vulnerabilities.severity": setting<RatedSeverity>({
    form: { kind: "choice", of: severities },
    description: "Vulnerabilities at or above this severity fail. Default: critical. Stricter: a lower severity.",
    group: "Findings at or above this severity fail.",
    initial: "critical",
    tighten: lesser,
  }),
  "thresholds.vulnerabilities.fixableOnly": setting<boolean>({
    form: { kind: "flag" },
    description: "Count only vulnerabilities with a fixed version. Default: true. Stricter: false.",
    initial: true,
    tighten: either((wanted) => !wanted),
  }),
  "thresholds.vulnerabilities.exploited": setting<boolean>({
    form: { kind: "flag" },
    description:
      "Known exploited vulnerabilities (CISA KEV) fail at any severity; with fixableOnly, those with a fixed version. Default: false. Stricter: true.",
    initial: false,
    tighten: either((wanted) => wanted),
  }),
  "thresholds.configuration.severity": setting<RatedSeverity>({
    form: { kind: "choice", of: severities },
    description: "Configuration findings at or above this severity fail. Default: high. Stricter: a lower severity.",
    initial: "high",
    tighten: lesser,
  }),
  ...otherThresholds,
  "enforcement.ci": setting<Enforcement>({
    form: { kind: "enforcement" },
    description:
      "What the exit code counts: deny, warn (shown, not counted) or audit (recorded, one line). For all checks, or by category and by check. Verdicts do not change. Default: deny. Stricter: warn than audit, deny than warn.",
    group: "Enforcement of checks that do not pass, by gate.",
    initial: denyAll,
    tighten: tightenEnforcement,
    read: enforcementOf,
    show: shownEnforcement,
  }),
  exclude: setting<readonly string[]>({
    form: { kind: "texts" },
    description:
      "Paths from the scanned directory that are not scanned: vendor/**, **/testdata. A directory includes everything below it. Reports list them, and nothing in them passes. Default: none. Stricter: fewer.",
    initial: [],
    tighten: onlyOf(coversRepository),
  }),
  unknownSeverity: setting<Policy["unknownSeverity"]>({
    form: { kind: "choice", of: [...severities, "unknown"] },
    description:
      "Severity of findings whose severity is unknown. Default: unknown, which makes the verdict unknown. " +
      "Stricter: a higher severity; only critical is stricter than unknown.",
    initial: "unknown",
    // Whether an unknown severity that counts as `high` fails or passes depends on the threshold.
    tighten: either((wanted, current) => {
      if (wanted === "critical") return true;
      return wanted !== "unknown" && current !== "unknown" && severityRank(wanted) < severityRank(current);
    }),
  }),
};

export const exceptionSettings = {
  "exceptionLimits.maxDays": setting<number>({
    form: days,
    description: "Maximum days from today until an exception expires. Default: 365. Stricter: less.",
    group: "Limits above which an exception is too broad.",
    initial: 365,
    tighten: less,
  }),
  "exceptionLimits.maxFlaws": setting<number>({
    form: { kind: "number", from: 1, to: 100_000 },
    description:
      "Maximum of different vulnerabilities that one exception accepts in one run. Default: 20. Stricter: less.",
    initial: 20,
    tighten: less,
  }),
  "exceptionLimits.broad": setting<ExceptionLimits["broad"]>({
    form: { kind: "choice", of: ["allow", "report"] },
    description:
      "Whether an exception above these limits, or one without id, package and asset, is a finding. Default: report. Stricter: report.",
    initial: "report",
    tighten: later(["allow", "report"]),
  }),
};

/** An action, or a mapping as {@link Enforcement} with the categories as the file calls them. */
export type WrittenEnforcement =
  | Action
  | {
      readonly default?: Action | undefined;
      readonly categories?: Readonly<Partial<Record<CategoryKey, Action | undefined>>> | undefined;
      readonly checks?: Readonly<Record<string, Action>> | undefined;
    };

function enforcementOf(written: WrittenEnforcement): Enforcement {
  if (typeof written === "string") return { ...denyAll, default: written };
  const { default: rest, categories: byKey = {}, checks = {} } = written;
  return {
    ...(rest === undefined ? {} : { default: rest }),
    categories: actionsByCategory(byKey),
    checks: { ...checks },
    atLeast: [],
  };
}

/** What the file states by its own words for the categories. */
export function actionsByCategory(
  byKey: Readonly<Partial<Record<CategoryKey, Action | undefined>>>,
): Partial<Record<Category, Action>> {
  const stated = categories.flatMap((category) => {
    const action = byKey[categoryKeys[category]];
    return action === undefined ? [] : [[category, action] as const];
  });
  return Object.fromEntries(stated);
}

/** `warn, secrets: deny, image/*: audit`. */
function shownEnforcement({ default: rest, categories: byCategory, checks, atLeast }: Enforcement): string {
  const parts = [
    ...(rest === undefined ? [] : [rest]),
    ...categories.flatMap((category) => {
      const action = byCategory[category];
      return action === undefined ? [] : [`${categoryKeys[category]}: ${action}`];
    }),
    ...Object.entries(checks).map(([pattern, action]) => `${pattern}: ${action}`),
  ];
  return [parts.join(", "), ...atLeast.map((other) => `at least ${shownEnforcement(other)}`)].join("; ");
}
