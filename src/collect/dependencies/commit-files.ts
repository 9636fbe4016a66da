/** The same of a commit: its trees are listed, and of its files those alone are read that are asked for. */
import { posix } from "node:path";
import type { Gap } from "../../core/evidence.ts";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { type CommitEntry, openCommitTree } from "../../engines/git/commit-tree.ts";
import { bounds } from "./bounds.ts";
import { type Excludes, FOREIGN, isWanted, noteLink, type SideFiles, sort, tooDeep, tooMuch } from "./files.ts";

/**
 * @param folder - the directory of a work tree that is looked at
 * @param fork - where the commit and HEAD have one that both grew from, that one is read
 * @throws Problem (usage) where there is no such commit
 */
export function commitFiles(
  folder: string,
  revision: string,
  fork: boolean,
  excludes: Excludes,
): SideFiles & { readonly format: "sha1" | "sha256" } {
  const tree = asked(revision, () => openCommitTree(folder, revision, { fork }));
  const found = { lockfiles: [] as string[], manifests: [] as string[], gaps: [] as Gap[] };
  const links: string[] = [];
  const submodules: string[] = [];
  let entries = 0;
  const pending = [{ path: "", depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path: below, depth } = next;
    const listed = asked(revision, () => tree.list(below)) ?? new Map<string, CommitEntry>();
    entries += listed.size;
    if (entries > bounds.entries) throw tooMuch(revision, `more than ${bounds.entries} entries`);
    for (const [name, { kind }] of listed) {
      const path = below === "" ? name : `${below}/${name}`;
      const isFolder = kind === "folder";
      if (kind === "submodule") submodules.push(path);
      if (isFolder ? FOREIGN.has(name) : kind === "submodule" || !isWanted(path)) continue;
      if (excludes?.excludes(path, isFolder) === true) continue;
      if (isFolder) {
        if (depth < bounds.depth) pending.push({ path, depth: depth + 1 });
        else found.gaps.push(tooDeep(path));
      } else if (kind === "file") sort(found, path);
      else links.push(path);
    }
  }
  const entryAt = (path: string): CommitEntry | undefined => {
    const entry = tree.list(folderOf(path))?.get(path.slice(path.lastIndexOf("/") + 1));
    if (entry?.kind !== "link") return entry;
    // One step: a link to a link is none that a person commits for a lockfile.
    const target = posix.normalize(posix.join(folderOf(path), tree.read(entry.id).toString("utf8", 0, LONGEST_LINK)));
    if (target.startsWith("../") || target.startsWith("/")) return undefined;
    return tree.list(folderOf(target))?.get(target.slice(target.lastIndexOf("/") + 1));
  };
  const fileAt = (path: string): string | undefined => {
    const entry = entryAt(path);
    return entry?.kind === "file" ? entry.id : undefined;
  };
  for (const path of links) {
    if (fileAt(path) === undefined) noteLink(found.gaps, path);
    else sort(found, path);
  }
  if (found.lockfiles.length + found.manifests.length > bounds.files) {
    throw tooMuch(revision, `more than ${bounds.files} lockfiles and manifests`);
  }
  found.lockfiles.sort();
  found.manifests.sort();
  return {
    name: revision,
    format: tree.format,
    ...found,
    submodules,
    identity: fileAt,
    read(path, limit) {
      const id = fileAt(path);
      if (id === undefined) return undefined;
      try {
        const bytes = tree.read(id);
        return bytes.length > limit ? { unreadable: `${bytes.length} bytes exceed the limit of ${limit}` } : bytes;
      } catch (error) {
        if (!isEvidenceProblem(error)) throw error;
        return { unreadable: `${error.place}: ${error.message}` };
      }
    },
  };
}

const LONGEST_LINK = 4_096;

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** What the repository lacks was asked for by whoever named the commit. */
function asked<T>(revision: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    const { code, place, message, remedy } = error;
    const cause = place === revision ? message : `${place}: ${message}`;
    throw new Problem({ kind: "usage", code, place: revision, cause, ...(remedy === undefined ? {} : { remedy }) });
  }
}
