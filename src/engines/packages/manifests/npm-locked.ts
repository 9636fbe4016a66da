/** What the lockfiles of npm's package managers lock for what a project's directory names. */
import { posix } from "node:path";
import { parseJson } from "../../../core/parse-json.ts";
import { isObject } from "../../../core/untyped.ts";
import { isMap, type YamlMap, type YamlValue, yamlDocuments } from "../../../formats/yaml/texts.ts";
import { brokenAt } from "../../contents/packages/lockfile.ts";
import { plainJson } from "../../contents/packages/npm/jsonc.ts";
import { specifierOf } from "../../contents/packages/npm/specifier.ts";

/** What is locked where a project's directory names a package. */
export interface NpmLocked {
  /** Directories with a package.json of their own, from the lockfile's, with `/`; empty for that one. */
  readonly folders: readonly string[];
  /** Names that the lockfile overrides, beside those of the manifests. */
  readonly overridden: ReadonlySet<string>;
  /**
   * Versions that may be meant; `npm:NAME@VERSION` for one that is another package's; empty where none is locked, undefined
   * where that cannot be told, or it is the project's own.
   */
  versions(folder: string, name: string, range: string): readonly string[] | undefined;
  /** What the lockfile says that the manifest of a directory names, with its ranges; absent where it does not say. */
  readonly named?: (folder: string) => Iterable<readonly [name: string, range: string]>;
}

const NONE: ReadonlySet<string> = new Set();

/** Of package-lock.json. Undefined where it is none, as of the formats below. */
export function packageLockLocked(text: string): NpmLocked | undefined {
  const file = jsonIn(text);
  if (!isObject(file)) return undefined;
  const { packages, dependencies } = file;
  if (!isObject(packages)) {
    const all = isObject(dependencies) ? dependencies : {};
    return { folders: [""], overridden: NONE, versions: (_, name) => oldVersions(own(all, name), name) };
  }
  const folders = Object.keys(packages).filter((path) => !`/${path}`.includes("/node_modules/"));
  return {
    folders: [...new Set(["", ...folders])],
    overridden: NONE,
    named: (folder) => rangesIn(own(packages, folder)),
    versions(folder, name) {
      for (let at = folder; ; at = posix.dirname(at)) {
        const inside = at === "" || at === ".";
        const entry = own(packages, `${inside ? "" : `${at}/`}node_modules/${name}`);
        if (isObject(entry)) return entryVersions(entry, name);
        if (inside || at.startsWith("..") || at.startsWith("/")) return [];
      }
    },
  };
}

function jsonIn(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Of an entry that copies a manifest. */
function* rangesIn(entry: unknown): Generator<readonly [name: string, range: string]> {
  for (const list of LISTS) {
    const stated = isObject(entry) ? entry[list] : undefined;
    for (const [name, range] of isObject(stated) ? Object.entries(stated) : []) {
      if (typeof range === "string") yield [name, range];
    }
  }
}

const LISTS = ["dependencies", "devDependencies", "optionalDependencies"] as const;

function own(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function entryVersions(entry: Readonly<Record<string, unknown>>, name: string): readonly string[] | undefined {
  if (entry.link === true || typeof entry.version !== "string") return undefined;
  const real = typeof entry.name === "string" ? entry.name : name;
  return [real === name ? entry.version : `npm:${real}@${entry.version}`];
}

function oldVersions(entry: unknown, name: string): readonly string[] | undefined {
  if (entry === undefined) return [];
  const version = isObject(entry) ? entry.version : undefined;
  if (typeof version !== "string") return undefined;
  if (!version.startsWith("npm:")) return version.includes(":") || version.includes("/") ? undefined : [version];
  const { name: real, rest } = specifierOf(version.slice("npm:".length));
  return [real === name ? rest : version];
}

/** Of yarn.lock of both kinds, line by line: which entry answers `name@range`, and the version that it has. */
export function yarnLocked(text: string): NpmLocked {
  const byPattern = new Map<string, string>();
  const byName = new Map<string, string[]>();
  const folders: string[] = [""];
  const projects = new Set<string>();
  let patterns: string[] = [];
  let version = "";
  const end = (resolution: string): void => {
    const { name: real } = specifierOf(resolution);
    for (const pattern of patterns) {
      const { name, rest } = specifierOf(pattern);
      const other = resolution !== "" && real !== name && !isAlias(rest);
      const shown = other ? `npm:${real}@${version}` : version;
      byPattern.set(pattern, shown);
      if (rest.startsWith("workspace:")) projects.add(name);
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [shown]);
      else known.push(shown);
    }
  };
  let resolution = "";
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    if (!line.startsWith(" ")) {
      end(resolution);
      [version, resolution] = ["", ""];
      patterns = patternsOf(line.trimEnd().replace(/:$/, ""));
    } else if (/^ {2}version:? /.test(line)) version = unquoted(line.replace(/^ {2}version:? /, ""));
    else if (line.startsWith("  resolution: ")) {
      resolution = unquoted(line.slice("  resolution: ".length));
      const workspace = specifierOf(resolution).rest;
      if (workspace.startsWith("workspace:")) folders.push(folderOf(workspace.slice("workspace:".length)));
    }
  }
  end(resolution);
  return {
    folders: [...new Set(folders)],
    overridden: NONE,
    versions(_, name, range) {
      const exact = byPattern.get(`${name}@${range}`) ?? byPattern.get(`${name}@npm:${range}`);
      if (exact !== undefined) return [exact];
      return projects.has(name) ? undefined : (byName.get(name) ?? []);
    },
  };
}

