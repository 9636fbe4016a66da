import { isObject } from "../../../../core/untyped.ts";
import { bounds as formatsBounds } from "../../../../formats/bounds.ts";
import type { Analyser } from "../../analyser.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { fieldsOf, type JsonObject, textIn } from "../json.ts";
import { entriesAt, jsonLines } from "../json-lines.ts";
import { type LockedPackages, lockedPackages } from "../locked.ts";
import { brokenLockfile, jsonObject, lockfile, namesIn } from "../lockfile.ts";
import { originOf } from "../origin.ts";
import type { Usage } from "../usage.ts";
import { hashesOf } from "./integrity.ts";
import { plainJson } from "./jsonc.ts";
import { type Module, modules } from "./modules.ts";
import { npmOrigin } from "./origin.ts";
import { contradictionIn } from "./resolved.ts";
import { isOwnFolder, specifierOf } from "./specifier.ts";

/**
 * `bun.lock` ("Lockfile" in Bun's documentation): JSON with trailing commas. `packages` has a path of names for each
 * folder of modules (`a/b` is the `b` below `a`) and a tuple that begins with `real-name@version`; then come, by where
 * the package is from, its registry, its manifest's dependencies and its integrity. Workspaces, links and folders are
 * the project's own code. A package from a repository or an archive has the place for its version.
 */
export const bunLock = lockfile({ id: "bun-lock", version: 2, basenames: ["bun.lock"], read });

/** Bun's binary lockfile has no documented format and differs between its releases; Bun itself writes the text one. */
export const bunBinaryLock: Analyser = {
  id: "bun-lockb",
  version: 1,
  evidence: "declared",
  basenames: ["bun.lockb"],
  maxBytes: bounds.lockfileBytes,
  wants: (path) => !path.includes("node_modules/"),
  analyse: () => ({
    kind: "unreadable",
    code: "contents.lockfile-binary",
    reason: "it is Bun's binary lockfile (bun install --save-text-lockfile writes one that can be read)",
  }),
};

function read(text: string): FileFacts {
  const json = plainJson(text);
  const file = jsonObject(json);
  if (typeof file.lockfileVersion !== "number") throw brokenLockfile("the file", "it states no lockfileVersion");
  const locked = lockedPackages("npm");
  const lines = jsonLines(json, entriesAt("packages"), locked.unread);
  const tree = modules();
  const placed: { readonly module: Module; readonly manifest: JsonObject }[] = [];
  for (const [path, tuple] of fieldsOf(file.packages)) {
    const module = place(tree, path);
    if (!Array.isArray(tuple) || typeof tuple[0] !== "string" || module === undefined) {
      locked.unread(`the package ${path.slice(0, bounds.packageNameLength)} has no place or no tuple`);
      continue;
    }
    const manifest = tuple.find(isObject) ?? {};
    placed.push({ module, manifest });
    const { name, rest } = specifierOf(tuple[0]);
    if (isOwnFolder(rest)) continue;
    // Empty for the usual registry; another one's address alone names no archive.
    const archive = typeof tuple[1] === "string" && tuple[1].includes("/-/") ? tuple[1] : "";
    const contradiction = contradictionIn(name, rest, archive);
    if (contradiction !== undefined)
      locked.unread(`the package ${path.slice(0, bounds.packageNameLength)} ${contradiction}`);
    locked.add(path, {
      name,
      version: rest,
      hashes: hashesOf(tuple.at(-1)),
      fetchedFrom: originIn(rest, tuple[1]),
      line: lines.at("packages", path),
    });
  }
  for (const { module, manifest } of placed) {
    for (const [field, kind] of PACKAGE_FIELDS) {
      for (const name of namesIn(manifest[field])) {
        const found = tree.find(module, name);
        if (found !== undefined) locked.depend(module.key, found.key, kind);
      }
    }
  }
  for (const [, workspace] of fieldsOf(file.workspaces)) {
    if (isObject(workspace)) addRoots(workspace, tree, locked);
  }
  if (tree.exhausted()) locked.unread(`its dependencies need more than ${bounds.dependencySteps} looks to follow`);
  return locked.facts(String(file.lockfileVersion));
}

/** What stands behind the name is a version or the place itself; a registry other than the usual one is next to it. */
function originIn(rest: string, registry: unknown) {
  if (!/^\d/.test(rest)) return npmOrigin(rest);
  const url = textIn(registry) ?? "";
  return npmOrigin(url) === undefined ? undefined : originOf("registry", url);
}

const PACKAGE_FIELDS = [
  ["dependencies", "needed"],
  ["optionalDependencies", "optional"],
  ["peerDependencies", "needed"],
] as const;

const WORKSPACE_FIELDS: readonly (readonly [field: string, usage: Usage])[] = [
  ["dependencies", "runtime"],
  ["peerDependencies", "runtime"],
  ["optionalDependencies", "optional"],
  ["devDependencies", "development"],
];

/** What a workspace needs in another version than the root lies below the workspace's own name. */
function addRoots(workspace: JsonObject, tree: ReturnType<typeof modules>, locked: LockedPackages): void {
  const from = tree.root.below.get(textIn(workspace.name) ?? "") ?? tree.root;
  for (const [field, usage] of WORKSPACE_FIELDS) {
    for (const name of namesIn(workspace[field])) {
      const found = tree.find(from, name);
      if (found !== undefined) locked.root(found.key, usage);
    }
  }
}

/** By the names in `a/@scope/b`; undefined where they are too many. */
function place(tree: ReturnType<typeof modules>, path: string): Module | undefined {
  const parts = path.split("/", formatsBounds.depth * 2);
  let module: Module | undefined = tree.root;
  let key = "";
  for (let index = 0; index < parts.length && module !== undefined; index++) {
    let name = parts[index] ?? "";
    if (name.startsWith("@")) name += `/${parts[++index] ?? ""}`;
    key += key === "" ? name : `/${name}`;
    module = tree.place(module, name, key);
  }
  return module?.key === path ? module : undefined;
}
