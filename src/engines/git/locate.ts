import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { kindOfFile, readWhole } from "./files.ts";
import type { Gaps } from "./gaps.ts";

/** Where the parts of a repository are. */
export interface Located {
  readonly gitFolder: string;
  readonly commonFolder: string;
}

/**
 * Finds the repository of a folder: its `.git` folder, or the one that its `.git` file names (linked work trees and
 * submodules; gitrepository-layout), or the folder itself where it is a bare one. No parent folder is looked at.
 *
 * @param bare - whether the folder itself may be one: whoever commits HEAD, objects and refs makes any folder one
 * @param within - real path that gitdir and commondir must stay under; undefined follows them anywhere, as git does
 * @returns undefined where there is none
 * @throws {Problem} where a file leads to no repository
 */
export function locateRepository(
  path: string,
  { bare, within }: { readonly bare: boolean; readonly within: string | undefined },
): Located | undefined {
  const dotGit = join(path, ".git");
  const kind = kindOfFile(dotGit);
  let gitFolder: string;
  if (kind === "file") {
    const text = readWhole(dotGit, bounds.gitFileBytes)?.toString("utf8") ?? "";
    if (!text.startsWith(GITDIR)) throw lost(dotGit, "does not begin with gitdir:");
    gitFolder = resolve(path, withoutEnd(text.slice(GITDIR.length)));
    refuseOutside(gitFolder, within, dotGit);
  } else if (kind !== undefined) {
    gitFolder = dotGit;
    refuseOutside(gitFolder, within, dotGit);
  } else if (bare) gitFolder = path;
  else return undefined;
  const pointer = join(gitFolder, "commondir");
  const common = readWhole(pointer, bounds.gitFileBytes)?.toString("utf8");
  const commonFolder = common === undefined ? gitFolder : resolve(gitFolder, withoutEnd(common));
  if (common !== undefined) refuseOutside(commonFolder, within, pointer);
  const whole =
    kindOfFile(join(gitFolder, "HEAD")) !== undefined &&
    isFolder(join(commonFolder, "objects")) &&
    isFolder(join(commonFolder, "refs"));
  if (whole) return { gitFolder, commonFolder };
  if (kind === undefined) return undefined;
  throw lost(dotGit, kind === "file" ? "what it names is not a repository" : "it lacks HEAD, objects or refs");
}

const GITDIR = "gitdir: ";

function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === "\r" || text[end - 1] === "\n")) end--;
  return text.slice(0, end);
}

/** `objects` of the repository, then of each that it borrows from (`info/alternates`), each once. */
export function objectFolders(commonFolder: string, within: string | undefined, gaps: Gaps): string[] {
  const waiting = [{ path: join(commonFolder, "objects"), depth: 0 }];
  const seen = new Set<string>();
  const found: string[] = [];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { path, depth } = next;
    const file = join(path, "info/alternates");
    try {
      if (!isFolder(path)) throw lost(path, "objects are borrowed from it, and it is not there");
      const real = realpathSync(path);
      if (seen.has(real)) continue;
      if (found.length > bounds.gitAlternates)
        throw lost(path, `over ${bounds.gitAlternates} stores are borrowed from`);
      seen.add(real);
      found.push(path);
      const text = readWhole(file, bounds.gitFileBytes)?.toString("utf8");
      if (text === undefined) continue;
      if (depth === bounds.gitAlternateDepth) throw lost(file, "it borrows from one that borrows, and so on");
      for (const line of text.split("\n", bounds.gitAlternates * 4)) {
        if (line.trim() === "" || line.startsWith("#")) continue;
        const alternate = isAbsolute(line) ? line : resolve(path, line);
        refuseOutside(alternate, within, file);
        waiting.push({ path: alternate, depth: depth + 1 });
      }
    } catch (error) {
      gaps.caught(error instanceof Problem ? error : lost(file, (error as Error).message));
    }
  }
  return found;
}

function refuseOutside(path: string, within: string | undefined, place: string): void {
  if (within === undefined) return;
  let real: string;
  try {
    real = realpathSync(path);
  } catch {
    return;
  }
  const way = relative(within, real);
  if (way === "" || (!way.startsWith("..") && !isAbsolute(way))) return;
  const cause = "it leads out of the directory, and is not followed";
  throw new Problem({ kind: "input", code: "git.outside", place, cause });
}

function isFolder(path: string): boolean {
  const kind = kindOfFile(path);
  if (kind !== "other") return kind === "folder";
  try {
    return kindOfFile(realpathSync(path)) === "folder";
  } catch {
    return false;
  }
}

function lost(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "git.repository-broken", place: place || dirname(place), cause });
}
