/** Which branch a repository calls its default one. */
import { join } from "node:path";
import { readBoundedText } from "./text-file.ts";

/** Bytes of a file that holds one reference; git's own have less than a hundred. */
const REFERENCE_BYTES = 4096;

/**
 * By what the remote said when it was cloned, else by the branch that is checked out where it has a usual name. Undefined where neither
 * is there, as in a linked work tree.
 *
 * @param root - of the work tree
 */
export function defaultBranch(root: string): string | undefined {
  const refIn = (file: string, prefix: string): string | undefined => {
    const line = readBoundedText(join(root, ".git", file), REFERENCE_BYTES)?.trim();
    const start = `ref: ${prefix}`;
    return line?.startsWith(start) === true ? line.slice(start.length) : undefined;
  };
  const remote = refIn("refs/remotes/origin/HEAD", "refs/remotes/origin/");
  if (remote !== undefined) return remote;
  const current = refIn("HEAD", "refs/heads/");
  return current === "main" || current === "master" ? current : undefined;
}
