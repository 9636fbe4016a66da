/** pyproject.toml and Pipfile held against the lockfiles of Poetry, uv, PDM and Pipenv. */
import { posix } from "node:path";
import { tomlTables, tomlText, tomlTexts } from "../../../formats/toml/fields.ts";
import type { TomlTable, TomlValue } from "../../../formats/toml/read.ts";
import { requirementOf } from "../../contents/packages/pypi/requirement.ts";
import { spelledName } from "../changes/versions.ts";
import type { ManifestMismatch } from "../model.ts";
import { inPoetryConstraint, inPythonSpecifiers } from "../ranges/python.ts";
import type { Manifests, ReadLockfile, Unread } from "./read-lockfile.ts";
import { lineNaming, readToml, tableAt } from "./toml.ts";
import { type InRange, mismatchOf, type Want } from "./want.ts";

type PythonWant = Want & { readonly inRange: InRange };

/**
 * What the manifest beside a lockfile wants. Names that a marker, a source of their own or an override decides are left to
 * the package manager, and so is what a list of alternatives wants.
 */
export function pythonMismatches(lockfile: ReadLockfile, manifests: Manifests, unread: Unread): ManifestMismatch[] {
  const name = posix.basename(lockfile.path);
  const manifest = posix.join(posix.dirname(lockfile.path), name === "Pipfile.lock" ? "Pipfile" : "pyproject.toml");
  const text = manifests(manifest);
  if (text === undefined) return [];
  const file = readToml(text);
  if (file === undefined) {
    unread(manifest, "not TOML");
    return [];
  }
  const wants = name === "Pipfile.lock" ? pipfileWants(file) : projectWants(file, name);
  const spelled = (written: string) => spelledName("pypi", written);
  const locked = Map.groupBy(lockfile.packages, (record) => spelled(record.name));
  const own = spelled(tomlText(tableAt(file, "project")?.get("name")) ?? "");
  const seen = new Set<string>();
  const found: ManifestMismatch[] = [];
  for (const want of wants) {
    const key = spelled(want.name);
    // An extra of the project's own stands there under its name.
    if (key === own || seen.has(`${key} ${want.range}`)) continue;
    seen.add(`${key} ${want.range}`);
    const versions = (locked.get(key) ?? []).map(({ version }) => version);
    const mismatch = mismatchOf(
      lockfile.path,
      "pypi",
      { ...want, manifest, mayLack: want.mayLack || !lockfile.complete, line: lineNaming(text, want.name) },
      versions,
      want.inRange,
    );
    if (mismatch !== undefined) found.push(mismatch);
  }
  return found;
}

function want(name: string, range: string, mayLack: boolean, inRange: InRange): PythonWant {
  return { manifest: "", name, range, mayLack, inRange };
}

/** Poetry reads its own tables, and since 2.0 the project's as well; uv and PDM read the project's. */
function* projectWants(file: TomlTable, lockfile: string): Generator<PythonWant> {
  const decided = decidedElsewhere(file);
  const poetry = tableAt(file, "tool", "poetry");
  const project = tableAt(file, "project");
  const isDecided = (name: string) => decided.has(spelledName("pypi", name));
  if (lockfile === "poetry.lock") {
    for (const [name, stated] of poetryTables(poetry)) {
      if (name.toLowerCase() !== "python" && !isDecided(name)) yield* poetryWant(name, stated);
    }
  }
  const lists = [
    project?.get("dependencies"),
    ...(tableAt(project, "optional-dependencies")?.values() ?? []),
    ...(tableAt(file, "dependency-groups")?.values() ?? []),
    ...(lockfile === "uv.lock" ? [tableAt(file, "tool", "uv")?.get("dev-dependencies")] : []),
    ...(lockfile === "pdm.lock" ? (tableAt(file, "tool", "pdm", "dev-dependencies")?.values() ?? []) : []),
  ];
  for (const [index, list] of lists.entries()) {
    for (const text of tomlTexts(list)) {
      const requirement = requirementOf(text.trim());
      if (requirement === undefined || requirement.url !== undefined || isDecided(requirement.name)) continue;
      // PDM locks the groups that it was told to, Poetry those of its own.
      const mayLack = text.includes(";") || (index > 0 && lockfile !== "uv.lock");
      // In Poetry's own table the same name may have a source, and a range of its own.
      if (poetry !== undefined && [...poetryTables(poetry)].some(([name]) => name === requirement.name)) continue;
      yield want(requirement.name, requirement.clauses, mayLack, inPythonSpecifiers);
    }
  }
}

function* poetryTables(poetry: TomlTable | undefined): Generator<[string, TomlValue]> {
  for (const list of ["dependencies", "dev-dependencies"]) yield* tableAt(poetry, list) ?? [];
  for (const group of tableAt(poetry, "group")?.values() ?? []) {
    if (group instanceof Map) yield* tableAt(group, "dependencies") ?? [];
  }
}

const DECIDING = ["git", "path", "url", "file", "markers", "python", "platform", "source"] as const;

function* poetryWant(name: string, stated: TomlValue): Generator<PythonWant> {
  if (typeof stated === "string") yield want(name, stated, false, inPoetryConstraint);
  else if (stated instanceof Map) {
    const range = tomlText(stated.get("version"));
    const conditional = DECIDING.some((key) => stated.has(key));
    if (range !== undefined && !["git", "path", "url", "file"].some((key) => stated.has(key))) {
      yield want(name, range, conditional, inPoetryConstraint);
    }
  }
}

/** Names that have a source of their own, or whose version something else than the requirement settles. */
function decidedElsewhere(file: TomlTable): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (name: string | undefined) => {
    if (name !== undefined) names.add(spelledName("pypi", name));
  };
  const uv = tableAt(file, "tool", "uv");
  for (const name of tableAt(uv, "sources")?.keys() ?? []) add(name);
  for (const text of tomlTexts(uv?.get("override-dependencies"))) add(requirementOf(text.trim())?.name);
  for (const metadata of tomlTables(uv?.get("dependency-metadata"))) add(tomlText(metadata.get("name")));
  for (const name of tableAt(file, "tool", "pdm", "resolution", "overrides")?.keys() ?? []) add(name);
  return names;
}

function* pipfileWants(file: TomlTable): Generator<PythonWant> {
  for (const [section, table] of file) {
    if (["source", "requires", "scripts", "pipenv"].includes(section) || !(table instanceof Map)) continue;
    for (const [name, stated] of table) {
      const range = typeof stated === "string" ? stated : tomlText(tableAt(table, name)?.get("version"));
      if (range === undefined) continue;
      const keys: readonly string[] = stated instanceof Map ? [...stated.keys()] : [];
      if (keys.some((key) => ["git", "path", "file", "ref", "editable"].includes(key))) continue;
      // Markers may stand there under any of their own names: sys_platform, python_version.
      const conditional = keys.some((key) => !["version", "extras", "index"].includes(key));
      yield want(name, range === "*" ? "" : range, conditional, inPythonSpecifiers);
    }
  }
}
