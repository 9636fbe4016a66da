/** Settings of secret scanners that leave out everything (gitleaks, "Configuration", allowlists). */
import { join } from "node:path";
import { bounds as pipelineBounds } from "../../engines/pipelines/bounds.ts";
import type { Place } from "../../engines/pipelines/model.ts";
import { tomlTable, tomlTables, tomlTexts } from "../../formats/toml/fields.ts";
import { type TomlTable, tomlSections } from "../../formats/toml/read.ts";
import { readBoundedText } from "./text-file.ts";

const FILES = [".gitleaks.toml", "gitleaks.toml", ".github/gitleaks.toml", ".github/.gitleaks.toml"] as const;

/** Of one that cannot be read nothing is said: the scanner ends with an error of its own. */
export function secretScansLeftOut(root: string): { readonly reason: string; readonly place: Place }[] {
  return FILES.flatMap((path) => {
    const text = readBoundedText(join(root, path), pipelineBounds.pipelineBytes);
    if (text === undefined) return [];
    try {
      for (const { name, table, line } of tomlSections(text, unread)) {
        const lists =
          name === "allowlist" ? [table] : name === "allowlists" ? [table, ...tomlTables(table.get(""))] : [];
        const reason = lists.flatMap((list) => whole(list) ?? [])[0];
        if (reason !== undefined) return [{ reason, place: { path, line, column: 1, start: 0, end: 0 } }];
      }
    } catch (error) {
      if (!(error instanceof Unread)) throw error;
    }
    return [];
  });
}

class Unread extends Error {}

function unread(): Error {
  return new Unread();
}

function whole(list: TomlTable): string | undefined {
  for (const key of ["paths", "regexes"]) {
    const all = tomlTexts(list.get(key)).find((pattern) => /^\^?\(?\.[*+]\)?\$?$/.test(pattern));
    if (all !== undefined && tomlTable(list.get("condition")) === undefined)
      return `${key} of its allowlist has ${all}`;
  }
  return undefined;
}
