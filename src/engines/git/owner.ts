import { lstatSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { settingsOf } from "./configuration.ts";
import { readWhole, realPath } from "./files.ts";
import { ownedParts, type WorkTree } from "./work-tree.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Refuses a repository that another user of the machine may have put there, as git does (git-config(1),
 * `safe.directory`): a `.git` in /tmp would otherwise be everybody's. Root's counts as one's own, since root may do
 * anything, and with sudo that of whoever called it.
 *
 * @param environment - says where the user's and the machine's own settings are; those of the repository do not count
 * @throws {Problem} `git.owner`
 */
export function refuseForeign(
  workTree: WorkTree & {
    /** Of a path; for tests, which own all that they make. */ readonly owners?: (path: string) => number;
  },
  environment: Environment = process.env,
  user: number | undefined = process.geteuid?.(),
): void {
  if (user === undefined) return;
  const trusted = new Set([0, user]);
  if (user === 0 && /^\d+$/.test(environment.SUDO_UID ?? "")) trusted.add(Number(environment.SUDO_UID));
  const { owners = (path) => lstatSync(path).uid } = workTree;
  const foreign = ownedParts(workTree).find((path) => !trusted.has(owners(path)));
  if (foreign === undefined) return;
  const { root } = workTree;
  if (isSafe(root, safeDirectories(environment))) return;
  throw new Problem({
    kind: "input",
    code: "git.owner",
    place: foreign,
    cause: "it belongs to another user, who decides what its commits are",
    remedy: `where that is as it should be: git config --global --add safe.directory ${root}`,
  });
}

/** An empty value takes back those before it. */
function isSafe(root: string, directories: readonly string[]): boolean {
  return directories.slice(directories.lastIndexOf("") + 1).some((directory) => {
    if (directory === "*") return true;
    if (directory.endsWith("/*")) return root.startsWith(directory.slice(0, -1));
    try {
      return realPath(directory) === root;
    } catch {
      return false;
    }
  });
}

/** `safe.directory` of the machine, the user and the environment, in git's order; what these include is not followed. */
function safeDirectories(environment: Environment): string[] {
  const home = environment.HOME ?? homedir();
  const system =
    environment.GIT_CONFIG_NOSYSTEM === undefined ? [environment.GIT_CONFIG_SYSTEM ?? "/etc/gitconfig"] : [];
  const own =
    environment.GIT_CONFIG_GLOBAL === undefined
      ? [join(environment.XDG_CONFIG_HOME ?? join(home, ".config"), "git/config"), join(home, ".gitconfig")]
      : [environment.GIT_CONFIG_GLOBAL];
  const settings = [...system, ...own].flatMap((path) => settingsOf(textOf(path)));
  const count = Math.min(Number(environment.GIT_CONFIG_COUNT ?? 0) || 0, MOST_SETTINGS);
  for (let n = 0; n < count; n++) {
    settings.push([
      (environment[`GIT_CONFIG_KEY_${n}`] ?? "").toLowerCase(),
      environment[`GIT_CONFIG_VALUE_${n}`] ?? "",
    ]);
  }
  return settings
    .filter(([key]) => key === "safe.directory")
    .map(([, value]) => (value.startsWith("~/") ? join(home, value.slice(2)) : value));
}

const MOST_SETTINGS = 10_000;

function textOf(path: string): string {
  try {
    return readWhole(path, bounds.gitFileBytes)?.toString("utf8") ?? "";
  } catch {
    return "";
  }
}
