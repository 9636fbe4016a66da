/** Links of a tree: those to files of the tree are these files, and which of the others matter is said. */
import { realpathSync, statSync } from "node:fs";
import { basename, relative, sep } from "node:path";
import type { ManifestGap } from "../../engines/kubernetes/model.ts";
import { mayHoldManifests } from "../kubernetes/manifest-names.ts";

export interface LinkWithin {
  /** Of the link. */
  readonly path: string;
  /** Of the file that it leads to, relative to the root. */
  readonly target: string;
  readonly isTemplate: boolean;
}

export function linkReader(root: string) {
  let real: string | undefined;
  const within: LinkWithin[] = [];
  const unread: ManifestGap[] = [];
  const left: string[] = [];
  return {
    add(path: string, isTemplate: boolean): void {
      real ??= realpathSync(root);
      const target = targetOf(path);
      const way = target === undefined ? undefined : relative(real, target.path);
      const isInside = way !== undefined && way !== ".." && !way.startsWith(`..${sep}`);
      if (target?.kind === "file" && isInside) {
        within.push({ path, target: way, isTemplate });
        return;
      }
      // A folder of the tree is walked where it is.
      if (target?.kind === "folder" && isInside) return;
      const shown = relative(root, path);
      left.push(shown);
      // kubectl follows links to files, and none to a folder.
      if (target === undefined || target.kind === "folder" || isTemplate || !mayHoldManifests(basename(path))) return;
      unread.push({
        code: "kubernetes.link",
        reason: "a link that leads out of this directory, not followed",
        remedy: "put the file itself here",
        path: shown.replaceAll(sep, "/"),
      });
    },
    /** In the order of their paths. */
    within: (): readonly LinkWithin[] => within.sort((a, b) => (a.path < b.path ? -1 : 1)),
    unread: (): readonly ManifestGap[] => unread.sort((a, b) => (a.path < b.path ? -1 : 1)),
    left: (): readonly string[] => left.sort(),
  };
}

/** Undefined where it leads to nothing that can be seen. */
function targetOf(path: string): { readonly path: string; readonly kind: "file" | "folder" | "other" } | undefined {
  try {
    const stat = statSync(path);
    return { path: realpathSync(path), kind: stat.isFile() ? "file" : stat.isDirectory() ? "folder" : "other" };
  } catch {
    return undefined;
  }
}
