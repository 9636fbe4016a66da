/** Files that a command makes into a folder, and makes over when it is run again. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Problem, usageProblem } from "../core/problem.ts";
import { makeFolders } from "../engines/files/folders.ts";
import { isThere, refuseLinkedFolders, writeWhole } from "../engines/files/write.ts";

export interface OwnFiles {
  /** What `--write` names. */
  readonly folder: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** With what each of them begins. */
  readonly madeBy: string;
  /** The command: `network generate`. */
  readonly command: string;
  /** No link below it is written through. */
  readonly root: string;
  /** Folders below the named one that their names begin with are made. */
  readonly folders?: true;
}

/**
 * All or none: what is not ours stays as it is, and is told before anything is written.
 *
 * @returns their paths
 * @throws Problem (usage) `files.exists`, or where there is no such folder
 */
export function writeOwnFiles({ folder, files, madeBy, command, root, folders }: OwnFiles): string[] {
  if (!existsSync(folder)) throw usageProblem(`--write ${folder}`, "no such directory", `make it: mkdir -p ${folder}`);
  const placed = files.map(({ name, text }) => ({ path: join(folder, name), text }));
  for (const { path } of placed) {
    if (!isThere(path) || beginsWith(path, madeBy)) continue;
    const cause = `a file that ${command} did not make is in the way`;
    const remedy = "move it, or write elsewhere";
    throw new Problem({ kind: "usage", code: "files.exists", place: path, cause, remedy });
  }
  return placed.map(({ path, text }) => {
    if (folders === true) {
      refuseLinkedFolders(path, [root]);
      makeFolders(dirname(path));
    }
    writeWhole(path, text, { within: [root] });
    return path;
  });
}

function beginsWith(path: string, text: string): boolean {
  try {
    return readFileSync(path, "utf8").startsWith(text);
  } catch {
    return false;
  }
}
