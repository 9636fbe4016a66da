import { tomlTable, tomlTables, tomlText, tomlTexts } from "../../../../formats/toml/fields.ts";
import { type TomlTable, type TomlValue, tomlSections } from "../../../../formats/toml/read.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";
import { normalizedName } from "./name.ts";
import { onlyHash } from "./only-hash.ts";
import { type PythonEntry, type PythonNeed, pythonPackages } from "./python-graph.ts";

/**
 * `uv.lock` version 1 ("The lockfile" in uv's documentation). The project and its workspace are entries too, with a
 * `virtual`, `editable` or `directory` source; their extras are optional, their dependency groups for development.
 */
export const uvLock = lockfile({
  id: "uv-lock",
  version: 1,
  basenames: ["uv.lock"],
  read: (text) => pythonPackages(entriesIn(text)),
});

function* entriesIn(text: string): Generator<PythonEntry> {
  let version: TomlValue | undefined;
  for (const { name, table } of tomlSections(text, brokenAt)) {
    if (name === "") version = table.get("version");
    else if (name === "package") yield entryOf(table);
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
    hashes: onlyHash(files.map((file) => tomlText(file.get("hash")))),
    needs: needsOf(table.get("dependencies")),
    extraNeeds: extras,
    groups: [
      ...[...extras.values()].map((needs) => ({ usage: "optional" as const, needs })),
      ...[...groups.values()].map((needs) => ({ usage: "development" as const, needs })),
    ],
  };
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
