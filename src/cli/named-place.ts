/** Files and directories that the command line names: what is wrong with one is told before any work is done. */
import { type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import { usageProblem } from "../core/problem.ts";
import { systemCause } from "../core/system-cause.ts";

export interface NamedPlace {
  /** Absolute. */
  readonly path: string;
  readonly isDirectory: boolean;
}

/**
 * @param written - as on the command line
 * @throws Problem (usage) where nothing is there, or what is neither file nor directory
 */
export function namedPlace(written: string): NamedPlace {
  const path = resolve(written);
  const stat = statOf(path, written);
  if (!stat.isDirectory() && !stat.isFile()) throw usageProblem(written, "neither a file nor a directory");
  return { path, isDirectory: stat.isDirectory() };
}

/**
 * The absolute path of a directory.
 *
 * @param forFile - what is done with a single file, for who names one
 * @throws Problem (usage) where nothing is there, or no directory
 */
export function namedDirectory(written: string, forFile = "name its directory"): string {
  const path = resolve(written);
  if (statOf(path, written).isDirectory()) return path;
  throw usageProblem(written, "not a directory", forFile);
}

function statOf(path: string, written: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    // A file on the way to it (ENOTDIR) leaves nothing there as well.
    const { code } = error as NodeJS.ErrnoException;
    throw usageProblem(written, code === "ENOTDIR" ? "no such file or directory" : systemCause(error));
  }
}
