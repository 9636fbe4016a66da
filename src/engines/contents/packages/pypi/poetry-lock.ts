import { tomlTable, tomlTables, tomlText, tomlTexts } from "../../../../formats/toml/fields.ts";
import type { TomlTable, TomlValue } from "../../../../formats/toml/read.ts";
import type { PackageOrigin } from "../../model.ts";
import { gitOrigin, originOf as placeOf } from "../origin.ts";
import type { Usage } from "../usage.ts";
import { fileHashes } from "./file-hashes.ts";
import { normalizedName } from "./name.ts";
import { packageTables } from "./package-tables.ts";
import type { PythonEntry, PythonNeed } from "./python-graph.ts";
import { requirementOf } from "./requirement.ts";

/**
 * `poetry.lock`, lock versions 1 and 2 (python-poetry/poetry-core). What is for development stands in `category` (until
 * 1.4) or `groups` (since 2.0) and nowhere in between. Folders (`type = "directory"`) are the project's own code.
 */
export const poetryLock = packageTables({
  id: "poetry-lock",
  version: 2,
  basename: "poetry.lock",
  lockVersion: "lock-version",
  entryOf,
});

function entryOf(table: TomlTable): PythonEntry {
  const source = tomlTable(table.get("source"));
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
    own: tomlText(source?.get("type")) === "directory",
    usage: usageOf(table),
    ...fileHashes(
      tomlTables(table.get("files")).map((file) => ({
        name: tomlText(file.get("file")) ?? tomlText(file.get("url")),
        hash: tomlText(file.get("hash")),
      })),
    ),
    fetchedFrom: originOf(source),
    needs: [...(tomlTable(table.get("dependencies")) ?? [])].flatMap(([name, stated]) => needsOf(name, stated)),
    extraNeeds: extras,
  };
}

/** `type` is `git`, `url`, `file`, or `legacy` for an index; what comes from PyPI states no source. */
function originOf(source: TomlTable | undefined): PackageOrigin | undefined {
  const url = tomlText(source?.get("url"));
  const revision = tomlText(source?.get("resolved_reference"));
  switch (tomlText(source?.get("type"))) {
    case undefined:
      return undefined;
    case "git":
      return url === undefined ? undefined : gitOrigin(url, revision);
    case "url":
      return placeOf("url", url);
    case "file":
      return placeOf("file", url);
    default:
      return placeOf("registry", url);
  }
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
