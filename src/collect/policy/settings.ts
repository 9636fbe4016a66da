/** Every setting that a policy file can state, from the slices of the layers, and a policy as its settings. */

import { categories, categoryKeys } from "../../core/category.ts";
import type { Policy, Thresholds } from "../../core/policy.ts";
import { commonSettings, exceptionSettings } from "../../core/policy-settings.ts";
import type { Setting, Tightened } from "../../core/setting.ts";
import { valueAt } from "../../core/untyped.ts";
import { admissionSettings } from "../../engines/admission/policy.ts";
import { baseSettings } from "../../engines/contents/base/policy.ts";
import { licenseSettings } from "../../engines/contents/licenses/policy.ts";
import { runtimeSettings } from "../../engines/events/policy.ts";
import { rotationSettings } from "../../engines/kubernetes/policy.ts";
import { guardedRegistrySettings } from "../../engines/oci/distribution/policy.ts";
import { registrySettings } from "../../engines/oci/policy.ts";
import { dependencySettings } from "../../engines/packages/policy.ts";
import { pipelineSettings } from "../../engines/pipelines/policy.ts";
import { networkSettings } from "../../engines/reachability/policy.ts";
import { secretSettings } from "../../engines/secrets/policy.ts";
import { trustSettings } from "../../engines/trust/policy.ts";
import { rebuildSettings } from "../../engines/updates/policy.ts";
import { advisorySettings } from "../../engines/vulnerability/policy.ts";

/** In the order in which the file's keys are told. */
const settings = {
  ...commonSettings,
  ...advisorySettings,
  ...licenseSettings,
  ...dependencySettings,
  ...registrySettings,
  ...baseSettings,
  ...rebuildSettings,
  ...pipelineSettings,
  ...secretSettings,
  ...rotationSettings,
  ...trustSettings,
  ...networkSettings,
  ...admissionSettings,
  ...guardedRegistrySettings,
  ...runtimeSettings,
  ...exceptionSettings,
};

export type SettingKey = keyof typeof settings;

/** The single values of a policy by their keys in the file; `exceptions` and `unknown` are no single values. */
export type Settings = { readonly [Key in SettingKey]: (typeof settings)[Key]["initial"] };

export const settingKeys = Object.keys(settings) as readonly SettingKey[];

export function settingOf<Key extends SettingKey>(key: Key): Setting<Settings[Key]> {
  return settings[key] as unknown as Setting<Settings[Key]>;
}

export const initialSettings = Object.fromEntries(
  settingKeys.map((key) => [key, settings[key].initial]),
) as unknown as Settings;

/** What `locked` may name: a key, a group of keys, `exceptions` or `unknown`. */
export type LockableKey = SettingKey | GroupOf<SettingKey> | "exceptions" | "unknown";
type GroupOf<Key extends string> = Key extends `${infer Group}.${infer Rest}`
  ? Group | `${Group}.${GroupOf<Rest>}`
  : never;

export const lockableKeys: readonly [LockableKey, ...LockableKey[]] = [
  "exceptions",
  "unknown",
  ...new Set(settingKeys.flatMap((key) => prefixesOf(key))),
];

function prefixesOf(key: SettingKey): LockableKey[] {
  const parts = key.split(".");
  return parts.map((_, index) => parts.slice(0, index + 1).join(".") as LockableKey);
}

/**
 * What a key comes to where neither value may loosen the other.
 *
 * @param before - all that held: where the key has no value of its own, the one that it inherits may not be loosened
 */
export function tightened<Key extends SettingKey>(
  key: Key,
  before: Settings,
  wanted: Settings[Key],
): Tightened<Settings[Key]> & { /** What held. */ readonly held: Settings[Key] } {
  const { tighten } = settingOf(key);
  const own = before[key];
  const held = own ?? inheritedBy(key, before);
  const result = tighten(held, wanted);
  return { ...result, value: result.loosens && own === undefined ? own : result.value, held };
}

function inheritedBy<Key extends SettingKey>(key: Key, all: Settings): Settings[Key] {
  const inherits = inheritedKey(key);
  return (inherits === undefined ? undefined : all[inherits]) as Settings[Key];
}

export function inheritedKey(key: SettingKey): SettingKey | undefined {
  return settingOf(key).inherits as SettingKey | undefined;
}

/** A setting's value in one line, for reports. */
export function shownValue<Key extends SettingKey>(key: Key, value: Settings[Key]): string {
  const { show } = settingOf(key);
  if (show !== undefined) return show(value);
  if (!Array.isArray(value)) return String(value);
  return value.length === 0 ? "an empty list" : value.join(", ");
}

/** A policy's values by key. */
export function settingsOf(policy: Policy): Settings {
  const values = settingKeys.map((key) => [key, valueAt(policy, key.split("."))]);
  return { ...Object.fromEntries(values), ...thresholdSettings(policy.thresholds) } as Settings;
}

/** The other way round of {@link settingsOf}. */
export function policyWith(
  values: Settings,
  { exceptions, unknown, origin }: Pick<Policy, "exceptions" | "unknown" | "origin">,
): Policy {
  const policy: Group = { thresholds: thresholdsWith(values) };
  for (const key of settingKeys) {
    if (!key.startsWith("thresholds.")) put(policy, key.split("."), values[key]);
  }
  return { ...(policy as unknown as Policy), exceptions, unknown, origin };
}

type Group = { [name: string]: unknown };

/** Of a value that is none, its group alone. */
function put(group: Group, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length > 0) {
    group[name] ??= {};
    put(group[name] as Group, rest, value);
  } else if (value !== undefined) {
    group[name] = value;
  }
}

// The file has other words for the categories than the policy, and a category that it does not state has no threshold.

function thresholdSettings(thresholds: Thresholds): Group {
  const stated = categories.flatMap((category) =>
    Object.entries(thresholds[category] ?? {}).map(([name, value]) => [
      `thresholds.${categoryKeys[category]}.${name}`,
      value,
    ]),
  );
  const known = new Set<string>(settingKeys);
  return Object.fromEntries(stated.filter(([key]) => known.has(String(key))));
}

function thresholdsWith(values: Settings): Thresholds {
  const all = values as Group;
  const stated = categories.flatMap((category) => {
    const key = `thresholds.${categoryKeys[category]}`;
    const severity = all[`${key}.severity`];
    const exploited = all[`${key}.exploited`];
    if (severity === undefined) return [];
    const fixableOnly = all[`${key}.fixableOnly`] ?? false;
    return [[category, { severity, fixableOnly, ...(exploited === undefined ? {} : { exploited }) }]];
  });
  return Object.fromEntries(stated) as Thresholds;
}
