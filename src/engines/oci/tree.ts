/**
 * The merged file tree of an image: layers applied lowest first, as the OCI image specification (layer.md, "Applying
 * Changesets") says and as runtimes extract them.
 *
 * It keeps directories, symlinks and the files that carry a payload; other files act (they replace what was there) and
 * are forgotten, so that an image of a million files costs no more than its folders.
 */

import { compareText } from "../../core/order.ts";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { cleanPath } from "./path.ts";
import type { TarEntryType } from "./tar.ts";
import { type Directory, lookup, type Node, type TreeFile, visit } from "./tree-nodes.ts";

const NO_NAME: ReadonlySet<string> = new Set(["", ".", ".."]);

/** A file that a layer took away: a whiteout hides it, or something without a payload stands in its place. */
export interface RemovedFile<Payload> {
  /** The last version that lower layers had; they still hold it. */
  readonly file: TreeFile<Payload>;
  /** The layer that took it away. */
  readonly layer: number;
}

/** One entry of a layer, its path cleaned. */
export interface TreeEntry<Payload> {
  readonly type: TarEntryType;
  readonly path: string;
  /** Target of a symlink or hard link, as written. */
  readonly link: string;
  readonly payload?: Payload;
}

/** A hard link to a file whose content nobody asked for; whoever wants the link's path must read the target again. */
export interface UnreadLink {
  readonly path: string;
  readonly layer: number;
  /** The target's path in the merged tree. */
  readonly target: string;
}

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

/** Its methods throw a Problem `oci.tree` where they take more than the bound of steps together. */
export interface MergedTree<Payload> {
  /**
   * Applies one entry of a layer; layers come lowest first. Returns false where its parent cannot be resolved (a loop
   * of symlinks, a depth over the bound), for no runtime would extract it, and for whiteouts that runtimes read in
   * different ways: of what the same layer holds, and of names that are none.
   */
  apply(layer: number, entry: TreeEntry<Payload>): boolean;
  /** All files with a payload, in the order of their paths. */
  files(): TreeFile<Payload>[];
  /** Files with a payload that a layer took away, in the order in which that happened. */
  removed(): readonly RemovedFile<Payload>[];
  /** Follows symlinks inside the root. Returns the real path, whether or not a file with a payload is there. */
  resolve(path: string): string | undefined;
  /** Hard links whose wanted content was not read; empty in nearly every image. */
  unreadLinks(): UnreadLink[];
  /** All folders but the root; without a payload where no entry that had one is theirs. */
  directories(): { readonly path: string; readonly payload: Payload | undefined }[];
  /** The paths of all symlinks. */
  symlinks(): string[];
  /** Gives such a link its content. */
  fill(link: UnreadLink, payload: Payload): void;
}

