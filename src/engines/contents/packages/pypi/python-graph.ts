import type { FileFacts } from "../../model.ts";
import { repeatedName } from "../json-lines.ts";
import { type LockedPackage, lockedPackages } from "../locked.ts";
import type { Usage } from "../usage.ts";
import { normalizedName } from "./name.ts";

/** One dependency as a Python lockfile states it. */
export interface PythonNeed {
  readonly name: string;
  /** Where the file tells which of several locked versions is meant. */
  readonly version?: string | undefined;
  readonly extras?: readonly string[];
}

/** What one entry of a Python lockfile says. */
export interface PythonEntry extends Pick<LockedPackage, "usage" | "hashes" | "files" | "fetchedFrom" | "line"> {
  readonly name: string | undefined;
  readonly version: string | undefined;
  /** The project's own code: it is no package, and what it needs is direct. */
  readonly own?: boolean;
  readonly needs: readonly PythonNeed[];
  /** By extra, what the package needs besides where that extra is asked for. */
  readonly extraNeeds?: ReadonlyMap<string, readonly PythonNeed[]>;
  /** What the project needs besides, and for what. */
  readonly groups?: readonly { readonly usage: Usage; readonly needs: readonly PythonNeed[] }[];
  /** Keys that the entry has twice, which TOML forbids. */
  readonly repeated?: readonly string[] | undefined;
}

/** What one entry says in passing, and of the file as a whole. */
export interface PythonLock {
  readonly entries: Iterable<PythonEntry>;
  /** Asked when all entries were read. */
  readonly formatVersion?: () => string | undefined;
}

/**
 * Joins the entries of a lockfile: dependencies lead to every locked version of the name that they may mean, and those
 * of an extra only from where something in the file asks for it. Names are compared as PEP 503 normalises them.
 */
export function pythonPackages({ entries, formatVersion }: PythonLock): FileFacts {
  const locked = lockedPackages("pypi");
  const all = [...entries];
  for (const { repeated = [], line = 1 } of all) for (const name of repeated) locked.unread(repeatedName(name, line));
  const keysOf = new Map<string, string[]>();
  const byKey = new Map<string, PythonEntry[]>();
  for (const entry of all) {
    if (entry.own === true) continue;
    const name = normalizedName(entry.name ?? "");
    const key = `${name}@${entry.version ?? ""}`;
    locked.add(key, entry);
    const same = byKey.get(key);
    if (same !== undefined) same.push(entry);
    else {
      byKey.set(key, [entry]);
      const keys = keysOf.get(name);
      if (keys === undefined) keysOf.set(name, [key]);
      else keys.push(key);
    }
  }

  const keysFor = ({ name, version }: PythonNeed): readonly string[] => {
    const normalized = normalizedName(name);
    return version === undefined ? (keysOf.get(normalized) ?? []) : [`${normalized}@${version}`];
  };
  const asked: { readonly key: string; readonly extra: string }[] = [];
  const seen = new Set<string>();
  const ask = (key: string, extras: readonly string[] = []): void => {
    for (const name of extras) {
      const extra = normalizedName(name);
      const mark = `${key} ${extra}`;
      if (!byKey.has(key) || seen.has(mark)) continue;
      seen.add(mark);
      asked.push({ key, extra });
    }
  };
  const connect = (from: string, needs: readonly PythonNeed[]): void => {
    for (const need of needs) {
      for (const to of keysFor(need)) {
        locked.depend(from, to);
        ask(to, need.extras);
      }
    }
  };

  for (const entry of all) {
    if (entry.own === true) {
      for (const { usage, needs } of [{ usage: "runtime" as const, needs: entry.needs }, ...(entry.groups ?? [])]) {
        for (const need of needs) {
          for (const to of keysFor(need)) {
            locked.root(to, usage);
            ask(to, need.extras);
          }
        }
      }
    } else {
      connect(`${normalizedName(entry.name ?? "")}@${entry.version ?? ""}`, entry.needs);
    }
  }
  for (let next = asked.pop(); next !== undefined; next = asked.pop()) {
    for (const { extraNeeds } of byKey.get(next.key) ?? []) connect(next.key, extraNeeds?.get(next.extra) ?? []);
  }
  return locked.facts(formatVersion?.());
}
