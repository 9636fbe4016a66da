/** gitleaks' allowlists: what of a match, or of a path, makes it none. */

import type { Re2 } from "../../formats/re2/re2.ts";
import { tomlText, tomlTexts } from "../../formats/toml/fields.ts";
import type { TomlTable } from "../../formats/toml/read.ts";

export interface Allowlist {
  readonly paths: readonly Re2[];
  readonly regexes: readonly Re2[];
  /** What the expressions are held against. */
  readonly target: "secret" | "match" | "line";
  /** Lower case. */
  readonly stopwords: readonly string[];
  /** Its conditions hold together; else each alone is enough. */
  readonly all: boolean;
}

export function allowlistOf(table: TomlTable, compile: (text: string) => Re2): Allowlist {
  const target = tomlText(table.get("regexTarget"));
  return {
    paths: tomlTexts(table.get("paths")).map(compile),
    regexes: tomlTexts(table.get("regexes")).map(compile),
    target: target === "match" || target === "line" ? target : "secret",
    stopwords: tomlTexts(table.get("stopwords")).map((word) => word.toLowerCase()),
    all: /^(?:and|&&)$/i.test(tomlText(table.get("condition")) ?? ""),
  };
}

/** Whether a path alone allows all that is in the file. */
export function isPathAllowed(lists: readonly Allowlist[], path: string): boolean {
  return lists.some(({ paths, all, regexes, stopwords }) => {
    // Together with conditions on the text, which a path does not know, it allows nothing by itself.
    if (all && regexes.length + stopwords.length > 0) return false;
    return paths.some((each) => each.find(path, 0) !== undefined);
  });
}

export function isAllowed(lists: readonly Allowlist[], secret: string, match: RegExpExecArray): boolean {
  return lists.some(({ regexes, stopwords, target, all, paths }) => {
    if (all && paths.length > 0) return false;
    const text = target === "secret" ? secret : target === "match" ? match[0] : lineOf(match);
    const byText = regexes.some((each) => each.find(text, 0) !== undefined);
    const byWord = stopwords.some((word) => secret.toLowerCase().includes(word));
    return all && regexes.length > 0 && stopwords.length > 0 ? byText && byWord : byText || byWord;
  });
}

function lineOf({ input, index, 0: whole }: RegExpExecArray): string {
  const end = input.indexOf("\n", index + whole.length);
  return input.slice(input.lastIndexOf("\n", index) + 1, end < 0 ? undefined : end);
}
