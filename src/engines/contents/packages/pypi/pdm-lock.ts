import { tomlTables, tomlText, tomlTexts } from "../../../../formats/toml/fields.ts";
import { type TomlTable, tomlSections } from "../../../../formats/toml/read.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";
import type { Usage } from "../usage.ts";
import { onlyHash } from "./only-hash.ts";
import { type PythonEntry, pythonPackages } from "./python-graph.ts";
import { requirementOf } from "./requirement.ts";

/**
 * `pdm.lock` (pdm-project/pdm, lock format 4). A package with an extra has a second entry, of the same name and
 * version, which brings the extra's dependencies. Of groups other than `default` the file does not tell whether they
 * are extras or for development; `dev` is PDM's own name for the latter.
 */
export const pdmLock = lockfile({
  id: "pdm-lock",
  version: 1,
  basenames: ["pdm.lock"],
  read: (text) => pythonPackages(entriesIn(text)),
});

function* entriesIn(text: string): Generator<PythonEntry> {
  let pdm = false;
  for (const { name, table } of tomlSections(text, brokenAt)) {
    if (name === "package") yield entryOf(table);
    pdm ||= name === "package" || name === "metadata";
  }
  if (!pdm) throw brokenLockfile("the file", "neither packages nor metadata");
}

function entryOf(table: TomlTable): PythonEntry {
  const path = tomlText(table.get("path"));
  return {
    name: tomlText(table.get("name")),
    version: tomlText(table.get("version")),
    own: table.get("editable") === true || (path !== undefined && !/\.(?:whl|zip|tar\.gz|tgz)$/i.test(path)),
    usage: usageOf(tomlTexts(table.get("groups"))),
    hashes: onlyHash(tomlTables(table.get("files")).map((file) => tomlText(file.get("hash")))),
    needs: tomlTexts(table.get("dependencies"))
      .map(requirementOf)
      .filter((need) => need !== undefined),
  };
}

function usageOf(groups: readonly string[]): Usage | undefined {
  if (groups.length === 0) return undefined;
  if (groups.includes("default")) return "runtime";
  return groups.every((group) => group === "dev") ? "development" : "optional";
}
