import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { TREE } from "./entry.ts";
import type { MissingObjects } from "./missing-objects.ts";
import type { Repository } from "./repository.ts";
import { type TreeChanges, treeChanges } from "./tree-changes.ts";

/** Which commit had a blob first, and where. By object number, so that millions fit. */
export interface Introductions {
  /** Ordinal of the commit; {@link NOBODY} until one is known, {@link NO_COMMIT} where none has it but a ref or nothing does. */
  readonly commits: Int32Array;
  /** Index into `names`, or -1. */
  readonly paths: Int32Array;
  /** Bits as below. */
  readonly marks: Uint8Array;
  readonly names: string[];
  readonly indices: Map<string, number>;
  readonly changes: TreeChanges;
}

export const NOBODY = -1;
export const NO_COMMIT = -2;
export const SEEN_TREE = 1;
export const LINK = 2;
export const UNREACHABLE = 4;
/** Of HEAD: a blob that it has, a tree that was looked at for that. */
export const IN_HEAD = 8;

/** @param paths - where they are noted: -1 for every object */
export function noIntroductions(
  objects: number,
  idBytes: number,
  paths: Int32Array = new Int32Array(objects).fill(-1),
): Introductions {
  return {
    commits: new Int32Array(objects).fill(NOBODY),
    paths,
    marks: new Uint8Array(objects),
    names: [],
    indices: new Map(),
    changes: treeChanges(idBytes),
  };
}

interface Waiting {
  readonly number: number;
  /** Of the folder, with a slash at its end; empty for the root. */
  readonly prefix: string;
  readonly depth: number;
}

/**
 * Walks a tree and notes each blob of it that nobody had before. A tree that was walked once is passed over whole:
 * where commits come parents first, whatever is new in one is new to all its parents.
 *
 * @param commit - ordinal, or {@link NO_COMMIT}
 * @returns how many trees were read
 */
export function introduce(
  repository: Repository,
  into: Introductions,
  root: number,
  commit: number,
  unreachable: boolean,
  missing: MissingObjects,
): number {
  const { stored, gaps } = repository;
  const { commits, paths, marks } = into;
  const waiting: Waiting[] = [{ number: root, prefix: "", depth: 0 }];
  let read = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { number, prefix, depth } = next;
    if (((marks[number] as number) & SEEN_TREE) !== 0) continue;
    marks[number] = (marks[number] as number) | SEEN_TREE;
    try {
      const tree = readTree(repository, number);
      read += 1;
      const folders: Waiting[] = [];
      const whole = into.changes.each(prefix, tree, (kind, bytes, nameAt, nameEnd, idAt) => {
        if (kind === "submodule") return;
        const child = stored.ids.find(bytes, idAt);
        if (child === -1) return missing.note(bytes, idAt);
        if (kind === "folder") {
          if (((marks[child] as number) & SEEN_TREE) !== 0) return;
          const path = `${prefix}${bytes.toString("utf8", nameAt, nameEnd)}/`;
          if (path.length > bounds.pathBytes || depth === bounds.pathDepth)
            gaps.caught(tooDeep(stored.ids.hex(number)));
          else folders.push({ number: child, prefix: path, depth: depth + 1 });
          return;
        }
        if (commits[child] !== NOBODY) return;
        commits[child] = commit;
        marks[child] = (marks[child] as number) | (kind === "link" ? LINK : 0) | (unreachable ? UNREACHABLE : 0);
        paths[child] = indexOf(into, prefix + bytes.toString("utf8", nameAt, nameEnd));
      });
      for (const folder of folders.reverse()) waiting.push(folder);
      if (!whole) throw broken(stored.ids.hex(number), "not a whole tree");
    } catch (error) {
      gaps.caught(error);
    }
  }
  return read;
}

/** Notes a blob that no commit has, where the index names it. */
export function introduceStaged(into: Introductions, number: number, path: string, link: boolean): void {
  if (into.commits[number] !== NOBODY) return;
  into.commits[number] = NO_COMMIT;
  into.marks[number] = (into.marks[number] as number) | UNREACHABLE | (link ? LINK : 0);
  into.paths[number] = indexOf(into, path);
}

function indexOf({ names, indices }: Introductions, path: string): number {
  const known = indices.get(path);
  if (known !== undefined) return known;
  indices.set(path, names.length);
  return names.push(path) - 1;
}

/** @throws {Problem} where it is broken, or no tree */
export function readTree({ objects, stored }: Repository, number: number): Buffer {
  const { type, bytes } = objects.read(number);
  if (type !== TREE) throw broken(stored.ids.hex(number), "named as a tree, and is none");
  return bytes;
}

function broken(id: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "git.object-broken", place: `object ${id}`, cause });
}

function tooDeep(id: string): Problem {
  const cause = `it holds a path of over ${bounds.pathBytes} characters or ${bounds.pathDepth} directories`;
  return new Problem({ kind: "input", code: "git.path-over", place: `object ${id}`, cause });
}
