import { tomlTables, tomlText, tomlTexts } from "../../../../formats/toml/fields.ts";
import type { TomlTable } from "../../../../formats/toml/read.ts";
import type { PackageOrigin } from "../../model.ts";
import { gitOrigin, originOf as placeOf } from "../origin.ts";
import type { Usage } from "../usage.ts";
import { fileHashes } from "./file-hashes.ts";
import { packageTables } from "./package-tables.ts";
import type { PythonEntry } from "./python-graph.ts";
import { requirementOf } from "./requirement.ts";

/**
 * `pdm.lock` (pdm-project/pdm, lock format 4). A package with an extra has a second entry, of the same name and
 * version, which brings the extra's dependencies. Of groups other than `default` the file does not tell whether they
 * are extras or for development; `dev` is PDM's own name for the latter.
 */
export const pdmLock = packageTables({
  id: "pdm-lock",
  version: 2,
  basename: "pdm.lock",
  lockVersion: "lock_version",
  entryOf,
});

function entryOf(table: TomlTable): PythonEntry {
  const path = tomlText(table.get("path"));
  return {
    name: tomlText(table.get("name")),
    version: tomlText(table.get("version")),
    own: table.get("editable") === true || (path !== undefined && !/\.(?:whl|zip|tar\.gz|tgz)$/i.test(path)),
    usage: usageOf(tomlTexts(table.get("groups"))),
    ...fileHashes(
      tomlTables(table.get("files")).map((file) => ({
        name: tomlText(file.get("file")) ?? tomlText(file.get("url")),
        hash: tomlText(file.get("hash")),
      })),
    ),
    fetchedFrom: originOf(table),
    needs: tomlTexts(table.get("dependencies"))
      .map(requirementOf)
      .filter((need) => need !== undefined),
  };
}

/** `git` with the commit in `revision`, `url`, or the `path` of an archive; what comes from an index states none. */
function originOf(table: TomlTable): PackageOrigin | undefined {
  const git = tomlText(table.get("git"));
  if (git !== undefined) return gitOrigin(git, tomlText(table.get("revision")));
  return placeOf("url", tomlText(table.get("url"))) ?? placeOf("file", tomlText(table.get("path")));
}

function usageOf(groups: readonly string[]): Usage | undefined {
  if (groups.length === 0) return undefined;
  if (groups.includes("default")) return "runtime";
  return groups.every((group) => group === "dev") ? "development" : "optional";
}
