import type { Repository } from "./repository.ts";
import { eachTreeEntry } from "./tree.ts";
import { IN_HEAD, type Introductions, readTree } from "./walk-trees.ts";

/** What HEAD has now. */
export interface Head {
  has(path: string): boolean;
}

/**
 * Marks the blobs of HEAD's tree, and answers which paths it has. A path is looked up from its root: a tree that
 * names itself over and over has more paths than could be listed.
 *
 * @param root - the number of HEAD's tree; undefined where it is unborn or missing
 */
export function readHead(repository: Repository, { marks }: Introductions, root: number | undefined): Head {
  if (root === undefined) return { has: () => false };
  const { stored, idBytes, gaps } = repository;
  const waiting = [root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (((marks[number] as number) & IN_HEAD) !== 0) continue;
    marks[number] = (marks[number] as number) | IN_HEAD;
    try {
      const bytes = readTree(repository, number);
      eachTreeEntry(bytes, idBytes, (kind, _, __, ___, idAt) => {
        const child = kind === "submodule" ? -1 : stored.ids.find(bytes, idAt);
        if (child === -1) return;
        if (kind === "folder") waiting.push(child);
        else marks[child] = (marks[child] as number) | IN_HEAD;
      });
    } catch (error) {
      gaps.caught(error);
    }
  }

  /** Name → the number of a folder, or -1 for anything else. */
  const listing = (number: number): Map<string, number> => {
    const entries = new Map<string, number>();
    try {
      const bytes = readTree(repository, number);
      eachTreeEntry(bytes, idBytes, (kind, _, nameAt, nameEnd, idAt) => {
        entries.set(bytes.toString("utf8", nameAt, nameEnd), kind === "folder" ? stored.ids.find(bytes, idAt) : -1);
      });
    } catch (error) {
      gaps.caught(error);
    }
    return entries;
  };
  const folders = new Map<string, Map<string, number>>([["", listing(root)]]);
  const nothing = new Map<string, number>();
  /** @param path - without a slash at its end */
  const folder = (path: string): Map<string, number> => {
    let entries = folders.get("") as Map<string, number>;
    for (let start = 0; start < path.length; ) {
      const slash = path.indexOf("/", start);
      const end = slash === -1 ? path.length : slash;
      const upTo = path.slice(0, end);
      let below = folders.get(upTo);
      if (below === undefined) {
        const number = entries.get(path.slice(start, end)) ?? -1;
        below = number === -1 ? nothing : listing(number);
        folders.set(upTo, below);
      }
      entries = below;
      start = end + 1;
    }
    return entries;
  };
  return {
    has(path) {
      const slash = path.lastIndexOf("/");
      return folder(path.slice(0, Math.max(slash, 0))).has(path.slice(slash + 1));
    },
  };
}
