/** Which words name copies of rpm repositories in folders; what reads them is loaded where there is one (repositories.ts). */
import { existsSync } from "node:fs";
import { join } from "node:path";

export const REPOMD = "repodata/repomd.xml";

/** What a source word names: a folder with a repository, perhaps with the ecosystem that it is of in front. */
export interface RepositoryPath {
  readonly path: string;
  /** `Oracle Linux:9::baseos` */
  readonly ecosystem?: string;
}

/** `DIR`, `Oracle Linux:9::baseos=DIR`; undefined where no `repodata/repomd.xml` is in it. */
export function parseRepositoryPath(word: string): RepositoryPath | undefined {
  if (existsSync(join(word, REPOMD))) return { path: word };
  const at = word.indexOf("=");
  const path = word.slice(at + 1);
  return at > 0 && existsSync(join(path, REPOMD)) ? { path, ecosystem: word.slice(0, at) } : undefined;
}
