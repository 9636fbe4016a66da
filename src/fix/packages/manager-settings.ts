/**
 * The policy's `dependencies` as each package manager's own settings: what is missing in the files of those that a directory
 * uses. Nothing that is stated is changed; what could break an install, or is not certain, is told and not written. Pure.
 */
import { counted, someOf } from "../../core/counted.ts";
import { parseJson } from "../../core/parse-json.ts";
import { isObject, valueAt } from "../../core/untyped.ts";
import type { DependencyPolicy } from "../../engines/packages/policy.ts";
import { states, withLines, withSection, withTopLevel } from "./added-settings.ts";

/** The text of a file of the directory, by its name; undefined where it is not there, or is no text. */
export type ReadFile = (name: string) => string | undefined;

export interface SettingsFile {
  readonly path: string;
  /** Absent: the file is new. */
  readonly before?: string;
  readonly after: string;
  /** Each setting as it stands there now. */
  readonly added: readonly string[];
}

export interface ManagerSettings {
  readonly files: readonly SettingsFile[];
  /** What is left to people, one sentence each. */
  readonly told: readonly string[];
}

export function managerSettings(policy: DependencyPolicy, read: ReadFile): ManagerSettings {
  const all = managers.flatMap((manager) => (manager.isUsed(read) ? [manager.settings(policy, read)] : []));
  return { files: all.flatMap(({ files }) => files), told: all.flatMap(({ told }) => told) };
}

interface Manager {
  isUsed(read: ReadFile): boolean;
  settings(policy: DependencyPolicy, read: ReadFile): ManagerSettings;
}

const DAY_MINUTES = 24 * 60;
const DAY_SECONDS = DAY_MINUTES * 60;

/** docs.npmjs.com/cli/v11/using-npm/config: `min-release-age` in days, `ignore-scripts`. */
const npm: Manager = {
  isUsed: (read) => read("package-lock.json") !== undefined || read("npm-shrinkwrap.json") !== undefined,
  settings({ cooldownDays, installScripts }, read) {
    const before = read(".npmrc");
    const stated = new Set((before ?? "").split("\n").map((line) => line.split("=", 1)[0]?.trim() ?? ""));
    const lines: string[] = [];
    const told: string[] = [];
    if (cooldownDays > 0 && !stated.has("min-release-age")) lines.push(`min-release-age=${cooldownDays}`);
    if (!stated.has("ignore-scripts")) {
      const obstacle = scriptsNeeded(read, installScripts);
      if (obstacle === undefined) lines.push("ignore-scripts=true");
      else told.push(`.npmrc: ignore-scripts=true is not written: ${obstacle}`);
    }
    return { files: fileOf(".npmrc", before, withLines(before, lines), lines), told };
  },
};

/** pnpm.io/settings: `minimumReleaseAge` in minutes; scripts run for `onlyBuiltDependencies` alone. */
const pnpm: Manager = {
  isUsed: (read) => read("pnpm-lock.yaml") !== undefined,
  settings({ cooldownDays, cooldownExempt, installScripts }, read) {
    const names = namesOf(installScripts);
    const exempt = namesOf(cooldownExempt);
    return topLevel("pnpm-workspace.yaml", read, [
      ...(cooldownDays === 0 ? [] : [["minimumReleaseAge", String(cooldownDays * DAY_MINUTES)] as const]),
      ...(cooldownDays === 0 || exempt.length === 0 ? [] : [["minimumReleaseAgeExclude", flow(exempt)] as const]),
      // An empty list would switch off what pnpm 9 runs; since 10 nothing is run that is not listed.
      ...(names.length === 0 ? [] : [["onlyBuiltDependencies", flow(names)] as const]),
    ]);
  },
};

/** yarnpkg.com/configuration/yarnrc: `npmMinimalAgeGate` in minutes, `enableScripts`. Yarn 1 has neither. */
const yarn: Manager = {
  isUsed: (read) => read("yarn.lock")?.includes("__metadata:") === true,
  settings({ cooldownDays }, read) {
    const age = cooldownDays === 0 ? [] : [["npmMinimalAgeGate", String(cooldownDays * DAY_MINUTES)] as const];
    const { files, told } = topLevel(".yarnrc.yml", read, age);
    const isStated = states(read(".yarnrc.yml"), "enableScripts", ":");
    const scripts =
      ".yarnrc.yml: enableScripts: false is not written: yarn.lock does not tell which packages need their scripts";
    return { files, told: isStated ? told : [...told, scripts] };
  },
};

