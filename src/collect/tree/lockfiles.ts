/** Lockfiles: what they pin, as an inventory. */
import { readFileSync, statSync } from "node:fs";
import { type Evidence, present } from "../../core/evidence.ts";
import type { Analyser } from "../../engines/contents/analyser.ts";
import { folderAnalyserFor } from "../../engines/contents/analysers.ts";
import { catalogue } from "../../engines/contents/catalogue.ts";
import type { FileFacts, Inventory } from "../../engines/contents/model.ts";
import { limitOf } from "../image/file-analysis.ts";

/** Whether a file of a folder of source code is a lockfile. `path` is relative to the folder. */
export function isLockfile(path: string): boolean {
  return folderAnalyserFor(path)?.evidence === "declared";
}

export interface Pinned {
  /** Without what is for development alone. */
  readonly inventory: Evidence<Inventory>;
  /** How many packages are. */
  readonly development: number;
}

/**
 * What one lockfile pins; undefined where it is none.
 *
 * @param file - where to read it
 * @param path - relative to the folder that is judged: its name in reports, and what tells its format
 */
export function readLockfile(file: string, path: string, now: Date): Pinned | undefined {
  const analyser = folderAnalyserFor(path);
  if (analyser === undefined) return undefined;
  const read = catalogue([{ path, versions: [{ facts: factsOf(analyser, file, path) }] }]);
  const packages = read.inventory.packages.filter(({ usage }) => usage !== "development");
  const inventory = present({ ...read.inventory, packages }, now.toISOString(), { gaps: read.gaps });
  return { inventory, development: read.inventory.packages.length - packages.length };
}

function factsOf(analyser: Analyser, file: string, path: string): FileFacts {
  const unreadable = (reason: string): FileFacts => ({ kind: "unreadable", code: "contents.unreadable", reason });
  try {
    const { size } = statSync(file);
    const limit = limitOf(analyser);
    if (size > limit) return unreadable(`its ${size} bytes are over the bound of ${limit}`);
    const facts = analyser.analyse({ path, bytes: readFileSync(file), companions: new Map() });
    return facts ?? { kind: "packages", packages: [], unread: [] };
  } catch (error) {
    return unreadable((error as Error).message);
  }
}
