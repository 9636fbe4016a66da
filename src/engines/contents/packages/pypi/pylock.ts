import { tomlTable, tomlTables, tomlText } from "../../../../formats/toml/fields.ts";
import { type TomlTable, type TomlValue, tomlSections } from "../../../../formats/toml/read.ts";
import type { PackageRecord } from "../../model.ts";
import { type HashAlgorithm, hexHash } from "../hashes.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";
import { type PythonEntry, pythonPackages } from "./python-graph.ts";

/**
 * `pylock.toml` and `pylock.NAME.toml` ("pylock.toml Specification", formerly PEP 751). A version is optional there:
 * a package from a repository has its commit for one, which is seen as not judged. Folders are the project's own code.
 */
export const pylock = lockfile({
  id: "pylock",
  version: 1,
  extensions: [".toml"],
  wants: (path) => /(?:^|\/)pylock\.(?:[^./]+\.)?toml$/.test(path),
  read: (text) => pythonPackages(entriesIn(text)),
});

function* entriesIn(text: string): Generator<PythonEntry> {
  let version: TomlValue | undefined;
  for (const { name, table } of tomlSections(text, brokenAt)) {
    if (name === "") version = table.get("lock-version");
    else if (name === "packages") yield entryOf(table);
  }
  if (version === undefined) throw brokenLockfile("the file", "it states no lock-version");
}

function entryOf(table: TomlTable): PythonEntry {
  return {
    name: tomlText(table.get("name")),
    version: tomlText(table.get("version")) ?? tomlText(tomlTable(table.get("vcs"))?.get("commit-id")),
    own: table.has("directory"),
    hashes: hashesOf(table),
    needs: tomlTables(table.get("dependencies")).map((need) => ({
      name: tomlText(need.get("name")) ?? "",
      version: tomlText(need.get("version")),
    })),
  };
}

/** Of a package that is distributed as one file. */
function hashesOf(table: TomlTable): PackageRecord["hashes"] {
  const files = [tomlTable(table.get("sdist")), tomlTable(table.get("archive")), ...tomlTables(table.get("wheels"))];
  const [first, ...more] = files.filter((file) => file !== undefined);
  if (more.length > 0) return undefined;
  const stated = tomlTable(first?.get("hashes"));
  const hashes = ALGORITHMS.map((algorithm) => hexHash(algorithm, tomlText(stated?.get(algorithm))).hashes);
  const all = Object.assign({}, ...hashes) as Record<string, string>;
  return Object.keys(all).length === 0 ? undefined : all;
}

const ALGORITHMS: readonly HashAlgorithm[] = ["sha1", "sha256", "sha512"];
