import { bounds } from "./bounds.ts";
/** What stands in the merged file tree of an image (tree.ts), and how a path in it is followed. */

/** A file of the merged tree that carries a payload, and the versions of it in lower layers. */
export interface TreeFile<Payload> {
  readonly path: string;
  readonly layer: number;
  readonly payload: Payload;
  /** The next lower version at the same path, where no whiteout stands between. */
  readonly previous: TreeFile<Payload> | undefined;
}

export interface Directory<Payload> {
  readonly kind: "directory";
  readonly layer: number;
  /** The last layer that has an entry for it, and not only for what is below. */
  listed: number;
  /** Of the last entry for it that had one. */
  payload?: Payload;
  readonly children: Map<string, Node<Payload>>;
}
interface Symlink {
  readonly kind: "symlink";
  readonly layer: number;
  readonly target: string;
}
interface File<Payload> {
  readonly kind: "file";
  readonly layer: number;
  readonly version: TreeFile<Payload>;
}
/** Stands where a wanted hard link points to content that was not read. */
interface Unread {
  readonly kind: "unread";
  readonly layer: number;
  readonly target: string;
}
export type Node<Payload> = Directory<Payload> | Symlink | File<Payload> | Unread;

/**
 * Follows symlinks inside the root, the last component's too; the node is absent where nothing is kept there.
 *
 * @param step - called for each component, so that the caller can end what takes too long
 */
export function lookup<Payload>(
  root: Directory<Payload>,
  path: string,
  step: () => void,
): { path: string; node: Node<Payload> | undefined } | undefined {
  let links = 0;
  const pending = path.split("/").reverse();
  const names: string[] = [];
  const trail: Node<Payload>[] = [root];
  while (pending.length > 0) {
    step();
    const component = pending.pop() as string;
    if (component === "" || component === ".") continue;
    if (component === "..") {
      if (names.length > 0) {
        names.pop();
        trail.pop();
      }
      continue;
    }
    const here = trail.at(-1);
    if (here?.kind !== "directory") return undefined;
    const child = here.children.get(component);
    if (child === undefined) {
      const rest = pending.filter((part) => part !== "" && part !== ".");
      if (rest.length > 0) return undefined;
      return { path: [...names, component].join("/"), node: undefined };
    }
    if (child.kind === "symlink") {
      links += 1;
      if (links > bounds.symlinks || pending.length > bounds.pathDepth) return undefined;
      if (child.target.startsWith("/")) {
        trail.length = 1;
        names.length = 0;
      }
      pending.push(...child.target.split("/").reverse());
      continue;
    }
    names.push(component);
    trail.push(child);
  }
  return { path: names.join("/"), node: trail.at(-1) };
}

/** Each node that is no directory, with its path. */
export function visit<Payload>(root: Directory<Payload>, each: (path: string, node: Node<Payload>) => void): void {
  const enter = (directory: Directory<Payload>, prefix: string): void => {
    for (const [name, child] of directory.children) {
      if (child.kind === "directory") enter(child, `${prefix}${name}/`);
      else each(prefix + name, child);
    }
  };
  enter(root, "");
}
