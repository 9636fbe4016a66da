/** Which files of a work tree Git tracks: its ignore files say nothing of them. */
import { join } from "node:path";
import { readIndex } from "./staged.ts";
import type { WorkTree } from "./work-tree.ts";

export interface Tracked {
  readonly files: ReadonlySet<string>;
  /** Every folder above one of them. */
  readonly folders: ReadonlySet<string>;
}

/**
 * By paths from the work tree's root; nothing where there is no index yet.
 *
 * @throws Problem `git.staged-broken`, `git.file-unreadable` where the index cannot be read
 */
export function trackedFiles({ gitFolder }: Pick<WorkTree, "gitFolder">): Tracked {
  const path = join(gitFolder, "index");
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const staged of entriesOf(path)) {
    const name = staged.path.toString("utf8");
    files.add(name);
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) {
      const folder = name.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return { files, folders };
}

const SHA1 = 20;
const SHA256 = 32;

/** The index does not say which of the two its ids are of; read by the wrong one its entries do not hold together. */
function entriesOf(path: string) {
  try {
    return readIndex(path, SHA1) ?? [];
  } catch (error) {
    try {
      return readIndex(path, SHA256) ?? [];
    } catch {
      throw error;
    }
  }
}
