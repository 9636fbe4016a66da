import { posix } from "node:path";
import { append } from "../../../../core/append.ts";
import { isEvidenceProblem } from "../../../../core/problem.ts";
import { type TomlTable, type TomlValue, tomlSections } from "../../../../formats/toml/read.ts";
import { bounds } from "../../bounds.ts";
import { brokenAt, type Companions } from "../lockfile.ts";

/** What a Cargo.toml says of its dependencies ("The Manifest Format"), by the names of their packages. */
export interface CargoManifest {
  /** Absent where it is of a workspace alone. */
  readonly name?: string;
  /** To run or to build. */
  readonly runtime: ReadonlySet<string>;
  readonly development: ReadonlySet<string>;
  /** Folders of crates in the same tree that it names, relative to its own. */
  readonly folders: readonly string[];
}

/** Undefined where it is no TOML. */
function readManifest(text: string): CargoManifest | undefined {
  const runtime = new Set<string>();
  const development = new Set<string>();
  const folders: string[] = [];
  let name: string | undefined;
  const lists: ReadonlyMap<string, Set<string>> = new Map([
    ["dependencies", runtime],
    ["build-dependencies", runtime],
    ["build_dependencies", runtime],
    ["dev-dependencies", development],
    ["dev_dependencies", development],
  ]);
  const addAll = (table: TomlTable, into: Set<string>): void => {
    for (const [key, value] of table) {
      if (into.size >= bounds.packages) return;
      into.add(textOf(value, "package") ?? key);
      const folder = textOf(value, "path");
      if (folder !== undefined) folders.push(folder);
    }
  };
  try {
    for (const { name: section, table } of tomlSections(text, brokenAt)) {
      const list = lists.get(section);
      if (list !== undefined) addAll(table, list);
      else if (section === "package" || section === "project") name = textOf(table, "name") ?? name;
      else if (section === "target") {
        for (const target of table.values()) {
          for (const [key, value] of isTable(target) ? target : []) {
            const into = lists.get(key);
            if (into !== undefined && isTable(value)) addAll(value, into);
          }
        }
      } else if (section === "workspace") {
        const members = table.get("members");
        const shared = table.get("dependencies");
        if (Array.isArray(members))
          append(
            folders,
            members.filter((member) => typeof member === "string"),
          );
        if (isTable(shared)) addAll(shared, new Set());
      }
    }
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return undefined;
  }
  return { ...(name === undefined ? {} : { name }), runtime, development, folders };
}

/** The manifests that a Cargo.lock or a Cargo.toml leads to: paths from the root of the tree. A pattern leads nowhere. */
export function manifestPaths(text: string, path: string): string[] {
  const folder = posix.dirname(path);
  if (path.endsWith("Cargo.lock")) return [posix.join(folder, "Cargo.toml")];
  return (readManifest(text)?.folders ?? []).flatMap((other) => {
    if (posix.isAbsolute(other) || other.length > bounds.packageNameLength) return [];
    const found = posix.join(folder, other, "Cargo.toml");
    return found.startsWith("../") ? [] : [found];
  });
}

/** The manifests beside a lockfile that were to be had, by the names of their crates. */
export function manifestsOf(lock: string, companions: Companions): ReadonlyMap<string, CargoManifest> {
  const byName = new Map<string, CargoManifest>();
  const seen = new Set<string>();
  const pending = manifestPaths("", lock);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const text = seen.has(path) || seen.size >= bounds.packages ? undefined : companions(path);
    seen.add(path);
    const manifest = text === undefined ? undefined : readManifest(text);
    if (text === undefined || manifest === undefined) continue;
    if (manifest.name !== undefined) byName.set(manifest.name, manifest);
    append(pending, manifestPaths(text, path));
  }
  return byName;
}

function textOf(value: TomlValue | undefined, key: string): string | undefined {
  const text = isTable(value) ? value.get(key) : undefined;
  return typeof text === "string" ? text : undefined;
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return value instanceof Map;
}
