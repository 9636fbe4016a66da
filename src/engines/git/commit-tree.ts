/** The directories of a commit, listed without reading the files in them. */
import { relative, sep } from "node:path";
import { bounds } from "./bounds.ts";
import { BLOB, TREE } from "./entry.ts";
import { openReading } from "./file-at.ts";
import { realPath } from "./files.ts";
import { mergeBase } from "./merge-base.ts";
import type { ObjectFormat } from "./model.ts";
import { FETCH, peeled, readRevision, refused, treeOf } from "./revision.ts";
import { eachTreeEntry } from "./tree.ts";
import { findWorkTree } from "./work-tree.ts";

export interface CommitEntry {
  readonly kind: "file" | "link" | "folder" | "submodule";
  /** Of the object, in lower-case hex: the same id is the same content. */
  readonly id: string;
}

export interface CommitTree {
  /** The commit that is read, in lower-case hex. */
  readonly commit: string;
  readonly format: ObjectFormat;
  /**
   * What is in a directory, by name; undefined where the commit has none there.
   *
   * @param path - from the directory that was opened, with `/`; empty for itself
   * @throws {Problem} where the repository lacks it or it is broken
   */
  list(path: string): ReadonlyMap<string, CommitEntry> | undefined;
  /** The bytes of a file or link. @throws {Problem} where the repository lacks them */
  read(id: string): Buffer;
}

/**
 * Opens a directory of a work tree as a commit has it. Git is not run, and every object has the bytes that its id says.
 *
 * @param folder - in a work tree
 * @param options - `fork`: take, in place of the commit, the one from which it and HEAD grew, where there is one
 * @throws {Problem} `git.none`, `git.owner`, `git.revision`
 */
export function openCommitTree(
  folder: string,
  revision: string,
  options: { readonly fork?: boolean } = {},
): CommitTree {
  const reading = openReading(folder);
  const { lookup, idBytes } = reading;
  const found = peeled(readRevision(revision, reading), revision, reading);
  const fork = options.fork === true ? forkOf() : undefined;
  const commit = fork ?? found.id;
  const root = treeOf(fork === undefined ? found : readRevision(fork, reading), revision, reading);
  const workTree = findWorkTree(folder);
  const prefix = workTree === undefined ? "" : relative(workTree.root, realPath(folder)).split(sep).join("/");
  const listed = new Map<string, ReadonlyMap<string, CommitEntry>>();

  return {
    commit,
    format: idBytes === 20 ? "sha1" : "sha256",
    list(path) {
      const parts = [...prefix.split("/"), ...path.split("/")].filter((part) => part !== "");
      if (parts.length > bounds.pathDepth) return undefined;
      let id = root.id;
      for (const part of parts) {
        const entry = entriesOf(id).get(part);
        if (entry?.kind !== "folder") return undefined;
        id = entry.id;
      }
      return entriesOf(id);
    },
    read(id) {
      const blob = lookup.read(id);
      if (blob === undefined) throw refused(revision, `object ${id} is not in the repository`, FETCH);
      if (blob.type !== BLOB) throw refused(`blob ${id}`, "broken");
      return blob.bytes;
    },
  };

  function forkOf(): string | undefined {
    try {
      return mergeBase(found, readRevision("HEAD", reading), reading);
    } catch {
      // HEAD is unborn or cannot be read: there is no other commit to grow from.
      return undefined;
    }
  }

  function entriesOf(id: string): ReadonlyMap<string, CommitEntry> {
    const known = listed.get(id);
    if (known !== undefined) return known;
    const tree = lookup.read(id);
    if (tree === undefined) throw refused(revision, `object ${id} is not in the repository`, FETCH);
    if (tree.type !== TREE) throw refused(`tree ${id}`, "broken");
    const entries = new Map<string, CommitEntry>();
    const whole = eachTreeEntry(tree.bytes, idBytes, (kind, bytes, nameAt, nameEnd, idAt) => {
      const name = bytes.toString("utf8", nameAt, nameEnd);
      // Of each name the first, as git takes it.
      if (!entries.has(name)) entries.set(name, { kind, id: bytes.toString("hex", idAt, idAt + idBytes) });
    });
    if (!whole) throw refused(`tree ${id}`, "broken");
    listed.set(id, entries);
    return entries;
  }
}
