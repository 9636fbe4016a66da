/** A file as a commit has it. */

import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { BLOB, TREE } from "./entry.ts";
import { gatherGaps } from "./gaps.ts";
import { objectFolders } from "./locate.ts";
import { openLookup } from "./lookup.ts";
import { refuseForeign } from "./owner.ts";
import { FETCH, type FoundObject, type Reading, readRevision, refused, treeOf } from "./revision.ts";
import { readShallow, readStorage } from "./storage.ts";
import { eachTreeEntry } from "./tree.ts";
import { findWorkTree } from "./work-tree.ts";

/**
 * Reads a file of a commit, from the files of the repository whose work tree `folder` is in: see {@link findWorkTree} for
 * which that is. Git is not run, no filter is applied, and every object on the way has the bytes that its id says.
 *
 * @param path - from the root of the repository, with `/`
 * @throws {Problem} of kind input: there is no repository (`git.none`), it is another user's (`git.owner`), the revision
 *   names nothing (`git.revision`), or the file is not there or none (`git.path`)
 */
export function readFileAt(folder: string, revision: string, path: string): Buffer {
  return readPath(revision, path, openReading(folder));
}

/** The repository whose work tree `folder` is in. @throws {Problem} `git.none`, `git.owner` */
export function openReading(folder: string): Reading {
  const workTree = findWorkTree(folder);
  if (workTree === undefined) {
    throw new Problem({
      kind: "input",
      code: "git.none",
      place: folder,
      cause: "in no git repository: neither it nor a directory above has a .git",
      remedy: "name a file instead of git:REF:PATH, or a directory of a work tree",
    });
  }
  refuseForeign(workTree);
  const { format } = readStorage(workTree.commonFolder);
  const gaps = gatherGaps();
  const folders = objectFolders(workTree.commonFolder, undefined, gaps);
  return {
    located: workTree,
    lookup: openLookup(folders, format),
    idBytes: format === "sha1" ? 20 : 32,
    shallow: readShallow(workTree.commonFolder),
  };
}

function readPath(revision: string, path: string, reading: Reading): Buffer {
  const { object } = objectAt(revision, path, "file", reading);
  if (object.type !== BLOB) throw lost(path, `in ${revision} it is not a file`);
  return object.bytes;
}

/**
 * What a commit has at a path: a file's blob or a directory's tree.
 *
 * @throws {Problem} `git.revision`, `git.path`
 */
export function objectAt(revision: string, path: string, kind: "file" | "folder", reading: Reading): FoundObject {
  const { lookup, idBytes } = reading;
  const names = path.split("/");
  if (names.some((name) => name === "" || name === "." || name === "..") || names.length > bounds.pathDepth) {
    throw lost(path, "write the path from the root of the repository, without . and ..");
  }
  let { id, object } = treeOf(readRevision(revision, reading), revision, reading);
  for (const [depth, name] of names.entries()) {
    const last = depth === names.length - 1;
    const entry = object.type === TREE ? entryOf(object.bytes, name, idBytes, id) : undefined;
    const called = kind === "file" ? "file" : "directory";
    if (entry === undefined) throw lost(path, `${revision} has no such ${called}`);
    if (entry.kind !== (last ? kind : "folder"))
      throw lost(path, `in ${revision} it is not a ${called}, or ${KINDS[entry.kind]}`);
    const next = lookup.read(entry.id);
    if (next === undefined) throw refused(revision, `object ${entry.id} is not in the repository`, FETCH);
    ({ id, object } = { id: entry.id, object: next });
  }
  return { id, object };
}

const KINDS = {
  file: "a file is where a directory should be",
  folder: "a directory",
  link: "a symbolic link is on the way, which is not followed",
  submodule: "in a submodule, which is another repository",
} as const;

/** The first of that name, as git takes it. */
function entryOf(
  tree: Buffer,
  name: string,
  idBytes: number,
  treeId: string,
): { readonly kind: keyof typeof KINDS; readonly id: string } | undefined {
  const wanted = Buffer.from(name);
  let found: { readonly kind: keyof typeof KINDS; readonly id: string } | undefined;
  const whole = eachTreeEntry(tree, idBytes, (kind, bytes, nameAt, nameEnd, idAt) => {
    if (found !== undefined || !bytes.subarray(nameAt, nameEnd).equals(wanted)) return;
    found = { kind, id: bytes.toString("hex", idAt, idAt + idBytes) };
  });
  if (!whole) throw refused(`tree ${treeId}`, "broken");
  return found;
}

function lost(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "git.path", place, cause });
}
