import {
  isMap,
  placedYamlDocuments,
  type YamlMap,
  type YamlPlaces,
  type YamlValue,
} from "../../../../formats/yaml/texts.ts";
import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { repeatedName } from "../json-lines.ts";
import { type LockedPackage, type LockedPackages, lockedPackages } from "../locked.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";
import { gitOrigin } from "../origin.ts";
import type { Usage } from "../usage.ts";
import { hashesOf } from "./integrity.ts";
import { npmOrigin } from "./origin.ts";
import { contradictionIn } from "./resolved.ts";
import { isOwnFolder, specifierOf } from "./specifier.ts";

/**
 * `pnpm-lock.yaml` of versions 5, 6 and 9 (pnpm/spec, lockfile). Keys of packages carry name, version and the peers
 * they were resolved with: `/a/1.0.0_b@2.0.0` (5), `/a@1.0.0(b@2.0.0)` (6), `a@1.0.0` with the peers in `snapshots` (9).
 * One package with several sets of peers is one. Linked and injected folders are the project's own code; what comes
 * from a repository or an archive has the version that the file states, or else its place.
 *
 * A second document, before the project's, locks what pnpm itself needs to begin: its packages are for development.
 */
export const pnpmLock = lockfile({ id: "pnpm-lock", version: 4, basenames: ["pnpm-lock.yaml"], read });

function read(text: string): FileFacts {
  const locked = lockedPackages("npm");
  const { documents, places } = placedYamlDocuments(text, brokenAt);
  for (const { name, line } of places.repeated) locked.unread(repeatedName(name, line));
  let stated: string | undefined;
  for (const document of documents) {
    stated = scalar(document.get("lockfileVersion"));
    const major = Number.parseInt(stated ?? "", 10);
    if (Number.isNaN(major)) throw brokenLockfile("the file", "it states no lockfileVersion");
    readDocument(document, major, locked, places);
  }
  return locked.facts(stated);
}

function readDocument(document: YamlMap, major: number, locked: LockedPackages, places: YamlPlaces): void {
  const packages = entries(document.get("packages"));
  for (const [key, entry] of packages) {
    const { name, version } = identityIn(key, major);
    const resolution = map(entry.get("resolution"));
    if (resolution?.get("type") === "directory" || resolution?.has("directory") || isOwnFolder(version)) continue;
    const statedVersion = scalar(entry.get("version"));
    // pnpm fetches what the key says from the registry; an archive or a repository is told by its place.
    if (statedVersion !== undefined && statedVersion !== version && /^\d/.test(version)) {
      locked.unread(
        `the package ${key.slice(0, bounds.packageNameLength)} states version ${statedVersion.slice(0, bounds.versionLength)}`,
      );
    }
    const tarball = scalar(resolution?.get("tarball"));
    const contradiction =
      tarball === undefined || !/^\d/.test(version) ? undefined : contradictionIn(name, version, tarball);
    if (contradiction !== undefined)
      locked.unread(`the package ${key.slice(0, bounds.packageNameLength)} ${contradiction}`);
    locked.add(key, {
      name: scalar(entry.get("name")) ?? name,
      version: statedVersion ?? version,
      // Version 9 has no flags: there the ways that lead to a package tell.
      usage: major < FIRST_WITH_SNAPSHOTS ? usageOf(entry) : undefined,
      hashes: hashesOf(resolution?.get("integrity")),
      fetchedFrom: originIn(resolution),
      // Up to version 6; later ones leave it to the package itself.
      installScript: entry.get("requiresBuild") === "true" ? true : undefined,
      line: places.lineOf(entry),
    });
  }

  const snapshots = entries(document.get("snapshots"));
  for (const [key] of snapshots) if (!locked.has(key)) locked.alias(key, withoutPeers(key));
  for (const [key, entry] of snapshots.length > 0 ? snapshots : packages) {
    for (const field of ["dependencies", "optionalDependencies"] as const) {
      for (const [name, version] of map(entry.get(field)) ?? []) {
        const needed = keyOf(locked, name, scalar(version) ?? "");
        if (needed !== undefined) locked.depend(key, needed, field === "dependencies" ? "needed" : "optional");
      }
    }
  }

  // One project stands at the first level before version 9, several have their paths in `importers`.
  const projects = [document, ...entries(document.get("importers")).map(([, project]) => project)];
  for (const project of projects) {
    for (const [field, usage] of PROJECT_FIELDS) {
      for (const [name, stated] of map(project.get(field)) ?? []) {
        const version = isMap(stated) ? scalar(stated.get("version")) : scalar(stated);
        const key = keyOf(locked, name, version ?? "");
        if (key !== undefined) locked.root(key, major < FIRST_WITH_SNAPSHOTS ? undefined : usage);
      }
    }
  }
}

const FIRST_WITH_SNAPSHOTS = 9;

/** A registry's archive has an address only where that does not follow from the name. */
function originIn(resolution: YamlMap | undefined): LockedPackage["fetchedFrom"] {
  const [repository, tarball] = [scalar(resolution?.get("repo")), scalar(resolution?.get("tarball"))];
  return repository === undefined ? npmOrigin(tarball) : gitOrigin(repository, scalar(resolution?.get("commit")) ?? "");
}

const PROJECT_FIELDS: readonly (readonly [field: string, usage: Usage])[] = [
  ["dependencies", "runtime"],
  ["optionalDependencies", "optional"],
  ["devDependencies", "development"],
  ["configDependencies", "development"],
  ["packageManagerDependencies", "development"],
];

/** The key that a dependency's name and stated version mean: an alias states the whole key as its version. */
function keyOf(locked: LockedPackages, name: string, version: string): string | undefined {
  const keys = [`${name}@${version}`, `/${name}@${version}`, `/${name}/${version}`, version, withoutPeers(version)];
  return keys.find((key) => locked.has(key));
}

function withoutPeers(key: string): string {
  const peers = key.indexOf("(");
  return peers < 0 ? key : key.slice(0, peers);
}

function identityIn(key: string, major: number): { readonly name: string; readonly version: string } {
  const bare = withoutPeers(key);
  if (major >= 6) {
    const { name, rest } = specifierOf(bare.startsWith("/") ? bare.slice(1) : bare);
    return { name, version: rest };
  }
  // `/name/version`, or with the registry's host in front; version 5 parts the peers off with an underscore.
  if (/^(?:file|link):/.test(bare)) return { name: "", version: bare };
  const parts = bare.split("/", 4);
  const [scope = "", ...rest] = parts.slice(1);
  const name = scope.startsWith("@") ? `${scope}/${rest[0] ?? ""}` : scope;
  const version = (scope.startsWith("@") ? rest[1] : rest[0]) ?? "";
  return { name, version: version.split("_", 1)[0] ?? "" };
}

function usageOf(entry: YamlMap): Usage {
  if (entry.get("dev") === "true") return "development";
  return entry.get("optional") === "true" ? "optional" : "runtime";
}

function map(value: YamlValue | undefined): YamlMap | undefined {
  return isMap(value) ? value : undefined;
}

/** The entries that are mappings; `a@1.0.0: {}` is one, and so is a key with nothing behind it. */
function entries(value: YamlValue | undefined): [string, YamlMap][] {
  return [...(map(value) ?? [])].map(([key, entry]) => [key, map(entry) ?? NOTHING]);
}

const NOTHING: YamlMap = new Map();

function scalar(value: YamlValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
