import { tomlTable, tomlTables, tomlText, tomlTexts } from "../../../../formats/toml/fields.ts";
import { type TomlTable, type TomlValue, tomlSections } from "../../../../formats/toml/read.ts";
import { brokenAt, brokenLockfile, lockfile } from "../lockfile.ts";
import type { Usage } from "../usage.ts";
import { normalizedName } from "./name.ts";
import { onlyHash } from "./only-hash.ts";
import { type PythonEntry, type PythonNeed, pythonPackages } from "./python-graph.ts";
import { requirementOf } from "./requirement.ts";

/**
 * `poetry.lock`, lock versions 1 and 2 (python-poetry/poetry-core). What is for development stands in `category` (until
 * 1.4) or `groups` (since 2.0) and nowhere in between. Folders (`type = "directory"`) are the project's own code.
 */
export const poetryLock = lockfile({
  id: "poetry-lock",
  version: 1,
  basenames: ["poetry.lock"],
  read: (text) => pythonPackages(entriesIn(text)),
});

function* entriesIn(text: string): Generator<PythonEntry> {
  let poetry = false;
  for (const { name, table } of tomlSections(text, brokenAt)) {
    if (name === "package") yield entryOf(table);
    poetry ||= name === "package" || name === "metadata";
  }
  if (!poetry) throw brokenLockfile("the file", "neither packages nor metadata");
}

function entryOf(table: TomlTable): PythonEntry {
  const source = tomlText(tomlTable(table.get("source"))?.get("type"));
  const extras = new Map<string, PythonNeed[]>();
  for (const [extra, needs] of tomlTable(table.get("extras")) ?? []) {
    extras.set(
      normalizedName(extra),
      tomlTexts(needs)
        .map(requirementOf)
        .filter((need) => need !== undefined),
    );
  }
  return {
    name: tomlText(table.get("name")),
    version: tomlText(table.get("version")),
    own: source === "directory",
    usage: usageOf(table),
    hashes: onlyHash(tomlTables(table.get("files")).map((file) => tomlText(file.get("hash")))),
    needs: [...(tomlTable(table.get("dependencies")) ?? [])].flatMap(([name, stated]) => needsOf(name, stated)),
    extraNeeds: extras,
  };
}

/** `">=1"`, `{version = ">=1", extras = ["a"]}`, or several of those for different markers. */
function needsOf(name: string, stated: TomlValue): PythonNeed[] {
  const several = Array.isArray(stated) ? stated : [stated];
  return several.flatMap((one) => {
    const table = tomlTable(one);
    // It comes with an extra alone: what asks for the extra leads to it.
    if (table?.get("optional") === true) return [];
    return [{ name, extras: tomlTexts(table?.get("extras")) }];
  });
}

function usageOf(table: TomlTable): Usage | undefined {
  const category = tomlText(table.get("category"));
  const groups = tomlTexts(table.get("groups"));
  if ((category !== undefined && category !== "main") || (groups.length > 0 && !groups.includes("main"))) {
    return "development";
  }
  if (table.get("optional") === true) return "optional";
  return category === undefined && groups.length === 0 ? undefined : "runtime";
}
