import { posix } from "node:path";
import type { ManifestMismatch } from "../model.ts";
import { inNpmRange } from "../ranges/npm.ts";
import { bunLocked, type NpmLocked, packageLockLocked, pnpmLocked, yarnLocked } from "./npm-locked.ts";
import { namesIn, readPackageJson } from "./package-json.ts";
import type { Manifests, ReadLockfile, Unread } from "./read-lockfile.ts";
import { mismatchOf, shown, type Want } from "./want.ts";

const LOCKED: Readonly<Record<string, (text: string) => NpmLocked | undefined>> = {
  "package-lock.json": packageLockLocked,
  "npm-shrinkwrap.json": packageLockLocked,
  "yarn.lock": yarnLocked,
  "pnpm-lock.yaml": pnpmLocked,
  "bun.lock": bunLocked,
};

/** Of one lockfile; more are none that people keep in one repository. */
const MOST_FOLDERS = 2_000;

/**
 * package.json files held against a lockfile of npm, Yarn, pnpm or Bun: the project's and those of its workspaces, as far
 * as the lockfile names them. Overridden names, workspaces' own packages, tags and places are left alone.
 */
export function npmMismatches(lockfile: ReadLockfile, manifests: Manifests, unread: Unread): ManifestMismatch[] {
  const base = posix.dirname(lockfile.path);
  const pathOf = (folder: string) => posix.join(base === "." ? "" : base, folder, "package.json");
  const root = manifests(pathOf(""));
  if (root === undefined) return [];
  const own = readPackageJson(pathOf(""), root);
  if (own === undefined) {
    unread(pathOf(""), "not a JSON object");
    return [];
  }
  const locked = LOCKED[posix.basename(lockfile.path)]?.(lockfile.text);
  if (locked === undefined) return [];
  const overridden = new Set(own.overridden);
  for (const key of locked.overridden) for (const name of namesIn(key)) overridden.add(name);
  const yarnClassic = lockfile.path.endsWith("yarn.lock") && !/^__metadata:/m.test(lockfile.text);
  const isNpm = /\.json$/.test(lockfile.path);
  const found: ManifestMismatch[] = [];
  for (const folder of locked.folders.slice(0, MOST_FOLDERS)) {
    if (folder.startsWith("..") || folder.startsWith("/")) continue;
    const text = folder === "" ? undefined : manifests(pathOf(folder));
    const manifest = folder === "" ? own : text === undefined ? undefined : readPackageJson(pathOf(folder), text);
    if (text !== undefined && manifest === undefined) unread(pathOf(folder), "not a JSON object");
    for (const want of manifest?.wants ?? []) {
      if (overridden.has(want.name) || isPlace(want)) continue;
      // A directory may be a dependency as well as a workspace: what it needs for its own development is then left out.
      if (folder !== "" && want.development === true && isNpm) continue;
      const versions = locked.versions(folder, want.name, want.range);
      // Yarn 1 does not lock the packages of workspaces, and does not say which these are.
      if (versions === undefined || (versions.length === 0 && yarnClassic && own.workspaces)) continue;
      const mayLack = want.mayLack || !lockfile.complete;
      const mismatch = mismatchOf(lockfile.path, "npm", { ...want, mayLack }, versions, inRange);
      if (mismatch !== undefined) found.push(mismatch);
    }
    if (manifest === undefined) continue;
    for (const [name, range] of new Map(locked.named?.(folder))) {
      if (!manifest.names.has(name)) found.push(stale(lockfile.path, pathOf(folder), name, range));
    }
  }
  return found;
}

/** The lockfile says that the manifest names what it does not name. */
function stale(lockfile: string, manifest: string, name: string, range: string): ManifestMismatch {
  return { lockfile, manifest, type: "npm", name: shown(name), wanted: "", locked: shown(range), kind: "stale" };
}

/** Another package's version is in no range that names no package. */
function inRange(range: string, version: string): boolean | undefined {
  return version.startsWith("npm:") ? false : inNpmRange(range, version);
}

/** An alias, a place or another protocol, in place of a version, a range of them or a tag. */
function isPlace({ range }: Want): boolean {
  return /[:/\\]/.test(range);
}
