/** Lockfiles: what they pin, as an inventory. */
import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Evidence, present } from "../../core/evidence.ts";
import { systemCause } from "../../core/system-cause.ts";
import type { Analyser } from "../../engines/contents/analyser.ts";
import { folderAnalyserFor } from "../../engines/contents/analysers.ts";
import { catalogue } from "../../engines/contents/catalogue.ts";
import type { FileFacts, Inventory } from "../../engines/contents/model.ts";
import { limitOf } from "../image/file-analysis.ts";
import { bounds } from "./bounds.ts";

/** Whether a file of a folder of source code is a lockfile. `path` is relative to the folder. */
export function isLockfile(path: string): boolean {
  return folderAnalyserFor(path)?.evidence === "declared";
}

export interface Pinned {
  /** Without what is only for development. */
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
    if (size > limit) return unreadable(`${size} bytes exceed the limit of ${limit}`);
    const bytes = readFileSync(file);
    // What it includes is named from the folder that is judged.
    const root = file.endsWith(path) ? file.slice(0, -path.length) : undefined;
    const companions = root === undefined ? new Map() : includedFiles(analyser, { root, path, bytes });
    const facts = analyser.analyse({ path, bytes, companions });
    return facts ?? { kind: "packages", packages: [], unread: [] };
  } catch (error) {
    return unreadable(systemCause(error));
  }
}

/**
 * What a lockfile includes, and what that includes: regular files of the folder, no links among them and their folders.
 * What is not in the answer was not to be had, and the analyser says so.
 */
function includedFiles(
  analyser: Analyser,
  first: { readonly root: string; readonly path: string; readonly bytes: Buffer },
): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  const { root } = first;
  if (analyser.includes === undefined) return found;
  const pending: { readonly path: string; readonly bytes: Buffer }[] = [first];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const path of analyser.includes(next)) {
      if (found.has(path) || found.size >= bounds.includedFiles) continue;
      const bytes = regularFile(root, path, limitOf(analyser));
      if (bytes === undefined) continue;
      found.set(path, bytes);
      pending.push({ path, bytes });
    }
  }
  return found;
}

function regularFile(root: string, path: string, limit: number): Buffer | undefined {
  try {
    const file = `${root}${path}`;
    const stat = lstatSync(file);
    if (!stat.isFile() || stat.size > limit) return undefined;
    // A link among its folders may lead out of the tree.
    const real = realpathSync(root === "" ? "." : root);
    return realpathSync(file) === join(real, path) ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}
