/** Files made over in one step. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { Problem } from "../core/problem.ts";

/** What a file's text was and is to be. */
export interface Replacement {
  /** Below the root. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Puts the new text in the old one's place in one step; its mode and owner stay. What is read meanwhile is the old
 * file or the new one.
 *
 * @param kind - of the file: the first part of the problem's code
 * @throws Problem `KIND.link`, `KIND.changed` or `KIND.unwritable`
 */
export function replaceFile(kind: string, root: string, { path, before, after }: Replacement): void {
  const place = join(root, path);
  try {
    const file = realpathSync(place);
    if (!isWithin(realpathSync(root), file)) {
      throw refused(`${kind}.link`, place, "it is a link that leads out of the folder, which is not written through");
    }
    const { mode, uid, gid } = statSync(file);
    const written = readFileSync(file);
    if (!written.equals(Buffer.from(before))) {
      throw refused(`${kind}.changed`, place, "somebody changed it meanwhile");
    }
    const fresh = join(dirname(file), `.${basename(file).slice(0, 100)}.${randomBytes(6).toString("hex")}.new`);
    try {
      writeFileSync(fresh, after, { flag: "wx", mode: mode & 0o777 });
      if (process.getuid?.() === 0) chownSync(fresh, uid, gid);
      // Behind chown, which takes set-id bits away, and whatever the umask is.
      chmodSync(fresh, mode & 0o7777);
      const descriptor = openSync(fresh, "r");
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(fresh, file);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof Problem || !isSystemError(error)) throw error;
    throw refused(`${kind}.unwritable`, place, error.message);
  }
}

function isWithin(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== "" && way.split(sep)[0] !== ".." && !isAbsolute(way);
}

function refused(code: string, place: string, cause: string): Problem {
  return new Problem({ kind: "unavailable", code, place, cause });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