/** @param mostSteps - together, over all that is applied and asked for */
export function createMergedTree<Payload>(
  wanted: (path: string) => boolean,
  mostSteps: number = bounds.treeSteps,
): MergedTree<Payload> {
  const root: Directory<Payload> = { kind: "directory", layer: -1, listed: -1, children: new Map() };

  // Archives list a folder's files one after the other: the last parent serves most entries. Anything that removes a
  // node or adds a symlink may move it, and forgets it.
  let lastParentPath: string | undefined;
  let lastParent: Directory<Payload> = root;

  let steps = 0;
  /** Each entry has its own bounds; a million that each go to the limit need one together. */
  function step(): void {
    steps += 1;
    if (steps <= mostSteps) return;
    throw new Problem({
      kind: "input",
      code: "oci.tree",
      place: "the merged tree",
      cause: `its paths, symlinks and whiteouts take more than ${mostSteps} steps to follow`,
    });
  }

  /** The directory at a path, symlinks followed inside the root; missing parts are made where `make` says so. */
  function directoryAt(path: string, layer: number, make: boolean): Directory<Payload> | undefined {
    if (path === "") return root;
    if (path === lastParentPath) return lastParent;
    const found = walk(path, layer, make);
    if (found !== undefined) {
      lastParentPath = path;
      lastParent = found;
    }
    return found;
  }

  function walk(path: string, layer: number, make: boolean): Directory<Payload> | undefined {
    let links = 0;
    const pending = path.split("/").reverse();
    const trail: Directory<Payload>[] = [root];
    while (pending.length > 0) {
      step();
      const component = pending.pop() as string;
      if (component === "" || component === ".") continue;
      if (component === "..") {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const directory = trail.at(-1) as Directory<Payload>;
      const child = directory.children.get(component);
      if (child?.kind === "symlink") {
        links += 1;
        if (links > bounds.symlinks || pending.length > bounds.pathDepth) return undefined;
        if (child.target.startsWith("/")) trail.length = 1;
        pending.push(...child.target.split("/").reverse());
        continue;
      }
      if (child?.kind === "directory") trail.push(child);
      else if (!make) return undefined;
      else {
        // Missing, or a file that a lower layer had there: a folder takes its place.
        drop(child, layer);
        const made: Directory<Payload> = { kind: "directory", layer, listed: -1, children: new Map() };
        directory.children.set(component, made);
        trail.push(made);
      }
      if (trail.length > bounds.pathDepth) return undefined;
    }
    return trail.at(-1);
  }

  const removed: RemovedFile<Payload>[] = [];
  /** Notes what goes with a node. Each node goes once, so all calls together take no longer than building the tree. */
  function drop(node: Node<Payload> | undefined, layer: number): void {
    if (node?.kind === "directory") for (const child of node.children.values()) drop(child, layer);
    if (node?.kind !== "file") return;
    // What this layer itself had put there never was in a lower one.
    const file = node.layer === layer ? node.version.previous : node.version;
    if (file !== undefined) removed.push({ file, layer });
  }

  function forgetParent(): void {
    lastParentPath = undefined;
  }

  /** Removes what lower layers put below; what this layer put there stays. */
  function removeLower(directory: Directory<Payload>, layer: number): boolean {
    let kept = false;
    for (const [name, child] of directory.children) {
      step();
      if (removeNode(child, layer)) kept = true;
      else directory.children.delete(name);
    }
    return kept;
  }

  function removeNode(node: Node<Payload>, layer: number): boolean {
    if (node.kind !== "directory") {
      if (node.layer !== layer) drop(node, layer);
      return node.layer === layer;
    }
    const kept = removeLower(node, layer);
    return kept || node.layer === layer;
  }

  /** False where runtimes differ: some take away what the same layer put there before, too. */
  function whiteout(parent: Directory<Payload>, name: string, layer: number): boolean {
    forgetParent();
    if (name === OPAQUE) {
      removeLower(parent, layer);
      return !keepsUnlisted(parent, layer);
    }
    const hidden = name.slice(WHITEOUT.length);
    if (NO_NAME.has(hidden)) return false;
    // Names that start with a doubled prefix are aufs's own bookkeeping, which it keeps in the root.
    if (name.startsWith(WHITEOUT + WHITEOUT)) return parent === root || !parent.children.has(hidden);
    const child = parent.children.get(hidden);
    if (child === undefined) return true;
    const kept = removeNode(child, layer);
    if (!kept) parent.children.delete(hidden);
    return !kept;
  }

  /** Whether a folder stays below that the layer has no entry for: containers/storage then empties it. */
  function keepsUnlisted(directory: Directory<Payload>, layer: number): boolean {
    for (const child of directory.children.values()) {
      step();
      if (child.kind === "directory" && (child.listed !== layer || keepsUnlisted(child, layer))) return true;
    }
    return false;
  }

  function file(
    parent: Directory<Payload>,
    name: string,
    path: string,
    layer: number,
    payload: Payload | undefined,
  ): void {
    const before = parent.children.get(name);
    if (before?.kind === "directory" || before?.kind === "symlink") forgetParent();
    if (payload === undefined || before?.kind === "directory") drop(before, layer);
    if (payload === undefined) {
      if (before !== undefined) parent.children.delete(name);
      return;
    }
    let previous = before?.kind === "file" ? before.version : undefined;
    if (previous?.layer === layer) previous = previous.previous;
    parent.children.set(name, { kind: "file", layer, version: { path, layer, payload, previous } });
  }

  function hardlink(parent: Directory<Payload>, name: string, path: string, layer: number, link: string): void {
    const found = linked(link);
    if (found?.node?.kind === "symlink") {
      // The kernel links the symlink itself: the same text, read from its new place.
      symlink(parent, name, layer, found.node.target);
      return;
    }
    const target = wanted(path) ? found : undefined;
    const node = target?.node;
    file(parent, name, path, layer, node?.kind === "file" ? node.version.payload : undefined);
    if (target === undefined || node?.kind === "file" || node?.kind === "directory") return;
    parent.children.set(name, { kind: "unread", layer, target: node?.kind === "unread" ? node.target : target.path });
  }

  /** What a hard link leads to: its text is cleaned first, then symlinks of the folders on the way are followed. */
  function linked(link: string): { path: string; node: Node<Payload> | undefined } | undefined {
    const path = cleanPath(link);
    if (path === undefined || path === "") return undefined;
    const slash = path.lastIndexOf("/");
    const found = lookup(root, slash < 0 ? "" : path.slice(0, slash), step);
    if (found?.node?.kind !== "directory") return undefined;
    const name = path.slice(slash + 1);
    return { path: found.path === "" ? name : `${found.path}/${name}`, node: found.node.children.get(name) };
  }

  function symlink(parent: Directory<Payload>, name: string, layer: number, target: string): void {
    forgetParent();
    drop(parent.children.get(name), layer);
    parent.children.set(name, { kind: "symlink", layer, target });
  }

  return {
    apply(layer, entry) {
      const { path } = entry;
      if (path === "") return true;
      const slash = path.lastIndexOf("/");
      const parentPath = slash < 0 ? "" : path.slice(0, slash);
      const name = path.slice(slash + 1);
      if (name.startsWith(WHITEOUT)) {
        // Below what is no folder they are nothing, but for those of no name: they are of what they stand below.
        const parent = directoryAt(parentPath, layer, false);
        return parent === undefined ? !NO_NAME.has(name.slice(WHITEOUT.length)) : whiteout(parent, name, layer);
      }
      const parent = directoryAt(parentPath, layer, true);
      if (parent === undefined) return false;

      switch (entry.type) {
        case "directory": {
          const before = parent.children.get(name);
          if (before?.kind !== "directory") {
            if (before !== undefined) forgetParent();
            drop(before, layer);
            const made: Directory<Payload> = { kind: "directory", layer, listed: layer, children: new Map() };
            if (entry.payload !== undefined) made.payload = entry.payload;
            parent.children.set(name, made);
          } else {
            before.listed = layer;
            if (entry.payload !== undefined) before.payload = entry.payload;
          }
          return true;
        }
        case "symlink":
          symlink(parent, name, layer, entry.link);
          return true;
        case "hardlink":
          hardlink(parent, name, path, layer, entry.link);
          return true;
        case "file":
        case "other":
          file(parent, name, path, layer, entry.payload);
          return true;
      }
    },

    files() {
      const found: TreeFile<Payload>[] = [];
      visit(root, (path, node) => {
        // A file written through a symlinked folder carries the path of its entry: here is where it really is.
        if (node.kind === "file") found.push(node.version.path === path ? node.version : { ...node.version, path });
      });
      return found.sort((a, b) => compareText(a.path, b.path));
    },

    removed: () => removed,

    resolve(path) {
      return lookup(root, path, step)?.path;
    },

    unreadLinks() {
      const links: UnreadLink[] = [];
      visit(root, (path, node) => {
        if (node.kind === "unread") links.push({ path, layer: node.layer, target: node.target });
      });
      return links;
    },

    directories() {
      const found: { path: string; payload: Payload | undefined }[] = [];
      const enter = (directory: Directory<Payload>, prefix: string): void => {
        for (const [name, child] of directory.children) {
          if (child.kind !== "directory") continue;
          found.push({ path: prefix + name, payload: child.payload });
          enter(child, `${prefix}${name}/`);
        }
      };
      enter(root, "");
      return found;
    },

    symlinks() {
      const paths: string[] = [];
      visit(root, (path, node) => {
        if (node.kind === "symlink") paths.push(path);
      });
      return paths;
    },

    fill(link, payload) {
      const slash = link.path.lastIndexOf("/");
      const parent = directoryAt(slash < 0 ? "" : link.path.slice(0, slash), link.layer, true);
      if (parent !== undefined) file(parent, link.path.slice(slash + 1), link.path, link.layer, payload);
    },
  };
}