/** `npm:other@^1`, or a place: its name is somebody else's business. */
function isAlias(rest: string): boolean {
  return rest.startsWith("npm:") ? rest.slice("npm:".length).includes("@") : rest.includes(":");
}

function folderOf(path: string): string {
  return path === "." ? "" : posix.normalize(path);
}

function patternsOf(key: string): string[] {
  // Of Yarn 2 all are in one pair of quotes, of Yarn 1 each is in its own.
  return key
    .split(",")
    .map((pattern) => pattern.trim().replace(/^"|"$/g, ""))
    .filter((pattern) => pattern !== "" && pattern !== "__metadata");
}

function unquoted(text: string): string {
  return text.trim().replace(/^"|"$/g, "");
}

/** Of pnpm-lock.yaml: what stands before its packages says which version each project got. */
export function pnpmLocked(text: string): NpmLocked | undefined {
  const cut = text.search(/^packages:/m);
  const documents = yamlDocuments(cut < 0 ? text : text.slice(0, cut), brokenAt);
  const document = documents.at(-1);
  // A file of hooks may change every manifest before it is looked at.
  if (document === undefined || document.has("pnpmfileChecksum")) return undefined;
  const importers = document.get("importers");
  const projects = new Map<string, YamlMap>(
    isMap(importers)
      ? [...importers].flatMap(([path, project]) => (isMap(project) ? [[folderOf(path), project] as const] : []))
      : [["", document]],
  );
  const overrides = document.get("overrides");
  return {
    folders: [...projects.keys()],
    overridden: new Set(isMap(overrides) ? [...overrides.keys()] : []),
    *named(folder) {
      const project = projects.get(folder);
      for (const list of LISTS) {
        const stated = project?.get(list);
        for (const [name, value] of isMap(stated) ? stated : []) {
          const range = isMap(value) ? value.get("specifier") : value;
          if (typeof range === "string") yield [name, range];
        }
      }
    },
    versions(folder, name) {
      const project = projects.get(folder);
      if (project === undefined) return undefined;
      for (const list of LISTS) {
        const stated = valueIn(project.get(list), name);
        const version = isMap(stated) ? stated.get("version") : stated;
        if (typeof version === "string") return pnpmVersions(version);
      }
      return [];
    },
  };
}

function valueIn(value: YamlValue | undefined, name: string): YamlValue | undefined {
  return isMap(value) ? value.get(name) : undefined;
}

/** `1.0.0`, with peers behind it; `/other/1.0.0` and `other@1.0.0` of another package; a place. */
function pnpmVersions(version: string): readonly string[] | undefined {
  const [bare = ""] = version.split(/[(_]/, 1);
  if (/^\d/.test(bare)) return [bare];
  return undefined;
}

/** Of bun.lock. */
export function bunLocked(text: string): NpmLocked | undefined {
  const file = jsonIn(plainJson(text));
  if (!isObject(file) || !isObject(file.packages) || !isObject(file.workspaces)) return undefined;
  const { packages, workspaces } = file;
  const overridden = new Set(isObject(file.overrides) ? Object.keys(file.overrides) : []);
  return {
    folders: Object.keys(workspaces),
    overridden,
    named: (folder) => rangesIn(own(workspaces, folder)),
    versions(folder, name) {
      const workspace = own(workspaces, folder);
      const project = isObject(workspace) && typeof workspace.name === "string" ? workspace.name : "";
      const tuple = own(packages, `${project}/${name}`) ?? own(packages, name);
      if (tuple === undefined) return [];
      const [written] = Array.isArray(tuple) ? (tuple as readonly unknown[]) : [];
      if (typeof written !== "string") return undefined;
      const { name: real, rest } = specifierOf(written);
      if (!/^\d/.test(rest)) return undefined;
      return [real === name ? rest : `npm:${written}`];
    },
  };
}
