/** Lockfiles and manifests of a side by their names, and their contents when they are asked for. */
import { hash } from "node:crypto";
import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Gap } from "../../core/evidence.ts";
import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { isManifestName } from "../../engines/packages/manifests/names.ts";
import type { Exclusion } from "../tree/exclusion.ts";
import { isLockfile } from "../tree/lockfiles.ts";
import { withBoundedBytes } from "../tree/text-file.ts";
import { bounds } from "./bounds.ts";

/** What one side has to read. Paths are from its root, with `/`. */
export interface SideFiles {
  readonly name: string;
  readonly lockfiles: readonly string[];
  readonly manifests: readonly string[];
  readonly gaps: readonly Gap[];
  /** Directories that are other repositories', of a commit: what is in them is none of its own files. */
  readonly submodules: readonly string[];
  /** The same text for the same bytes, among sides of one format; undefined where there is no such file. */
  identity(path: string): string | undefined;
  /** The bytes, or why there are none; undefined where there is no such file. */
  read(path: string, limit: number): Buffer | { readonly unreadable: string } | undefined;
}

export type Excludes = Pick<Exclusion, "excludes"> | undefined;

/** Directories of other people's files, or of the history of ours, as for whatever else is looked for below a directory. */
export const FOREIGN: ReadonlySet<string> = new Set([".git", ".hg", ".svn", "node_modules"]);

