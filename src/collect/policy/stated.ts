import type { Exception } from "../../core/exception.ts";
import type { Policy, PolicyOrigin } from "../../core/policy.ts";
import type { Beside } from "../../core/setting.ts";
import type { UnknownEntry } from "../../core/unknown-entry.ts";
import { valueAt } from "../../core/untyped.ts";
import type { Key, Position } from "./document.ts";
import {
  initialSettings,
  type LockableKey,
  policyWith,
  type SettingKey,
  type Settings,
  settingKeys,
  settingOf,
} from "./settings.ts";
import type { ParsedPolicy } from "./shape.ts";

/** What a policy file states, and nothing of what it leaves out. */
export interface StatedPolicy {
  readonly settings: { readonly [Key in SettingKey]?: Stated<Settings[Key]> };
  readonly exceptions: readonly Exception[];
  readonly unknown: readonly UnknownEntry[];
  readonly locked: readonly LockableKey[];
  /** Names of the environments that it states. */
  readonly environments: readonly string[];
}

export interface Stated<Value> {
  readonly value: Value;
  readonly place: { readonly path: string } & Position;
}

/**
 * @param path - what places and exceptions name
 * @param environment - whose values hold before the file's own
 */
export function statedBy(
  { file, document }: ParsedPolicy,
  path: string,
  beside: Beside,
  environment?: string,
): StatedPolicy {
  const settings: Partial<Record<SettingKey, Stated<unknown>>> = {};
  for (const key of settingKeys) {
    const own: readonly Key[] = key.split(".");
    const ofEnvironment = environment === undefined ? [] : [["environments", environment, ...own]];
    const keys = [...ofEnvironment, own].find((place) => valueAt(file, place) !== undefined);
    if (keys === undefined) continue;
    const value = valueAt(file, keys);
    const { read } = settingOf(key);
    settings[key] = {
      value:
        read === undefined
          ? value
          : read(value as never, beside, (within) => ({ path, ...document.at([...keys, ...within]) })),
      place: { path, ...document.at(keys) },
    };
  }
  const exceptions = (file.exceptions ?? []).map((exception, index): Exception => {
    const { id, ids, path: pattern, package: name, asset, justification, reason, owner, expires } = exception;
    return {
      ids: id === undefined ? (ids ?? []) : [id],
      ...(name === undefined ? {} : { package: name }),
      // In an image and in a tree alike, paths are kept without their leading slash.
      ...(pattern === undefined ? {} : { path: pattern.replace(/^\/+/, "") }),
      ...(asset === undefined ? {} : { asset }),
      ...(justification === undefined ? {} : { justification }),
      reason,
      owner,
      expires,
      source: { path, ...document.at(["exceptions", index]) },
    };
  });
  const unknown = (file.unknown ?? []).map((entry, index): UnknownEntry => {
    const { code, check, asset, reason, owner, expires } = entry;
    return {
      code,
      ...(check === undefined ? {} : { check }),
      ...(asset === undefined ? {} : { asset }),
      reason,
      owner,
      expires,
      source: { path, ...document.at(["unknown", index]) },
    };
  });
  return {
    settings: settings as StatedPolicy["settings"],
    exceptions,
    unknown,
    locked: file.locked ?? [],
    environments: Object.keys(file.environments ?? {}),
  };
}

/** What is stated, with the defaults for the rest. */
export function policyOf(
  { settings, exceptions, unknown }: Pick<StatedPolicy, "settings" | "exceptions" | "unknown">,
  origin: PolicyOrigin,
): Policy {
  const own = Object.entries(settings).map(([key, stated]) => [key, stated.value]);
  const whole = { ...initialSettings, ...Object.fromEntries(own) } as Settings;
  return policyWith(whole, { exceptions, unknown, origin });
}
