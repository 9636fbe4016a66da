import {
  type BaseKind,
  baseKinds,
  defaultPolicy,
  type ExceptionLimits,
  type Policy,
  type UnknownLicense,
  unknownLicenses,
} from "../../core/policy.ts";
import { type RatedSeverity, severityRank } from "../../core/severity.ts";
import { coversAll, coversRepository, coversText } from "./pattern-cover.ts";

/** The single values of a policy by their keys in the file; `exceptions` is no single value. */
export interface Settings {
  readonly "thresholds.vulnerabilities.severity": RatedSeverity;
  readonly "thresholds.vulnerabilities.fixableOnly": boolean;
  readonly "thresholds.vulnerabilities.exploited": boolean;
  readonly "thresholds.configuration.severity": RatedSeverity;
  readonly unknownSeverity: Policy["unknownSeverity"];
  readonly "advisories.maxAgeDays": number;
  readonly "licenses.allow": readonly string[];
  readonly "licenses.deny": readonly string[];
  readonly "licenses.unknown": UnknownLicense;
  readonly registries: readonly string[];
  readonly "bases.accept": readonly BaseKind[];
  readonly "rebuild.maxAgeDays": number;
  /** As {@link Policy} has them: resolved. */
  readonly "secrets.rules": readonly string[];
  /** Undefined: their age is not judged. */
  readonly "rotation.secrets.maxAgeDays": number | undefined;
  readonly "exceptionLimits.maxDays": number;
  readonly "exceptionLimits.maxFlaws": number;
  readonly "exceptionLimits.broad": ExceptionLimits["broad"];
}

export type SettingKey = keyof Settings;

/** What two values of one key come to where neither may loosen the other. */
interface Tightened<Value> {
  readonly value: Value;
  /** The one that was wanted would have been looser, at least in part. */
  readonly loosens: boolean;
}

type Tighten<Value> = (current: Value, wanted: Value) => Tightened<Value>;

/**
 * The stricter direction of each key, which its description in the schema states. What cannot be compared keeps what
 * holds: whether an unknown severity that counts as `high` fails or passes depends on the threshold.
 */
const directions: { readonly [Key in SettingKey]: Tighten<Settings[Key]> } = {
  "thresholds.vulnerabilities.severity": either((wanted, current) => severityRank(wanted) > severityRank(current)),
  "thresholds.vulnerabilities.fixableOnly": either((wanted) => !wanted),
  "thresholds.vulnerabilities.exploited": either((wanted) => wanted),
  "thresholds.configuration.severity": either((wanted, current) => severityRank(wanted) > severityRank(current)),
  unknownSeverity: either(countsAsMore),
  "advisories.maxAgeDays": either(isLess),
  "licenses.allow": fewer(coversText),
  "licenses.deny": more(coversText),
  "licenses.unknown": either((wanted, current) => unknownLicenses.indexOf(wanted) > unknownLicenses.indexOf(current)),
  registries: fewer(coversRepository),
  "bases.accept": fewerOf(baseKinds),
  "rebuild.maxAgeDays": either(isLess),
  "secrets.rules": more((one, other) => one === other),
  "rotation.secrets.maxAgeDays": either(
    (wanted, current) => wanted !== undefined && (current === undefined || wanted < current),
  ),
  "exceptionLimits.maxDays": either(isLess),
  "exceptionLimits.maxFlaws": either(isLess),
  "exceptionLimits.broad": either((wanted) => wanted === "report"),
};

export const settingKeys = Object.keys(directions) as readonly SettingKey[];

/** What `locked` may name: a key, a group of keys, or `exceptions`. */
export type LockableKey = SettingKey | GroupOf<SettingKey> | "exceptions";
type GroupOf<Key extends string> = Key extends `${infer Group}.${infer Rest}`
  ? Group | `${Group}.${GroupOf<Rest>}`
  : never;

export const lockableKeys: readonly [LockableKey, ...LockableKey[]] = [
  "exceptions",
  ...new Set(settingKeys.flatMap((key) => prefixesOf(key))),
];

function prefixesOf(key: SettingKey): LockableKey[] {
  const parts = key.split(".");
  return parts.map((_, index) => parts.slice(0, index + 1).join(".") as LockableKey);
}

export function tightened<Key extends SettingKey>(
  key: Key,
  current: Settings[Key],
  wanted: Settings[Key],
): Tightened<Settings[Key]> {
  return directions[key](current, wanted);
}

/** A setting's value in one line, for reports. */
export function shownValue(value: Settings[SettingKey]): string {
  if (typeof value !== "object") return String(value);
  return value.length === 0 ? "an empty list" : value.join(", ");
}

