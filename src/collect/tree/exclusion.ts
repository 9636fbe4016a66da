/**
 * What of a directory is not scanned because the caller, the policy or, on request, Git's ignore files say so. Nothing in it
 * passes: what was left out is counted and named.
 */

import { join, relative, sep } from "node:path";
import { someOf } from "../../core/counted.ts";
import { compileGlob } from "../../core/glob.ts";
import { Problem } from "../../core/problem.ts";
import { trimEndOf } from "../../core/trim.ts";
import { type IgnoreRule, ignoredBy, parseIgnore } from "../../engines/git/ignore.ts";
import { type Tracked, trackedFiles } from "../../engines/git/tracked.ts";
import { findWorkTree } from "../../engines/git/work-tree.ts";
import { bounds } from "./bounds.ts";
import { withBoundedBytes } from "./text-file.ts";

export interface Exclusion {
  /**
   * Asked from above: what is below an excluded directory is not asked for.
   *
   * @param path - from the directory that is scanned, with `/`
   */
  excludes(path: string, isDirectory: boolean): boolean;
  /** How many files and directories were left out so far, each counted once; a directory stands for all in it. */
  count(): number;
  /** One sentence each, without a full stop; none where nothing was left out. */
  notes(): string[];
}

export interface ExclusionOptions {
  /** Patterns over paths (core/glob.ts), by who states them. */
  readonly patterns: readonly { readonly pattern: string; readonly by: string }[];
  readonly respectGitignore: boolean;
}

/** Paths that a note names. */
const NAMED = 5;

/** Undefined where nothing is to be left out. @throws Problem (usage) for a pattern that would take in everything or nothing */
export function openExclusion(root: string, { patterns, respectGitignore }: ExclusionOptions): Exclusion | undefined {
  if (patterns.length === 0 && !respectGitignore) return undefined;
  const compiled = patterns.map(({ pattern, by }) => ({ matches: compileGlob(pathPattern(pattern, by)), by }));
  const ignores = respectGitignore ? openIgnoreFiles(root) : undefined;
  const left = new Map<string, string>();
  return {
    excludes(path, isDirectory) {
      if (left.has(path)) return true;
      const by =
        compiled.find(({ matches }) => matches(path))?.by ??
        (ignores?.ignores(path, isDirectory) === true ? ".gitignore" : undefined);
      if (by === undefined) return false;
      left.set(path, by);
      return true;
    },
    count: () => left.size,
    notes: () => [
      ...[...Map.groupBy(left, ([, by]) => by)].map(([by, entries]) => {
        const paths = entries.map(([path]) => path).sort();
        return `excluded by ${by}, not scanned: ${paths.length} (${someOf(paths, NAMED)})`;
      }),
      ...(ignores?.notes ?? []),
    ],
  };
}

/** `vendor/`, `./vendor` and `vendor/**` are `vendor`: a directory's name takes in all below it. */
function pathPattern(written: string, by: string): string {
  const path = written.replace(/^(?:\.?\/)+/, "");
  const pattern = trimEndOf(path.endsWith("/**") ? path.slice(0, -"**".length) : path, "/");
  const refused = (cause: string, remedy: string) =>
    new Problem({ kind: "usage", code: "exclude.pattern", place: `${by}: ${written}`, cause, remedy });
  if (pattern === "" || pattern === "." || /^\*\*?$/.test(pattern)) {
    throw refused("excludes everything", "exclude paths: vendor/**");
  }
  if (pattern.split("/").includes("..")) {
    throw refused("leads out of the scanned directory", "name a path in it");
  }
  return pattern;
}

interface IgnoreFiles {
  ignores(path: string, isDirectory: boolean): boolean;
  readonly notes: readonly string[];
}

/**
 * The `.gitignore` of each folder, from the root of the work tree on, as Git reads them; where no work tree is, from the
 * scanned directory on. What Git tracks is never ignored. Files of this machine (core.excludesFile, .git/info/exclude) are
 * not read: nobody else has them.
 */
function openIgnoreFiles(root: string): IgnoreFiles {
  const none = (reason: string): IgnoreFiles => ({
    ignores: () => false,
    notes: [`.gitignore is not respected: ${reason}`],
  });
  let tracked: Tracked = { files: new Set(), folders: new Set() };
  let prefix = "";
  try {
    const workTree = findWorkTree(root, {});
    if (workTree !== undefined) {
      tracked = trackedFiles(workTree);
      prefix = relative(workTree.root, root).replaceAll(sep, "/");
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return none(`which files Git tracks is unknown: ${error.place}: ${error.message}`);
  }
  const top = prefix === "" ? root : join(root, ...prefix.split("/").map(() => ".."));
  const files = new Map<string, readonly IgnoreRule[]>();
  const rulesIn = (folder: string): readonly IgnoreRule[] => {
    let rules = files.get(folder);
    if (rules === undefined) {
      rules = readIgnore(join(top, folder, ".gitignore"));
      files.set(folder, rules);
    }
    return rules;
  };
  /** The nearest file that says something decides. */
  const ignored = (path: string, isDirectory: boolean): boolean => {
    for (let end = path.lastIndexOf("/"); ; end = path.lastIndexOf("/", end - 1)) {
      const folder = end < 0 ? "" : path.slice(0, end);
      const said = ignoredBy(rulesIn(folder), path.slice(end + 1), isDirectory);
      if (said !== undefined) return said;
      if (end <= 0) return false;
    }
  };
  /** Folders that are ignored, and walked for the tracked files in them. */
  const walked = new Map<string, boolean>();
  const belowIgnored = (path: string): boolean => {
    const end = path.lastIndexOf("/");
    if (end < 0) return false;
    const folder = path.slice(0, end);
    let known = walked.get(folder);
    if (known === undefined) {
      known = belowIgnored(folder) || ignored(folder, true);
      walked.set(folder, known);
    }
    return known;
  };
  return {
    ignores(below, isDirectory) {
      const path = prefix === "" ? below : `${prefix}/${below}`;
      if (tracked.files.has(path) || (isDirectory && tracked.folders.has(path))) return false;
      return belowIgnored(path) || ignored(path, isDirectory);
    },
    notes: [],
  };
}

/** One that cannot be read, or is over its bound, ignores nothing. */
function readIgnore(path: string): readonly IgnoreRule[] {
  const text = withBoundedBytes(path, bounds.ignoreFileBytes, (bytes) => bytes.toString("utf8"));
  return text === undefined ? [] : parseIgnore(text);
}
