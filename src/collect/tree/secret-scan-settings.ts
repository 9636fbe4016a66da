/** Settings of secret scanners that leave out everything (gitleaks, "Configuration", allowlists). */
import { join } from "node:path";
import { bounds as pipelineBounds } from "../../engines/pipelines/bounds.ts";
import type { Place } from "../../engines/pipelines/model.ts";
import { tomlTables, tomlText, tomlTexts } from "../../formats/toml/fields.ts";
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

/** What has to fit for a finding to be left out; the first two are patterns. */
const CRITERIA = ["paths", "regexes", "commits", "stopwords"] as const;

/** Any of the criteria that are stated is enough, unless `condition` is AND; `targetRules` limit a list to some of the rules. */
function whole(list: TomlTable): string | undefined {
  if (tomlTexts(list.get("targetRules")).length > 0) return undefined;
  const stated = CRITERIA.flatMap((key) => {
    const values = tomlTexts(list.get(key));
    const isPattern = key === "paths" || key === "regexes";
    return values.length === 0 ? [] : [{ key, all: isPattern ? values.find(fitsAll) : undefined }];
  });
  const [first] = stated.filter(({ all }) => all !== undefined);
  const takesAll = /^(?:and|&&)$/i.test(tomlText(list.get("condition")) ?? "");
  if (first === undefined || (takesAll && stated.some(({ all }) => all === undefined))) return undefined;
  return `${first.key} of its allowlist has ${first.all}`;
}

function fitsAll(pattern: string): boolean {
  return /^\^?\(?\.[*+]\??\)?\$?$|^\.$/.test(pattern);
}
