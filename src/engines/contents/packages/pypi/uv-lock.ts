import { tomlTable, tomlTables, tomlText, tomlTexts } from "../../../../formats/toml/fields.ts";
import { type TomlTable, type TomlValue, tomlSections } from "../../../../formats/toml/read.ts";
import type { PackageOrigin } from "../../model.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";
import { gitOrigin, originOf as placeOf } from "../origin.ts";
import { fileHashes } from "./file-hashes.ts";
import { normalizedName } from "./name.ts";
import { type PythonEntry, type PythonNeed, pythonPackages } from "./python-graph.ts";

/**
 * `uv.lock` version 1 ("The lockfile" in uv's documentation). The project and its workspace are entries too, with a
 * `virtual`, `editable` or `directory` source; their extras are optional, their dependency groups for development.
 */
export const uvLock = lockfile({
  id: "uv-lock",
  version: 2,
  basenames: ["uv.lock"],
  read(text) {
    let version: TomlValue | undefined;
    const entries = entriesIn(text, (stated) => {
      version = stated;
    });
    return pythonPackages({ entries, formatVersion: () => (version === undefined ? undefined : String(version)) });
  },
});

function* entriesIn(text: string, tell: (version: TomlValue | undefined) => void): Generator<PythonEntry> {
  let version: TomlValue | undefined;
  for (const { name, table, line, repeated } of tomlSections(text, brokenAt)) {
    if (name === "") {
      version = table.get("version");
      tell(version);
    } else if (name === "package") yield { ...entryOf(table), line, repeated };
  }
  if (version === undefined) throw brokenLockfile("the file", "it states no version of its format");
}

const OWN_SOURCES = ["virtual", "editable", "directory"] as const;

function entryOf(table: TomlTable): PythonEntry {
  const source = tomlTable(table.get("source"));
  const own = OWN_SOURCES.some((kind) => source?.has(kind) === true);
  const extras = needsByName(table.get("optional-dependencies"));
  const groups = needsByName(table.get("dev-dependencies"));
  const sdist = tomlTable(table.get("sdist"));
  const files = [...(sdist === undefined ? [] : [sdist]), ...tomlTables(table.get("wheels"))];
  return {
    name: tomlText(table.get("name")),
    version: tomlText(table.get("version")),
    own,
    ...fileHashes(
      files.map((file) => ({
        name: tomlText(file.get("url")) ?? tomlText(file.get("path")) ?? tomlText(file.get("filename")),
        hash: tomlText(file.get("hash")),
      })),
    ),
    fetchedFrom: originOf(source),
    needs: needsOf(table.get("dependencies")),
    extraNeeds: extras,
    groups: [
      ...[...extras.values()].map((needs) => ({ usage: "optional" as const, needs })),
      ...[...groups.values()].map((needs) => ({ usage: "development" as const, needs })),
    ],
  };
}

/** `{ registry = "https://…" }`, `{ git = "https://…?rev=main#COMMIT" }`, `{ url = "…" }`, `{ path = "a.whl" }`. */
function originOf(source: TomlTable | undefined): PackageOrigin | undefined {
  const git = tomlText(source?.get("git"));
  if (git !== undefined) return gitOrigin(git);
  return (
    placeOf("registry", tomlText(source?.get("registry"))) ??
    placeOf("url", tomlText(source?.get("url"))) ??
    placeOf("file", tomlText(source?.get("path")))
  );
}

function needsByName(value: TomlValue | undefined): Map<string, PythonNeed[]> {
  return new Map([...(tomlTable(value) ?? [])].map(([name, needs]) => [normalizedName(name), needsOf(needs)]));
}

function needsOf(value: TomlValue | undefined): PythonNeed[] {
  return tomlTables(value).map((need) => ({
    name: tomlText(need.get("name")) ?? "",
    version: tomlText(need.get("version")),
    extras: tomlTexts(need.get("extra")),
  }));
}
