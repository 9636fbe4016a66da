import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { realPath } from "./files.ts";
import { type Located, locateRepository } from "./locate.ts";

/** The repository that a folder belongs to, and the root of its work tree. */
export interface WorkTree extends Located {
  readonly root: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the repository whose work tree a folder is in, upwards from it as git does (git(1), "repository discovery"):
 * to the first folder with a `.git`, never beyond a file system's border or GIT_CEILING_DIRECTORIES.
 *
 * Only a `.git` counts, as with `safe.bareRepository=explicit`: git refuses to commit one, while HEAD, objects and refs
 * can be committed into any folder, which is then a bare repository with whatever commits its author likes. GIT_DIR and
 * its like are not heeded.
 *
 * @returns undefined where no folder on the way has a `.git`
 * @throws {Problem} where one has, and it leads to no repository
 */
export function findWorkTree(folder: string, environment: Environment = process.env): WorkTree | undefined {
  const ceilings = new Set((environment.GIT_CEILING_DIRECTORIES ?? "").split(":").filter((path) => path !== ""));
  const start = realPath(resolve(folder));
  const { dev } = statSync(start);
  for (let root = start; ; ) {
    const located = locateRepository(root, { bare: false, within: undefined });
    if (located !== undefined) return { ...located, root };
    const above = dirname(root);
    if (above === root || ceilings.has(above) || statSync(above).dev !== dev) return undefined;
    root = above;
  }
}

/** What git asks the owner of before it uses a repository (git-config(1), `safe.directory`). */
export function ownedParts({ root, gitFolder }: WorkTree): string[] {
  return [root, join(root, ".git"), gitFolder];
}
