import { append } from "../../core/append.ts";
import { type Exception, exceptionScope } from "../../core/exception.ts";
import type { LoosenedKey, Policy } from "../../core/policy.ts";
import type { UnknownEntry } from "../../core/unknown-entry.ts";
import {
  policyWith,
  type SettingKey,
  type Settings,
  settingKeys,
  settingsOf,
  shownValue,
  tightened,
} from "./settings.ts";
import type { Stated, StatedPolicy } from "./stated.ts";

/**
 * What the trusted policy becomes with what the tree's own file states, which may only tighten it: of each key the
 * stricter value is kept (see core/setting.ts), and what it tried to loosen is returned with its place. What the file
 * leaves out says nothing. An exception, or an entry of `unknown`, is looser, always, unless the trusted policy has one of the same scope that
 * lasts at least as long.
 */
export function tighten(
  trusted: Policy,
  tree: Pick<StatedPolicy, "settings" | "exceptions" | "unknown">,
): { policy: Policy; loosened: readonly LoosenedKey[] } {
  const loosened: LoosenedKey[] = [];
  const before = settingsOf(trusted);
  const settings: Partial<Record<SettingKey, unknown>> = { ...before };
  for (const key of settingKeys) {
    const stated = tree.settings[key];
    if (stated === undefined) continue;
    const result = tightenKey(key, before, stated as Stated<Settings[typeof key]>);
    settings[key] = result.value;
    if (result.loosened !== undefined) loosened.push(result.loosened);
  }
  append(loosened, loosenedExceptions(trusted.exceptions, tree.exceptions));
  append(loosened, loosenedUnknowns(trusted.unknown, tree.unknown));
  return { policy: policyWith(settings as Settings, trusted), loosened };
}

/** One key's part of {@link tighten}. */
export function tightenKey<Key extends SettingKey>(
  key: Key,
  before: Settings,
  wanted: Stated<Settings[Key]>,
): { readonly value: Settings[Key]; readonly loosened?: LoosenedKey } {
  const { value, loosens, held } = tightened(key, before, wanted.value);
  if (!loosens) return { value };
  const words = { trusted: shownValue(key, held), wanted: shownValue(key, wanted.value) };
  return { value, loosened: { key, ...wanted.place, ...words } };
}

/** Those that none of the trusted ones allows as they are. Each is called by its place in its own file. */
export function loosenedExceptions(trusted: readonly Exception[], wanted: readonly Exception[]): LoosenedKey[] {
  const counts = new Map<string, number>();
  return wanted.flatMap((exception) => {
    const index = counts.get(exception.source.path) ?? 0;
    counts.set(exception.source.path, index + 1);
    if (trusted.some((other) => allowsAtLeast(other, exception))) return [];
    return {
      key: `exceptions[${index}]`,
      ...exception.source,
      trusted: "no such exception",
      wanted: `${exceptionScope(exception)} until ${exception.expires}`,
    };
  });
}

/** As {@link loosenedExceptions}. */
export function loosenedUnknowns(trusted: readonly UnknownEntry[], wanted: readonly UnknownEntry[]): LoosenedKey[] {
  const counts = new Map<string, number>();
  return wanted.flatMap((entry) => {
    const index = counts.get(entry.source.path) ?? 0;
    counts.set(entry.source.path, index + 1);
    const { code, check, asset, expires, source } = entry;
    const allowed = trusted.some(
      (other) => other.code === code && other.check === check && other.asset === asset && other.expires >= expires,
    );
    if (allowed) return [];
    const scope = [
      code,
      ...(check === undefined ? [] : [`check ${check}`]),
      ...(asset === undefined ? [] : [`asset ${asset}`]),
    ];
    return {
      key: `unknown[${index}]`,
      ...source,
      trusted: "no such entry",
      wanted: `${scope.join(", ")} until ${expires}`,
    };
  });
}

function allowsAtLeast(trusted: Exception, wanted: Exception): boolean {
  return (
    trusted.expires >= wanted.expires &&
    trusted.package === wanted.package &&
    trusted.path === wanted.path &&
    trusted.asset === wanted.asset &&
    new Set(trusted.ids).symmetricDifference(new Set(wanted.ids)).size === 0
  );
}
