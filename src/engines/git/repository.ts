import { join } from "node:path";
import { kindOfFile, names, realPath } from "./files.ts";
import { type Gaps, gatherGaps } from "./gaps.ts";
import { locateRepository, objectFolders } from "./locate.ts";
import type { RepositoryFacts } from "./model.ts";
import { type Objects, readObjects } from "./objects.ts";
import { readRefs } from "./refs.ts";
import { readShallow, readStorage } from "./storage.ts";
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
  const located = locateRepository(path, { bare: true, within });
  if (located === undefined) return undefined;
  const { gitFolder, commonFolder } = located;
  const gaps = gatherGaps();
  const { format, partial } = readStorage(commonFolder);
  const idBytes = format === "sha1" ? 20 : 32;
  const refs = readRefs(gitFolder, commonFolder, idBytes, gaps);
  const stored = findObjects(objectFolders(commonFolder, within, gaps), idBytes, gaps);
  const shallow = readShallow(commonFolder);
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