export function settingsOf(policy: Policy): Settings {
  const { thresholds, unknownSeverity, advisories, licenses, registries, bases, rebuild, secrets, rotation } = policy;
  return {
    "thresholds.vulnerabilities.severity": thresholds.vulnerability.severity,
    "thresholds.vulnerabilities.fixableOnly": thresholds.vulnerability.fixableOnly,
    "thresholds.vulnerabilities.exploited": thresholds.vulnerability.exploited ?? false,
    "thresholds.configuration.severity": thresholds.configuration.severity,
    unknownSeverity,
    "advisories.maxAgeDays": advisories.maxAgeDays,
    "licenses.allow": licenses.allow,
    "licenses.deny": licenses.deny,
    "licenses.unknown": licenses.unknown,
    registries,
    "bases.accept": bases.accept,
    "rebuild.maxAgeDays": rebuild.maxAgeDays,
    "secrets.rules": secrets.rules,
    "rotation.secrets.maxAgeDays": rotation.secrets.maxAgeDays,
    "exceptionLimits.maxDays": policy.exceptionLimits.maxDays,
    "exceptionLimits.maxFlaws": policy.exceptionLimits.maxFlaws,
    "exceptionLimits.broad": policy.exceptionLimits.broad,
  };
}

/** The other way round of {@link settingsOf}. */
export function policyWith(settings: Settings, { exceptions, origin }: Pick<Policy, "exceptions" | "origin">): Policy {
  const maxAgeDays = settings["rotation.secrets.maxAgeDays"];
  return {
    thresholds: {
      vulnerability: {
        severity: settings["thresholds.vulnerabilities.severity"],
        fixableOnly: settings["thresholds.vulnerabilities.fixableOnly"],
        exploited: settings["thresholds.vulnerabilities.exploited"],
      },
      configuration: {
        severity: settings["thresholds.configuration.severity"],
        fixableOnly: defaultPolicy.thresholds.configuration.fixableOnly,
      },
    },
    unknownSeverity: settings.unknownSeverity,
    advisories: { maxAgeDays: settings["advisories.maxAgeDays"] },
    licenses: {
      allow: settings["licenses.allow"],
      deny: settings["licenses.deny"],
      unknown: settings["licenses.unknown"],
    },
    registries: settings.registries,
    bases: { accept: settings["bases.accept"] },
    rebuild: { maxAgeDays: settings["rebuild.maxAgeDays"] },
    secrets: { rules: settings["secrets.rules"] },
    rotation: { secrets: maxAgeDays === undefined ? {} : { maxAgeDays } },
    exceptionLimits: {
      maxDays: settings["exceptionLimits.maxDays"],
      maxFlaws: settings["exceptionLimits.maxFlaws"],
      broad: settings["exceptionLimits.broad"],
    },
    exceptions,
    origin,
  };
}

function either<Value>(isStricter: (wanted: Value, current: Value) => boolean): Tighten<Value> {
  return (current, wanted) => {
    if (wanted === current || isStricter(wanted, current)) return { value: wanted, loosens: false };
    return { value: current, loosens: true };
  };
}

/** Lists of what is allowed, where an empty one allows everything: what both allow. */
function fewer(covers: (entry: string, wanted: string) => boolean): Tighten<readonly string[]> {
  return (current, wanted) => {
    if (current.length === 0) return { value: wanted, loosens: false };
    if (wanted.length === 0) return { value: current, loosens: true };
    const kept = wanted.filter((entry) => current.some((other) => covers(other, entry)));
    // Nothing in common would be an empty list, and that allows everything.
    return { value: kept.length === 0 ? current : kept, loosens: kept.length < wanted.length };
  };
}

/** Lists of what is asked for: what either does. */
function more(covers: (entry: string, wanted: string) => boolean): Tighten<readonly string[]> {
  return (current, wanted) => {
    const added = wanted.filter((entry) => !current.includes(entry));
    const value = added.length === 0 ? current : [...current, ...added];
    return { value, loosens: !coversAll(wanted, current, covers) };
  };
}

function fewerOf<Value>(order: readonly Value[]): Tighten<readonly Value[]> {
  return (current, wanted) => {
    const kept = order.filter((kind) => current.includes(kind) && wanted.includes(kind));
    const loosens = wanted.some((kind) => !current.includes(kind));
    return { value: kept.length === 0 ? current : kept, loosens };
  };
}

function isLess(wanted: number, current: number): boolean {
  return wanted < current;
}

function countsAsMore(wanted: Policy["unknownSeverity"], current: Policy["unknownSeverity"]): boolean {
  if (wanted === "critical") return true;
  return wanted !== "unknown" && current !== "unknown" && severityRank(wanted) < severityRank(current);
}
