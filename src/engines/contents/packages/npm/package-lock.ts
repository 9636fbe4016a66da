import { isObject } from "../../../../core/untyped.ts";
import { bounds as formatsBounds } from "../../../../formats/bounds.ts";
import { bounds as ociBounds } from "../../../oci/bounds.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { fieldsOf, type JsonObject, textIn } from "../json.ts";
import { entriesAt, type JsonLines, jsonLines } from "../json-lines.ts";
import type { LockedPackages } from "../locked.ts";
import { lockedPackages } from "../locked.ts";
import { brokenLockfile, jsonObject, lockfile, namesIn } from "../lockfile.ts";
import type { Usage } from "../usage.ts";
import { hashesOf } from "./integrity.ts";
import { type Module, type Modules, modules } from "./modules.ts";
import { npmOrigin } from "./origin.ts";
import { contradictionIn } from "./resolved.ts";
import { isOwnFolder, specifierOf } from "./specifier.ts";

/**
 * `package-lock.json` and `npm-shrinkwrap.json` of versions 1, 2 and 3 (package-lock-json in npm's documentation).
 * Version 2 states everything twice: `packages` counts, as for npm itself. `node_modules/.package-lock.json` has another
 * name and is left to the installed packages beside it.
 *
 * The project's own folders (the root, workspaces, links, `file:` folders) are no packages; what they name is direct. A
 * package from a repository or an archive is one under the version that the file states; version 1 states the place
 * instead, which is kept, so that it is seen as not judged.
 */
export const packageLock = lockfile({
  id: "package-lock",
  version: 3,
  basenames: ["package-lock.json", "npm-shrinkwrap.json"],
  read,
});

function read(text: string): FileFacts {
  const file = jsonObject(text);
  const locked = lockedPackages("npm");
  if (isObject(file.packages)) {
    const lines = jsonLines(text, entriesAt("packages"), locked.unread);
    readPackages(file.packages, locked, lines);
    if (isObject(file.dependencies)) noteOtherHalf(file.packages, file.dependencies, locked);
  } else if (isObject(file.dependencies)) {
    const lines = jsonLines(
      text,
      (path) => (path.length % 2 === 0 || path.at(-1) === "dependencies" ? "places" : "nothing"),
      locked.unread,
    );
    readDependencies(file.dependencies, locked, lines);
  } else if (file.lockfileVersion === undefined) throw brokenLockfile("the file", "it states no lockfileVersion");
  return locked.facts(String(file.lockfileVersion ?? ""));
}

/** Versions 2 and 3: every folder that npm fills, by its path from the root. */
function readPackages(packages: JsonObject, locked: LockedPackages, lines: JsonLines): void {
  const tree = modules();
  const placed: { readonly entry: JsonObject; readonly module: Module; readonly own: boolean }[] = [];
  for (const [path, entry] of Object.entries(packages)) {
    if (!isObject(entry)) {
      locked.unread(`the package at ${path.slice(0, bounds.packageNameLength)} is not an object`);
      continue;
    }
    const parts = `/${path}`.split("/node_modules/");
    const module = path.length > ociBounds.pathBytes ? undefined : placeAll(tree, parts);
    if (module === undefined) {
      locked.unread(`a package lies in a path of ${path.length} characters and ${parts.length} directories`);
      continue;
    }
    const own = parts.length === 1;
    placed.push({ entry, module, own });
    if (own || entry.link === true || isOwnFolder(textIn(entry.resolved) ?? "")) continue;
    // npm writes such an entry for an optional peer that nothing brings.
    if (entry.version === undefined && entry.resolved === undefined) continue;
    noteContradiction(locked, textIn(entry.name) ?? parts.at(-1), entry);
    locked.add(module.key, {
      name: textIn(entry.name) ?? parts.at(-1),
      version: textIn(entry.version),
      licenses: typeof entry.license === "string" ? [entry.license] : [],
      usage: usageOf(entry),
      hashes: hashesOf(entry.integrity),
      fetchedFrom: npmOrigin(textIn(entry.resolved)),
      installScript: entry.hasInstallScript === true ? true : undefined,
      line: lines.at("packages", path),
    });
  }
  for (const { entry, module, own } of placed) {
    for (const field of own ? PROJECT_FIELDS : PACKAGE_FIELDS) {
      for (const name of namesIn(entry[field])) {
        const found = tree.find(module, name);
        if (found === undefined) continue;
        if (own) locked.root(found.key);
        else locked.depend(module.key, found.key, field === "optionalDependencies" ? "optional" : "needed");
      }
    }
  }
  noteExhaustion(tree, locked);
}