/** bun.sh/docs/runtime/bunfig: `install.minimumReleaseAge` in seconds; scripts run for `trustedDependencies` alone. */
const bun: Manager = {
  isUsed: (read) => read("bun.lock") !== undefined || read("bun.lockb") !== undefined,
  settings({ cooldownDays }, read) {
    const before = read("bunfig.toml");
    if (cooldownDays === 0 || states(before, "minimumReleaseAge", "=")) return { files: [], told: [] };
    const line = `minimumReleaseAge = ${cooldownDays * DAY_SECONDS}`;
    const after = withSection(before, "install", line);
    if (after === undefined) return { files: [], told: [`bunfig.toml: add ${line} to its [install]`] };
    return { files: fileOf("bunfig.toml", before, after, [`install.${line}`]), told: [] };
  },
};

/** docs.astral.sh/uv/reference/settings: a lockfile records `exclude-newer`, so that one that it does not have makes it stale. */
const uv: Manager = {
  isUsed: (read) => read("uv.lock") !== undefined,
  settings({ cooldownDays }, read) {
    const stated = [read("uv.toml"), read("pyproject.toml")].some((text) => states(text, "exclude-newer", "="));
    if (cooldownDays === 0 || stated) return { files: [], told: [] };
    const setting = `exclude-newer = "${counted(cooldownDays, "day")}"`;
    const why = "uv.lock records it: run `uv lock` after you add it to [tool.uv] of pyproject.toml";
    return { files: [], told: [`pyproject.toml: ${setting} is not written: ${why}`] };
  },
};

const managers: readonly Manager[] = [npm, pnpm, yarn, bun, uv];

function topLevel(path: string, read: ReadFile, entries: readonly (readonly [string, string])[]): ManagerSettings {
  const before = read(path);
  const added = withTopLevel(before, entries);
  if (added === undefined) {
    const lines = entries.map(([key, value]) => `${key}: ${value}`);
    return { files: [], told: [`${path}: cannot be added to; state ${lines.join(", ")} there`] };
  }
  return { files: fileOf(path, before, added.text, added.lines), told: [] };
}

function fileOf(path: string, before: string | undefined, after: string, added: readonly string[]): SettingsFile[] {
  if (added.length === 0) return [];
  return [{ path, ...(before === undefined ? {} : { before }), after, added }];
}

/** Why scripts cannot be switched off without a look; undefined where nothing needs them. */
function scriptsNeeded(read: ReadFile, allowed: readonly string[]): string | undefined {
  if (allowed.length > 0) return `the policy lets ${allowed.join(", ")} run theirs`;
  const own = ownHooks(read("package.json"));
  if (own.length > 0) return `the project's own ${own.slice(0, 3).join(", ")} would not run`;
  const lockfile = json(read("npm-shrinkwrap.json") ?? read("package-lock.json"));
  const packages = valueAt(lockfile, ["packages"]);
  // Version 1 has no such list, and does not tell.
  if (!isObject(packages)) return "the lockfile does not tell which packages need their scripts";
  const needed = Object.entries(packages).filter(([, entry]) => valueAt(entry, ["hasInstallScript"]) === true);
  if (needed.length === 0) return undefined;
  const names = needed.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
  const some = [...new Set(names)].sort();
  return `${someOf(some, 3)} may need their install scripts`;
}

const LIFECYCLE: ReadonlySet<string> = new Set(["preinstall", "install", "postinstall", "prepare", "prepublish"]);

/** `ignore-scripts` also switches off what runs before and after the project's own scripts. */
function ownHooks(text: string | undefined): string[] {
  const scripts = valueAt(json(text), ["scripts"]);
  if (!isObject(scripts)) return [];
  const names = Object.keys(scripts);
  return names.filter((name) => {
    const hooked = name.startsWith("pre")
      ? name.slice("pre".length)
      : name.startsWith("post")
        ? name.slice("post".length)
        : "";
    return LIFECYCLE.has(name) || (hooked !== "" && names.includes(hooked));
  });
}

function json(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (parseJson(text) as unknown);
  } catch {
    return undefined;
  }
}

/** Entries that name packages of npm one by one. */
function namesOf(patterns: readonly string[]): string[] {
  return patterns
    .map((pattern) => (pattern.startsWith("npm:") ? pattern.slice("npm:".length) : pattern))
    .filter((pattern) => /^@?[\w./~-]+$/.test(pattern));
}

function flow(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;
}
