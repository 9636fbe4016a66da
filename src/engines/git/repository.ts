import { realpathSync } from "node:fs";
import { join } from "node:path";
import { bounds } from "../../core/bounds.ts";
import { Problem } from "../../core/problem.ts";
import { readConfiguration } from "./configuration.ts";
import { kindOfFile, names, readWhole } from "./files.ts";
import { type Gaps, gatherGaps } from "./gaps.ts";
import { locateRepository, objectFolders } from "./locate.ts";
import type { ObjectFormat, RepositoryFacts } from "./model.ts";
import { type Objects, readObjects } from "./objects.ts";
import { readRefs } from "./refs.ts";
import { findObjects, type Stored } from "./stored.ts";

/** An open repository. Whoever opens it disposes of it. */
export interface Repository extends Disposable {
  readonly facts: RepositoryFacts;
  readonly idBytes: number;
  readonly stored: Stored;
  readonly objects: Objects;
  /** What opening could not read; a reading of the history adds to it. */
  readonly gaps: Gaps;
}

export interface OpenOptions {
  /**
   * Whether what a `.git` file, commondir and alternates name is followed out of `path`, as git follows it: linked work
   * trees and submodules need it. Wherever they lead, only Git's own files are read, and nothing is run. False for a
   * folder of a stranger on a server; what is not followed is refused or a gap.
   */
  readonly outside: boolean;
}

/**
 * Opens the repository of a work tree (`.git` in it, a folder or a file) or a bare one, from its files alone: git is
 * not run, and of its config only how the repository is stored is read, so that no hook, filter, pager or monitor
 * named there can do anything.
 *
 * @returns undefined where `path` is no repository; folders above are not looked at
 * @throws {Problem} where it is one that cannot be read: `git.repository-broken`, `git.reftable`, `git.extension-unknown`…
 */
export function openRepository(path: string, { outside }: OpenOptions): Repository | undefined {
  const within = outside ? undefined : realPath(path);
  const located = locateRepository(path, within);
  if (located === undefined) return undefined;
  const { gitFolder, commonFolder } = located;
  const gaps = gatherGaps();
  const { format, partial } = readStorage(join(commonFolder, "config"));
  const idBytes = format === "sha1" ? 20 : 32;
  const refs = readRefs(gitFolder, commonFolder, idBytes, gaps);
  const stored = findObjects(objectFolders(commonFolder, within, gaps), idBytes, gaps);
  const shallow = readShallow(join(commonFolder, "shallow"));
  return {
    facts: {
      format,
      gitFolder,
      commonFolder,
      ...refs,
      shallow,
      partial: partial || stored.promised,
      grafted: kindOfFile(join(commonFolder, "info/grafts")) !== undefined,
      replaced:
        refs.refs.some(({ name }) => name.startsWith("refs/replace/")) ||
        names(join(commonFolder, "refs/replace")).length > 0,
    },
    idBytes,
    stored,
    objects: readObjects(stored, format),
    gaps,
    [Symbol.dispose]: () => stored.packs[Symbol.dispose](),
  };
}

/** Extensions that change nothing of what is read here (git-config(1), `extensions.*`). */
const HARMLESS = new Set([
  "noop",
  "noop-v1",
  "preciousobjects",
  "worktreeconfig",
  "relativeworktrees",
  "compatobjectformat",
]);

function readStorage(path: string): { readonly format: ObjectFormat; readonly partial: boolean } {
  const settings = readConfiguration(readWhole(path, bounds.gitFileBytes)?.toString("utf8") ?? "");
  const refuse = (code: string, cause: string): Problem => new Problem({ kind: "input", code, place: path, cause });
  const version = settings.get("core.repositoryformatversion") ?? "0";
  if (version !== "0" && version !== "1") throw refuse("git.extension-unknown", `format version ${version} is unknown`);
  let format: ObjectFormat = "sha1";
  let partial = false;
  for (const [name, value] of settings) {
    if (!name.startsWith("extensions.")) continue;
    const extension = name.slice("extensions.".length);
    if (extension === "objectformat" && (value === "sha1" || value === "sha256")) format = value;
    else if (extension === "partialclone") partial = true;
    else if (extension === "refstorage" && value !== "files") {
      throw refuse("git.reftable", `its refs are stored as ${value.slice(0, 64)}, which is not read yet`);
    } else if (extension !== "refstorage" && !HARMLESS.has(extension) && version === "1") {
      throw refuse("git.extension-unknown", `its extension ${extension.slice(0, 64)} is unknown`);
    }
  }
  return { format, partial };
}

/** Commits whose parents a shallow clone left out (gitrepository-layout, `shallow`). */
function readShallow(path: string): string[] {
  const text = readWhole(path, bounds.gitFileBytes)?.toString("latin1") ?? "";
  return text.split("\n").filter((line) => line !== "");
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw new Problem({ kind: "input", code: "git.file-unreadable", place: path, cause: (error as Error).message });
  }
}
