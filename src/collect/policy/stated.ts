import type { Exception } from "../../core/exception.ts";
import { defaultPolicy, type Policy, type PolicyOrigin } from "../../core/policy.ts";
import type { Position } from "./document.ts";
import { type LockableKey, policyWith, type SettingKey, type Settings, settingKeys, settingsOf } from "./settings.ts";
import type { ParsedPolicy } from "./validate.ts";

/** What a policy file states, and nothing of what it leaves out. */
export interface StatedPolicy {
  readonly settings: { readonly [Key in SettingKey]?: Stated<Settings[Key]> };
  readonly exceptions: readonly Exception[];
  readonly locked: readonly LockableKey[];
}

export interface Stated<Value> {
  readonly value: Value;
  readonly place: { readonly path: string } & Position;
}

/**
 * @param path - what places and exceptions name
 * @param beside - resolves what the file names relative to itself
 */
export function statedBy(
  { file, document }: ParsedPolicy,
  path: string,
  beside: (written: string) => string,
): StatedPolicy {
  const settings: Partial<Record<SettingKey, Stated<unknown>>> = {};
  for (const key of settingKeys) {
    const keys = key.split(".");
    let value: unknown = file;
    for (const name of keys) value = (value as Record<string, unknown> | undefined)?.[name];
    if (value === undefined) continue;
    settings[key] = {
      value: key === "secrets.rules" ? (value as readonly string[]).map(beside) : value,
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
  return { settings: settings as StatedPolicy["settings"], exceptions, locked: file.locked ?? [] };
}

/** What is stated, with the defaults for the rest. */
export function policyOf({ settings, exceptions }: Omit<StatedPolicy, "locked">, origin: PolicyOrigin): Policy {
  const own = Object.entries(settings).map(([key, stated]) => [key, stated.value]);
  const whole = { ...settingsOf(defaultPolicy), ...Object.fromEntries(own) } as Settings;
  return policyWith(whole, { exceptions, origin });
}
