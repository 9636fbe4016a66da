/**
 * Which of the remarkable entries are still there once every layer is applied (OCI image specification, layer.md), and
 * which a higher layer took away or gave ordinary permissions.
 *
 * What takes away is told by its path as written, which is the real one but for entries behind symlinks: these may leave
 * something that is gone, and never hide something that is there.
 */

import type { TreeEntry } from "../../oci/tree.ts";
import { bounds } from "../bounds.ts";
import type { PathPermissions, StatedPermissions } from "./model.ts";
import { raisesRights } from "./raises.ts";

interface Node {
  held?: PathPermissions;
  readonly children: Map<string, Node>;
}

const WHITEOUT = ".wh.";
const OPAQUE = ".wh..wh..opq";

export interface MergedPermissions {
  /**
   * One entry of a layer, after the tree has applied it; layers come lowest first.
   *
   * @param stated - what is remarkable of it
   */
  apply(layer: number, entry: TreeEntry<unknown>, stated: StatedPermissions | undefined): void;
  /** By path; of what was taken away, the programs alone. */
  finish(): PathPermissions[];
}

/** @param resolve - where a path leads in the tree so far; undefined where it leads nowhere */
export function createMergedPermissions(resolve: (path: string) => string | undefined): MergedPermissions {
  const root: Node = { children: new Map() };
  const removed: PathPermissions[] = [];

  function drop(held: PathPermissions, removedIn: number): void {
    // Within one layer the later entry replaces the one before: that one is nowhere.
    if (held.layer === removedIn || !raisesRights(held) || removed.length >= bounds.raisedFiles) return;
    removed.push({ ...held, removedIn });
  }

  /** Takes away what lower layers hold at a node and below it; true where something of this layer stays. */
  function clear(node: Node, layer: number): boolean {
    if (node.held?.layer !== layer) release(node, layer);
    let kept = node.held !== undefined;
    for (const [name, child] of node.children) {
      if (clear(child, layer)) kept = true;
      else node.children.delete(name);
    }
    return kept;
  }

  /** @param each - called for what is on the way there, the parent itself among it */
  function parentOf(path: string, each?: (node: Node) => void): Node | undefined {
    let node: Node | undefined = root;
    let from = 0;
    for (let slash = path.indexOf("/"); slash >= 0 && node !== undefined; slash = path.indexOf("/", from)) {
      node = node.children.get(path.slice(from, slash));
      if (node !== undefined) each?.(node);
      from = slash + 1;
    }
    return node;
  }

  function release(node: Node, layer: number): void {
    if (node.held !== undefined) drop(node.held, layer);
    delete node.held;
  }

  /** A file or a link in the place of a folder: what its own layer put there before goes too. */
  function replaceFolder(node: Node, layer: number): void {
    for (const child of node.children.values()) {
      release(child, layer);
      replaceFolder(child, layer);
    }
    node.children.clear();
  }

  function takeAway(layer: number, { type, path }: TreeEntry<unknown>): void {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const isWhiteout = name.startsWith(WHITEOUT);
    // What something is put below is a folder from then on.
    const parent = parentOf(path, (node) => {
      if (!isWhiteout && node.held?.type === "file") release(node, layer);
    });
    if (parent === undefined) return;
    if (isWhiteout) {
      if (name === OPAQUE) for (const child of parent.children.values()) clear(child, layer);
      const hidden = parent.children.get(name.slice(WHITEOUT.length));
      if (hidden !== undefined) clear(hidden, layer);
      return;
    }
    const node = parent.children.get(name);
    if (node === undefined) return;
    release(node, layer);
    if (type !== "directory") replaceFolder(node, layer);
  }

  function at(path: string): Node | undefined {
    return parentOf(path)?.children.get(path.slice(path.lastIndexOf("/") + 1));
  }

  function hold(layer: number, path: string, stated: StatedPermissions): void {
    let node = root;
    for (const name of path.split("/")) {
      let child = node.children.get(name);
      if (child === undefined) {
        child = { children: new Map() };
        node.children.set(name, child);
      }
      node = child;
    }
    release(node, layer);
    node.held = { ...stated, path, layer };
  }

  return {
    apply(layer, entry, stated) {
      // Another name of a file has the permissions of the file, whatever its own entry repeats of them.
      const target =
        entry.type === "hardlink" && stated === undefined ? at(resolve(entry.link) ?? "")?.held : undefined;
      takeAway(layer, entry);
      const own = stated ?? (target?.type === "file" ? target : undefined);
      if (own === undefined || entry.path.slice(entry.path.lastIndexOf("/") + 1).startsWith(WHITEOUT)) return;
      const slash = entry.path.lastIndexOf("/");
      const folder = slash < 0 ? "" : resolve(entry.path.slice(0, slash));
      if (folder === undefined) return;
      hold(layer, folder === "" ? entry.path.slice(slash + 1) : `${folder}${entry.path.slice(slash)}`, own);
    },
    finish() {
      const paths: PathPermissions[] = [];
      const enter = (node: Node): void => {
        if (node.held !== undefined) paths.push(node.held);
        for (const child of node.children.values()) enter(child);
      };
      enter(root);
      return [...paths, ...removed].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.layer - b.layer));
    },
  };
}
