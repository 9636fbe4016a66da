/** go.mod held against the go.sum beside it (Go Modules Reference, "go.sum files"). */
import { posix } from "node:path";
import { textLines } from "../../contents/packages/text-lines.ts";
import type { ManifestMismatch } from "../model.ts";
import type { Manifests, ReadLockfile } from "./read-lockfile.ts";
import { shown } from "./want.ts";

/**
 * Every module that go.mod requires has a line of go.sum, of its files or of its own go.mod: without one go refuses to
 * build. In a workspace another file may have it, and then nobody can tell.
 */
export function goMismatches(lockfile: ReadLockfile, manifests: Manifests): ManifestMismatch[] {
  const folder = posix.dirname(lockfile.path);
  const path = posix.join(folder, "go.sum");
  const sum = manifests(path);
  if (sum === undefined || lockfile.packages.length === 0) return [];
  for (let above = folder; ; above = posix.dirname(above)) {
    if (manifests(posix.join(above, "go.work")) !== undefined) return [];
    if (above === "." || above === "/" || above === "") break;
  }
  const known = new Set<string>();
  for (const { text } of textLines(sum)) {
    const [module = "", version = ""] = text.split(" ", 2);
    known.add(`${module} ${version.replace(/\/go\.mod$/, "")}`);
  }
  return lockfile.packages
    .filter(({ name, version, line }) => line !== undefined && !known.has(`${name} ${version}`))
    .map(({ name, version, line }) => ({
      lockfile: lockfile.path,
      manifest: lockfile.path,
      type: "golang" as const,
      name: shown(name),
      wanted: shown(version),
      kind: "missing" as const,
      ...(line === undefined ? {} : { line }),
    }));
}
