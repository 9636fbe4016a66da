/** Files of a tree that are made over in one step. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../core/problem.ts";
import { refuseLink, refuseLinkedFolders, replace } from "../engines/files/write.ts";

/** What a file's text was and is to be. */
export interface Replacement {
  /** Below the root. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Puts the new text in the old one's place in one step; its mode and owner stay. What is read meanwhile is the old
 * file or the new one. No link below the root is written through, wherever it leads.
 *
 * @param kind - of the file: the first part of the problem's code
 * @throws Problem `KIND.link`, `KIND.changed` or `KIND.unwritable`
 */
export function replaceFile(kind: string, root: string, { path, before, after }: Replacement): void {
  const place = join(root, path);
  try {
    refuseLinkedFolders(place, [root]);
    refuseLink(place, "the file");
    if (!readFileSync(place).equals(Buffer.from(before))) {
      throw refused(`${kind}.changed`, place, "changed by another program meanwhile");
    }
    replace(place, after, 0o666);
  } catch (error) {
    if (error instanceof Problem && error.code === "files.link") {
      throw refused(`${kind}.link`, error.place, "symbolic links are not written through");
    }
    if (error instanceof Problem || !isSystemError(error)) throw error;
    throw refused(`${kind}.unwritable`, place, error.message);
  }
}

function refused(code: string, place: string, cause: string): Problem {
  return new Problem({ kind: "unavailable", code, place, cause });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
