import { tomlTable, tomlTables, tomlText } from "../../../../formats/toml/fields.ts";
import { type TomlTable, type TomlValue, tomlSections } from "../../../../formats/toml/read.ts";
import type { PackageOrigin } from "../../model.ts";
import { type HashAlgorithm, hexHash } from "../hashes.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";
import { gitOrigin, originOf } from "../origin.ts";
import { fileHashes } from "./file-hashes.ts";
import { type PythonEntry, pythonPackages } from "./python-graph.ts";

/**
 * `pylock.toml` and `pylock.NAME.toml` ("pylock.toml Specification", formerly PEP 751). A version is optional there:
 * a package from a repository has its commit for one, which is seen as not judged. Folders are the project's own code.
 */
export const pylock = lockfile({
  id: "pylock",
  version: 2,
  extensions: [".toml"],
  wants: (path) => /(?:^|\/)pylock\.(?:[^./]+\.)?toml$/.test(path),
  read(text) {
    let version: TomlValue | undefined;
    const entries = entriesIn(text, (stated) => {
      version = stated;
    });
    return pythonPackages({ entries, formatVersion: () => tomlText(version) });
  },
});

function* entriesIn(text: string, tell: (version: TomlValue | undefined) => void): Generator<PythonEntry> {
  let version: TomlValue | undefined;
  for (const { name, table, line, repeated } of tomlSections(text, brokenAt)) {
    if (name === "") {
      version = table.get("lock-version");
      tell(version);
    } else if (name === "packages") yield { ...entryOf(table), line, repeated };
  }
  if (version === undefined) throw brokenLockfile("the file", "it states no lock-version");
}

function entryOf(table: TomlTable): PythonEntry {
  return {
    name: tomlText(table.get("name")),
    version: tomlText(table.get("version")) ?? tomlText(tomlTable(table.get("vcs"))?.get("commit-id")),
    own: table.has("directory"),
    ...hashesOf(table),
    fetchedFrom: originIn(table),
    needs: tomlTables(table.get("dependencies")).map((need) => ({
      name: tomlText(need.get("name")) ?? "",
      version: tomlText(need.get("version")),
    })),
  };
}

/** Of a package that is distributed as one file, all that are stated of it; else one of each file. */
function hashesOf(table: TomlTable): Pick<PythonEntry, "hashes" | "files"> {
  const files = [tomlTable(table.get("sdist")), tomlTable(table.get("archive")), ...tomlTables(table.get("wheels"))];
  const [first, ...more] = files.filter((file) => file !== undefined);
  if (first === undefined) return {};
  if (more.length > 0) {
    return fileHashes(
      [first, ...more].map((file) => ({
        name: tomlText(file.get("name")) ?? tomlText(file.get("url")) ?? tomlText(file.get("path")),
        hash: strongestOf(file),
      })),
    );
  }
  const stated = tomlTable(first.get("hashes"));
  const hashes = ALGORITHMS.map((algorithm) => hexHash(algorithm, tomlText(stated?.get(algorithm))).hashes);
  const all = Object.assign({}, ...hashes) as Record<string, string>;
  return Object.keys(all).length === 0 ? {} : { hashes: all };
}

function strongestOf(file: TomlTable): string | undefined {
  const stated = tomlTable(file.get("hashes"));
  const algorithm = ["sha256", ...ALGORITHMS.toReversed()].find((each) => tomlText(stated?.get(each)) !== undefined);
  return algorithm === undefined ? undefined : `${algorithm}:${tomlText(stated?.get(algorithm))}`;
}

/** `vcs` with its commit, `archive`, or the `index` that the files are from. */
function originIn(table: TomlTable): PackageOrigin | undefined {
  const vcs = tomlTable(table.get("vcs"));
  const repository = tomlText(vcs?.get("url")) ?? tomlText(vcs?.get("path"));
  if (repository !== undefined) return gitOrigin(repository, tomlText(vcs?.get("commit-id")));
  const archive = tomlTable(table.get("archive"));
  return (
    originOf("url", tomlText(archive?.get("url"))) ??
    originOf("file", tomlText(archive?.get("path"))) ??
    originOf("registry", tomlText(table.get("index")))
  );
}

const ALGORITHMS: readonly HashAlgorithm[] = ["md5", "sha1", "sha256", "sha384", "sha512"];
