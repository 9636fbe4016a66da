/** Cargo.toml ("The Manifest Format") held against Cargo.lock. */
import { posix } from "node:path";
import { tomlText } from "../../../formats/toml/fields.ts";
import type { TomlTable, TomlValue } from "../../../formats/toml/read.ts";
import { manifestPaths } from "../../contents/packages/cargo/manifests.ts";
import type { ManifestMismatch } from "../model.ts";
import { inCargoRange } from "../ranges/npm.ts";
import type { Manifests, ReadLockfile, Unread } from "./read-lockfile.ts";
import { lineNaming, readToml, tableAt } from "./toml.ts";
import { mismatchOf } from "./want.ts";

const LISTS = ["dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies"];

/** Of one workspace. */
const MOST_MANIFESTS = 2_000;

/**
 * The manifest beside the lockfile and those that it leads to. What comes from a path, a repository or another registry is
 * left alone, and so is what the workspace patches or replaces.
 */
export function cargoMismatches(lockfile: ReadLockfile, manifests: Manifests, unread: Unread): ManifestMismatch[] {
  const versions = Map.groupBy(lockfile.packages, ({ name }) => name);
  const found: ManifestMismatch[] = [];
  const seen = new Set<string>();
  const pending = manifestPaths("", lockfile.path);
  let root: TomlTable | undefined;
  let patched: ReadonlySet<string> = new Set();
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    if (seen.has(path) || seen.size >= MOST_MANIFESTS) continue;
    seen.add(path);
    const text = manifests(path);
    if (text === undefined) continue;
    const manifest = readToml(text);
    if (manifest === undefined) {
      unread(path, "not TOML");
      continue;
    }
    if (root === undefined) {
      // A crate that is no member of this workspace has a lockfile of its own.
      if (posix.dirname(path) !== posix.dirname(lockfile.path)) return [];
      root = manifest;
      patched = patchedNames(manifest);
    }
    const isOfProject =
      path === posix.join(posix.dirname(lockfile.path), "Cargo.toml") || isMember(root, path, lockfile);
    for (const [name, range] of isOfProject ? wantsIn(manifest, root) : []) {
      if (patched.has(name)) continue;
      const locked = (versions.get(name) ?? []).map(({ version }) => version);
      const want = { manifest: path, name, range, mayLack: !lockfile.complete, line: lineNaming(text, name) };
      const mismatch = mismatchOf(lockfile.path, "cargo", want, locked, inCargoRange);
      if (mismatch !== undefined) found.push(mismatch);
    }
    for (const next of manifestPaths(text, path)) pending.push(next);
  }
  return found;
}

/** Members are named one by one; of a pattern nobody tells here what it takes in, and what it leaves out. */
function isMember(root: TomlTable, path: string, lockfile: ReadLockfile): boolean {
  const members = tableAt(root, "workspace")?.get("members");
  const folder = posix.relative(posix.dirname(lockfile.path), posix.dirname(path));
  return (
    Array.isArray(members) && members.some((member) => typeof member === "string" && posix.normalize(member) === folder)
  );
}

function* wantsIn(manifest: TomlTable, root: TomlTable): Generator<readonly [name: string, range: string]> {
  const targets = [...(tableAt(manifest, "target")?.values() ?? [])];
  for (const holder of [manifest, ...targets]) {
    if (!(holder instanceof Map)) continue;
    for (const list of LISTS) {
      for (const [key, stated] of tableAt(holder, list) ?? []) {
        const shared = stated instanceof Map && stated.get("workspace") === true;
        const value = shared ? tableAt(root, "workspace", "dependencies")?.get(key) : stated;
        const want = wantOf(key, value);
        if (want !== undefined) yield want;
      }
    }
  }
}

function wantOf(key: string, stated: TomlValue | undefined): readonly [name: string, range: string] | undefined {
  if (typeof stated === "string") return [key, stated];
  if (!(stated instanceof Map)) return undefined;
  if (["path", "git", "registry", "registry-index", "artifact"].some((field) => stated.has(field))) return undefined;
  const range = tomlText(stated.get("version"));
  return range === undefined ? undefined : [tomlText(stated.get("package")) ?? key, range];
}

function patchedNames(root: TomlTable): ReadonlySet<string> {
  const names = new Set<string>();
  for (const source of tableAt(root, "patch")?.values() ?? []) {
    if (!(source instanceof Map)) continue;
    for (const [key, stated] of source)
      names.add(tomlText(tableAt(source, key)?.get("package")) ?? (stated ? key : key));
  }
  // `"name:1.0.0"`, the older form.
  for (const key of tableAt(root, "replace")?.keys() ?? []) names.add(key.split(":", 1)[0] ?? key);
  return names;
}
