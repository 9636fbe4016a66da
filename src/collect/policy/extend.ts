/** Policy files that extend others: the chain read, and what they state together. */

import { append } from "../../core/append.ts";
import type { Exception } from "../../core/exception.ts";
import type { LoosenedKey } from "../../core/policy.ts";
import type { UnknownEntry } from "../../core/unknown-entry.ts";
import { refused } from "../named/named-text.ts";
import { bounds } from "./bounds.ts";
import { lastingName, placeBeside, placeName } from "./place.ts";
import { readPolicy } from "./read.ts";
import {
  inheritedKey,
  initialSettings,
  type LockableKey,
  type SettingKey,
  type Settings,
  settingKeys,
} from "./settings.ts";
import { type PolicySource, readPolicyAt } from "./source.ts";
import { type Stated, type StatedPolicy, statedBy } from "./stated.ts";
import { loosenedExceptions, loosenedUnknowns, tightenKey } from "./tighten.ts";

/** A policy file with all that it extends. */
export interface ExtendedPolicy extends StatedPolicy {
  /** Names of the files that it extends, the closest first. */
  readonly extended: readonly string[];
  /** What a file of the chain tried to loosen of a key that one above it has locked. It was refused. */
  readonly loosened: readonly LoosenedKey[];
}

/**
 * Reads a policy file and the files that it extends, each the next.
 *
 * A file's values replace those of the file that it extends, and its exceptions come on top. Of a key that a file above
 * has locked, the stricter value is kept, and the other reported; `exceptions` locked means that nobody below adds one.
 * Nobody unlocks.
 *
 * @param root - of the tree under review
 * @param environment - whose values hold, in each file, before the file's own
 * @throws Problem (usage) where a file cannot be read or is wrong, the chain is longer than its bound or comes back to
 * itself, or together they have too many exceptions
 */
export async function readExtended(source: PolicySource, root: string, environment?: string): Promise<ExtendedPolicy> {
  const chain: StatedPolicy[] = [];
  const names: string[] = [];
  const seen = new Set<string>();
  for (let next: PolicySource | undefined = source; next !== undefined; ) {
    const { place, text }: PolicySource = next;
    const path = placeName(place);
    seen.add(lastingName(place));
    names.push(path);
    const parsed = await readPolicy(text, path);
    const beside = (written: string) => lastingName(placeBeside(place, written));
    chain.push(statedBy(parsed, path, beside, environment));
    const parent = parsed.file.extends;
    if (parent === undefined) break;
    const { line, column } = parsed.document.at(["extends"]);
    const stop = (cause: string, remedy: string) =>
      refused("policy.extends", `${path}:${line}:${column}`, cause, remedy);
    const above = placeBeside(place, parent);
    if (seen.has(lastingName(above))) throw stop(`${placeName(above)} extends this file in turn`, "break the circle");
    if (chain.length >= bounds.policyChain) {
      throw stop(`more than ${bounds.policyChain} files extend one another`, "extend a file further up");
    }
    next = await readPolicyAt(above, root);
  }
  return { ...together(chain.toReversed()), extended: names.slice(1) };
}

/** What the files state together, the topmost first. */
function together(chain: readonly StatedPolicy[]): Omit<ExtendedPolicy, "extended"> {
  const settings: Partial<Record<SettingKey, Stated<unknown>>> = {};
  let exceptions: readonly Exception[] = [];
  let unknown: readonly UnknownEntry[] = [];
  const locked = new Set<LockableKey>();
  const loosened: LoosenedKey[] = [];
  for (const file of chain) {
    const above = Object.entries(settings).map(([key, stated]) => [key, stated.value]);
    const before = { ...initialSettings, ...Object.fromEntries(above) } as Settings;
    for (const key of settingKeys) {
      const stated = file.settings[key];
      if (stated === undefined) continue;
      const inherits = before[key] === undefined ? inheritedKey(key) : undefined;
      if (!isLocked(key, locked) && (inherits === undefined || !isLocked(inherits, locked))) {
        settings[key] = stated;
        continue;
      }
      const result = tightenKey(key, before, stated as Stated<Settings[typeof key]>);
      if (result.value !== before[key]) settings[key] = { ...stated, value: result.value };
      if (result.loosened !== undefined) loosened.push(result.loosened);
    }
    if (isLocked("exceptions", locked)) append(loosened, loosenedExceptions(exceptions, file.exceptions));
    else exceptions = [...exceptions, ...file.exceptions];
    if (isLocked("unknown", locked)) append(loosened, loosenedUnknowns(unknown, file.unknown));
    else unknown = [...unknown, ...file.unknown];
    for (const key of file.locked) locked.add(key);
  }
  if (Math.max(exceptions.length, unknown.length) > bounds.policyExceptions) {
    const place = [...exceptions, ...unknown][0]?.source.path ?? "";
    const cause = `it and the files that it extends have more than ${bounds.policyExceptions} ${exceptions.length > unknown.length ? "exceptions" : "entries of unknown"}`;
    throw refused("policy.exceptions", place, cause, undefined);
  }
  return {
    settings: settings as StatedPolicy["settings"],
    exceptions,
    unknown,
    locked: [...locked],
    environments: [...new Set(chain.flatMap(({ environments }) => environments))],
    loosened,
  };
}

/** A group's name locks all in it. */
export function isLocked(key: SettingKey | "exceptions" | "unknown", locked: ReadonlySet<LockableKey>): boolean {
  const parts = key.split(".");
  return parts.some((_, index) => locked.has(parts.slice(0, index + 1).join(".") as LockableKey));
}