const PACKAGE_FIELDS = ["dependencies", "optionalDependencies", "peerDependencies"] as const;
const PROJECT_FIELDS = [...PACKAGE_FIELDS, "devDependencies"] as const;

/** The first part is the project's own folder, which no dependency's name can mean: it begins with a slash. */
function placeAll(tree: Modules, [folder = "", ...names]: readonly string[]): Module | undefined {
  let key = folder;
  let module: Module | undefined = folder === "" || folder === "/" ? tree.root : tree.place(tree.root, folder, key);
  for (const name of names) {
    key += `/node_modules/${name}`;
    module = module === undefined ? undefined : tree.place(module, name, key);
  }
  return module;
}

/** Version 1: what lies in a package's folder is within its entry, and the name of an entry is its folder's. */
function readDependencies(dependencies: JsonObject, locked: LockedPackages, lines: JsonLines): void {
  const tree = modules();
  const placed: { readonly entry: JsonObject; readonly module: Module }[] = [];
  const pending: { readonly dependencies: unknown; readonly around: Module; readonly path: readonly string[] }[] = [
    { dependencies, around: tree.root, path: ["dependencies"] },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [folder, entry] of fieldsOf(next.dependencies)) {
      if (!isObject(entry)) {
        locked.unread(`the package ${folder.slice(0, bounds.packageNameLength)} is not an object`);
        continue;
      }
      const module = tree.place(next.around, folder, String(placed.length));
      if (module === undefined) {
        locked.unread(`packages lie in more than ${formatsBounds.depth} directories within each other`);
        continue;
      }
      placed.push({ entry, module });
      const path = [...next.path, folder];
      pending.push({ dependencies: entry.dependencies, around: module, path: [...path, "dependencies"] });
      const stated = textIn(entry.version) ?? "";
      if (entry.bundled !== true && isOwnFolder(stated)) continue;
      const alias = stated.startsWith("npm:") ? specifierOf(stated.slice("npm:".length)) : undefined;
      // Where the version is a place itself, it is what is installed.
      if (!stated.includes(":") || alias !== undefined) {
        noteContradiction(locked, alias?.name ?? folder, { ...entry, version: alias?.rest ?? stated });
      }
      locked.add(module.key, {
        name: alias?.name ?? folder,
        version: alias?.rest ?? stated,
        usage: usageOf(entry),
        hashes: hashesOf(entry.integrity),
        fetchedFrom: npmOrigin(textIn(entry.resolved)) ?? npmOrigin(alias === undefined ? stated : undefined),
        line: lines.at(...path),
      });
    }
  }
  for (const { entry, module } of placed) {
    for (const name of namesIn(entry.requires)) {
      const found = tree.find(module, name);
      if (found !== undefined) locked.depend(module.key, found.key);
    }
  }
  noteExhaustion(tree, locked);
}

/**
 * In version 2 `dependencies` is for npm 6, which knows nothing else. Hashes that differ are of two packages, and who installs
 * which depends on the program.
 */
function noteOtherHalf(packages: JsonObject, dependencies: JsonObject, locked: LockedPackages): void {
  const pending: { readonly dependencies: unknown; readonly folder: string }[] = [{ dependencies, folder: "" }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.folder.length > ociBounds.pathBytes) continue;
    for (const [name, entry] of fieldsOf(next.dependencies)) {
      if (!isObject(entry)) continue;
      const folder = `${next.folder}node_modules/${name}`;
      const other = packages[folder];
      const [old, current] = [textIn(entry.integrity), isObject(other) ? textIn(other.integrity) : undefined];
      if (old !== undefined && current !== undefined && old !== current) {
        locked.unread(`the package at ${folder.slice(0, bounds.packageNameLength)} has another integrity for npm 6`);
      }
      pending.push({ dependencies: entry.dependencies, folder: `${folder}/` });
    }
  }
}

/** npm installs what `resolved` brings: what stands beside it is then not what is there. */
function noteContradiction(locked: LockedPackages, name: string | undefined, entry: JsonObject): void {
  const [version, resolved] = [textIn(entry.version), textIn(entry.resolved)];
  if (name === undefined || version === undefined || resolved === undefined) return;
  const contradiction = contradictionIn(name, version, resolved);
  if (contradiction !== undefined)
    locked.unread(`the package ${name.slice(0, bounds.packageNameLength)} ${contradiction}`);
}

function noteExhaustion(tree: Modules, locked: LockedPackages): void {
  if (tree.exhausted()) locked.unread(`its dependencies need more than ${bounds.dependencySteps} looks to follow`);
}

/** `devOptional` is needed by both ways, so it may be there in production. */
function usageOf(entry: JsonObject): Usage {
  if (entry.dev === true) return "development";
  return entry.optional === true || entry.devOptional === true ? "optional" : "runtime";
}
