/** What Node and V8 compiled in earlier runs (bin/bulkhead.js): files that can go at any time, and are made again. */
import { type Dirent, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

interface CompiledFile {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly written: number;
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;

/** @returns bytes; 0 where there is no such folder */
export function sizeOfCompiled(folder: string): number {
  return filesOf(folder).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Removes what was written so many days ago: of other versions of Node or of the program, or soon made anew. */
export function pruneCompiled(
  folder: string,
  days: number,
  now: Date,
): { readonly files: number; readonly bytes: number } {
  const old = filesOf(folder).filter(({ written }) => written < now.getTime() - days * DAY_MILLISECONDS);
  for (const { path } of old) rmSync(path, { force: true });
  return { files: old.length, bytes: old.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** No link is followed. */
function filesOf(folder: string): CompiledFile[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    // Another process may have removed it meanwhile.
    const stat = entry.isFile() ? statSync(path, { throwIfNoEntry: false }) : undefined;
    return stat === undefined ? [] : [{ path, bytes: stat.size, written: stat.mtimeMs }];
  });
}