/** @throws Problem (usage) where it cannot be listed, or has more entries than the bound */
export function folderFiles(root: string, excludes: Excludes, format: "sha1" | "sha256"): SideFiles {
  const found = { lockfiles: [] as string[], manifests: [] as string[], gaps: [] as Gap[] };
  /** Links, by path: the file of the directory that each stands for. */
  const links: string[] = [];
  let entries = 0;
  const pending = [{ path: "", depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const folder = next;
    const listed = list(root, folder.path, found.gaps);
    entries += listed.length;
    if (entries > bounds.entries) throw tooMuch(root, `more than ${bounds.entries} entries`);
    for (const entry of listed) {
      const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`;
      const isFolder = entry.isDirectory();
      if (isFolder ? FOREIGN.has(entry.name) : !isWanted(path)) continue;
      if (excludes?.excludes(path, isFolder) === true) continue;
      if (isFolder) {
        if (folder.depth < bounds.depth) pending.push({ path, depth: folder.depth + 1 });
        else found.gaps.push(tooDeep(path));
      } else if (entry.isFile()) sort(found, path);
      else if (entry.isSymbolicLink()) links.push(path);
    }
  }
  for (const path of links) {
    const target = targetWithin(root, path);
    if (target === undefined) noteLink(found.gaps, path);
    // It counts where the file that it leads to is not found under its own name.
    else if (!isWanted(target)) sort(found, path);
  }
  if (found.lockfiles.length + found.manifests.length > bounds.files) {
    throw tooMuch(root, `more than ${bounds.files} lockfiles and manifests`);
  }
  found.lockfiles.sort();
  found.manifests.sort();
  const identities = new Map<string, string | undefined>();
  /** What was read to be compared is most often read for good right after. */
  const kept = new Map<string, Buffer>();
  let keptBytes = 0;
  return {
    name: root,
    ...found,
    submodules: [],
    identity(path) {
      if (!identities.has(path)) {
        const id = withFile(root, path, (bytes) => {
          keptBytes += bytes.length;
          if (keptBytes <= bounds.keptBytes) kept.set(path, Buffer.from(bytes));
          return blobId(bytes, format);
        });
        identities.set(path, id);
      }
      return identities.get(path);
    },
    read(path, limit) {
      const bytes = kept.get(path);
      return bytes !== undefined && bytes.length <= limit ? bytes : readWithin(root, path, limit);
    },
  };
}

/** One file alone, under a name of the caller's choice. @throws Problem (usage) where it is none */
export function singleFile(file: string, path: string, format: "sha1" | "sha256"): SideFiles {
  const read = (limit: number) => withBoundedBytes(file, limit, (bytes) => Buffer.from(bytes));
  return {
    name: file,
    lockfiles: [path],
    manifests: [],
    gaps: [],
    submodules: [],
    identity: (asked) => (asked === path ? blobIdOf(read(Number.MAX_SAFE_INTEGER), format) : undefined),
    read: (asked, limit) => (asked === path ? (read(limit) ?? unreadable(file, limit)) : undefined),
  };
}

/** What git would call the bytes (git-hash-object(1)). */
export function blobId(bytes: Buffer, format: "sha1" | "sha256"): string {
  return hash(format, Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]), "hex");
}

function blobIdOf(bytes: Buffer | undefined, format: "sha1" | "sha256"): string | undefined {
  return bytes === undefined ? undefined : blobId(bytes, format);
}

export function isWanted(path: string): boolean {
  return isManifestName(basename(path)) || isLockfile(path);
}

export function sort(found: { readonly lockfiles: string[]; readonly manifests: string[] }, path: string): void {
  if (isLockfile(path)) found.lockfiles.push(path);
  if (isManifestName(basename(path))) found.manifests.push(path);
}

/** A manifest is only looked at beside its lockfile. */
export function noteLink(gaps: Gap[], path: string): void {
  if (!isLockfile(path)) return;
  gaps.push({
    code: "dependencies.link",
    reason: printable(`${path}: a link to no file of this directory, not followed`),
    remedy: "put the file itself there",
  });
}

export function tooMuch(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "collect.folder", place, cause, remedy: "review a subdirectory" });
}

export function tooDeep(path: string): Gap {
  return {
    code: "dependencies.not-listed",
    reason: printable(`${path}: directories more than ${bounds.depth} deep are not read`),
  };
}

function list(root: string, folder: string, gaps: Gap[]) {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    const cause = systemCause(error);
    if (folder === "") throw new Problem({ kind: "usage", code: "collect.folder", place: root, cause });
    gaps.push({ code: "dependencies.not-listed", reason: printable(`${folder}: ${cause}`) });
    return [];
  }
}

function targetWithin(root: string, path: string): string | undefined {
  try {
    const real = realpathSync(root);
    const target = realpathSync(join(root, path));
    const way = relative(real, target);
    if (way === ".." || way.startsWith(`..${sep}`) || !statSync(target).isFile()) return undefined;
    return way.split(sep).join("/");
  } catch {
    return undefined;
  }
}

/** Through no link that leads out, whatever the path says. */
function fileWithin(root: string, path: string): string | undefined {
  const file = resolve(root, path);
  try {
    if (lstatSync(file).isSymbolicLink()) return targetWithin(root, path) === undefined ? undefined : file;
    const folder = relative(realpathSync(root), realpathSync(dirname(file)));
    return folder === ".." || folder.startsWith(`..${sep}`) || !statSync(file).isFile() ? undefined : file;
  } catch {
    return undefined;
  }
}

function withFile<T>(root: string, path: string, use: (bytes: Buffer) => T): T | undefined {
  const file = fileWithin(root, path);
  return file === undefined ? undefined : withBoundedBytes(file, Number.MAX_SAFE_INTEGER, use);
}

function readWithin(root: string, path: string, limit: number): ReturnType<SideFiles["read"]> {
  const file = fileWithin(root, path);
  if (file === undefined) return undefined;
  return withBoundedBytes(file, limit, (bytes) => Buffer.from(bytes)) ?? unreadable(file, limit);
}

function unreadable(file: string, limit: number): { readonly unreadable: string } {
  try {
    const { size } = statSync(file);
    if (size > limit) return { unreadable: `${size} bytes exceed the limit of ${limit}` };
    return { unreadable: "it cannot be read" };
  } catch (error) {
    return { unreadable: systemCause(error) };
  }
}
