/** What a project names itself, where its lockfile does not tell. */
import { posix } from "node:path";
import { parseJson } from "../../../core/parse-json.ts";
import { isObject } from "../../../core/untyped.ts";
import { tomlTexts } from "../../../formats/toml/fields.ts";
import type { TomlTable } from "../../../formats/toml/read.ts";
import type { PackageRecord } from "../../contents/model.ts";
import { specifierOf } from "../../contents/packages/npm/specifier.ts";
import { requirementOf } from "../../contents/packages/pypi/requirement.ts";
import { spelledName } from "../changes/versions.ts";
import { packageLockLocked, yarnLocked } from "./npm-locked.ts";
import { readPackageJson } from "./package-json.ts";
import type { Manifests, ReadLockfile } from "./read-lockfile.ts";
import { readToml, tableAt } from "./toml.ts";

type IsDirect = (record: PackageRecord) => boolean;

/**
 * The records with `direct` as the manifest beside the lockfile says; the same ones where the lockfile itself tells, there
 * is no manifest, or nobody can tell which manifests the project has.
 */
export function withDirect(lockfile: ReadLockfile, manifests: Manifests): readonly PackageRecord[] {
  const { packages } = lockfile;
  if (packages.length === 0 || packages.some(({ direct }) => direct !== undefined)) return packages;
  const isDirect = judgeOf(lockfile, (name) => manifests(posix.join(posix.dirname(lockfile.path), name)));
  return isDirect === undefined ? packages : packages.map((record) => ({ ...record, direct: isDirect(record) }));
}

/** @param beside - the text of a file of the lockfile's directory */
function judgeOf(lockfile: ReadLockfile, beside: Manifests): IsDirect | undefined {
  switch (posix.basename(lockfile.path)) {
    case "yarn.lock":
    case "package-lock.json":
    case "npm-shrinkwrap.json":
      return ofNpm(lockfile, beside("package.json"));
    case "composer.lock":
      return ofComposer(beside("composer.json"));
    case "Pipfile.lock":
      return ofPython(beside("Pipfile"), pipfileNames);
    case "poetry.lock":
    case "pdm.lock":
      return ofPython(beside("pyproject.toml"), projectNames);
    default:
      return undefined;
  }
}

/** Of several versions of a name the one that answers the manifest's range. */
function ofNpm({ path, text }: ReadLockfile, manifest: string | undefined): IsDirect | undefined {
  const own = manifest === undefined ? undefined : readPackageJson(path, manifest);
  // The packages of workspaces have manifests of their own, which these lockfiles do not name.
  if (own === undefined || own.workspaces) return undefined;
  const locked = path.endsWith("yarn.lock") ? yarnLocked(text) : packageLockLocked(text);
  const direct = new Set<string>();
  for (const { name, range } of own.wants) {
    const real = range.startsWith("npm:") ? specifierOf(range.slice("npm:".length)).name : name;
    for (const version of locked?.versions("", name, range) ?? []) {
      const other = version.startsWith("npm:") ? specifierOf(version.slice("npm:".length)) : undefined;
      direct.add(other === undefined ? `${real} ${version}` : `${other.name} ${other.rest}`);
    }
  }
  return ({ name, version }) => direct.has(`${name} ${version}`);
}

function ofComposer(text: string | undefined): IsDirect | undefined {
  let manifest: unknown;
  try {
    manifest = text === undefined ? undefined : parseJson(text);
  } catch {
    return undefined;
  }
  if (!isObject(manifest)) return undefined;
  const names = new Set<string>();
  for (const list of [manifest.require, manifest["require-dev"]]) {
    for (const name of isObject(list) ? Object.keys(list) : []) names.add(name.toLowerCase());
  }
  return ({ name }) => names.has(name.toLowerCase());
}

function ofPython(text: string | undefined, namesIn: (file: TomlTable) => Iterable<string>): IsDirect | undefined {
  const file = text === undefined ? undefined : readToml(text);
  if (file === undefined) return undefined;
  const names = new Set<string>();
  for (const name of namesIn(file)) names.add(spelledName("pypi", name));
  return ({ type, name }) => names.has(spelledName(type, name));
}

function* pipfileNames(file: TomlTable): Generator<string> {
  for (const [section, table] of file) {
    if (!["source", "requires", "scripts", "pipenv"].includes(section) && table instanceof Map) yield* table.keys();
  }
}

function* projectNames(file: TomlTable): Generator<string> {
  const poetry = tableAt(file, "tool", "poetry");
  for (const list of ["dependencies", "dev-dependencies"]) yield* tableAt(poetry, list)?.keys() ?? [];
  for (const group of tableAt(poetry, "group")?.keys() ?? []) {
    yield* tableAt(poetry, "group", group, "dependencies")?.keys() ?? [];
  }
  const lists = [
    tableAt(file, "project")?.get("dependencies"),
    ...(tableAt(file, "project", "optional-dependencies")?.values() ?? []),
    ...(tableAt(file, "dependency-groups")?.values() ?? []),
    ...(tableAt(file, "tool", "pdm", "dev-dependencies")?.values() ?? []),
  ];
  for (const text of lists.flatMap(tomlTexts)) {
    const name = requirementOf(text.trim())?.name;
    if (name !== undefined) yield name;
  }
}
