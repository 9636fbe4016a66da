import type { Authority } from "../../core/authority.ts";
import { pathInWorkTree, readCheckout } from "../../engines/git/remote.ts";

/** Which repository a directory is of, by its checkout's own word. Reads files alone, and never throws. */
export function authorityOfDirectory(folder: string): Authority {
  const { path, remote, reason = "nothing says so" } = readCheckout(folder);
  return remote === undefined ? { kind: "directory", path, reason } : { kind: "repository", remote, path };
}

/** Where a directory is in its repository: see `Report.directory`. Reads files alone, and never throws. */
export function directoryInRepository(folder: string): string | undefined {
  return pathInWorkTree(folder);
}
