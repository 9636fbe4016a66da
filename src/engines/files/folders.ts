/** Folders that are made with those above them that are missing. */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * As `mkdir -p`. Not by Node's `recursive`, which does not come to its end where a file system says of a folder that it would
 * have to make that it is missing, although the one above is there, as Linux's of processes does (`/proc/x/y`).
 *
 * @param mode - of those that are made, less the process's mask
 * @throws the file system's error (ENOENT, EACCES, ENOTDIR, EEXIST where something else than a folder is there)
 */
export function makeFolders(path: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let level = resolve(path); !existsSync(level); level = dirname(level)) missing.unshift(level);
  // Refused at once, as `EEXIST`, where it is there and no folder.
  if (missing.length === 0 && !statSync(path).isDirectory()) missing.push(path);
  for (const level of missing) {
    try {
      mkdirSync(level, { mode });
    } catch (error) {
      // Another process may have been first.
      if (!isFolder(level)) throw error;
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
