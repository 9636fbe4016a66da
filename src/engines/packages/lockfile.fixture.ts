import type { PackageRecord } from "../contents/model.ts";
import type { Lockfile, LockfileSide } from "./model.ts";

/** For tests: a record of `name@version`, of npm unless `more` says otherwise. */
export function recordOf(text: string, more: Partial<PackageRecord> = {}): PackageRecord {
  const at = text.lastIndexOf("@");
  const [name, version] = [text.slice(0, at), text.slice(at + 1)];
  return { type: "npm", name, version, licenses: [], reference: `${name} ${version}`, ...more };
}

/** For tests: a side with one lockfile. */
export function sideOf(packages: readonly PackageRecord[], more: Partial<Lockfile> = {}): LockfileSide {
  const lockfile = { path: "package-lock.json", format: "package-lock 3", packages, mismatches: [], gaps: [], ...more };
  return { name: "main", lockfiles: [lockfile], found: 1, gaps: [] };
}
