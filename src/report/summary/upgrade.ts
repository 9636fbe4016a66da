/** How a package of a project is upgraded: by npm or Go, in the directory of its lockfile. */
import { command } from "./shell-command.ts";

export interface Upgrade {
  /** To paste into a shell. */
  readonly command?: string;
  /** In words, where no command makes it. */
  readonly text?: string;
}

const NPM = /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/;
const GO = /(?:^|\/)go\.(?:mod|sum)$/;

/** Whether a lockfile's program upgrades one package by name. */
export function isUpgradable(lockfile: string): boolean {
  return NPM.test(lockfile) || GO.test(lockfile);
}

/**
 * What upgrades a package in the project of a lockfile; empty where nothing does, or where a name cannot be shown as it is.
 * Go takes a newer version of any module. npm does so for what the project names itself; a transitive package is overridden,
 * which is only likely to work: who needs it did not ask for that version.
 *
 * @param lockfile - from where the command runs
 * @param isDirect - undefined where it is not known
 */
export function upgradeOf(lockfile: string, name: string, version: string, isDirect: boolean | undefined): Upgrade {
  const slash = lockfile.lastIndexOf("/");
  const directory = slash < 0 ? "." : lockfile.slice(0, slash) || "/";
  const isHere = directory === ".";
  if (!NAME.test(name) || !VERSION.test(version)) return {};
  if (GO.test(lockfile)) {
    const wanted = `${name}@v${version.replace(/^v/, "")}`;
    return asCommand(["go", ...(isHere ? [] : ["-C", directory]), "get", wanted]);
  }
  if (isDirect === true) {
    return asCommand(["npm", "install", ...(isHere ? [] : [`--prefix=${directory}`]), `${name}@${version}`]);
  }
  const at = isHere ? "package.json" : `${directory}/package.json`;
  return { text: `likely: add "overrides": {"${name}": "${version}"} to ${at}; npm install` };
}

function asCommand(words: readonly string[]): Upgrade {
  const text = command(words);
  return text === undefined ? {} : { command: text };
}

/** Names of npm's packages and Go's modules; nothing that a shell or npm would take for an option. */
const NAME = /^[@\w~][\w@./~-]*$/;
const VERSION = /^v?\d[\w.+-]*$/;

/** The highest of versions of one package, where all are plain numbers; undefined where their order is not plain. */
export function highestOf(versions: readonly string[]): string | undefined {
  const parsed = versions.map((version) => ({
    version,
    numbers: /^v?\d+(?:\.\d+)*$/.test(version) ? version.replace(/^v/, "").split(".").map(Number) : undefined,
  }));
  let [highest] = parsed;
  if (versions.length < 2) return highest?.version;
  for (const one of parsed) {
    if (highest?.numbers === undefined || one.numbers === undefined) return undefined;
    if (isAbove(one.numbers, highest.numbers)) highest = one;
  }
  return highest?.version;
}

function isAbove(a: readonly number[], b: readonly number[]): boolean {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [left, right] = [a[index] ?? 0, b[index] ?? 0];
    if (left !== right) return left > right;
  }
  return false;
}
