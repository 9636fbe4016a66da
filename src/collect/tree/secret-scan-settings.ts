/** Settings of secret scanners that leave out everything (gitleaks, "Configuration", allowlists). */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import type { Gap } from "../../core/evidence.ts";
import { bounds as pipelineBounds } from "../../engines/pipelines/bounds.ts";
import type { Place } from "../../engines/pipelines/model.ts";
import type { TextPosition } from "../../formats/position.ts";
import { tomlTables, tomlText, tomlTexts } from "../../formats/toml/fields.ts";
import { type TomlTable, tomlSections } from "../../formats/toml/read.ts";
import { readBoundedText } from "./text-file.ts";

const FILES = [".gitleaks.toml", "gitleaks.toml", ".github/gitleaks.toml", ".github/.gitleaks.toml"] as const;

export interface SecretScanSettings {
  readonly leftOut: readonly { readonly reason: string; readonly place: Place }[];
  /** Of files that could not be read: whether they leave out everything nobody knows. */
  readonly gaps: readonly Gap[];
}

export function readSecretScanSettings(root: string): SecretScanSettings {
  const leftOut: SecretScanSettings["leftOut"][number][] = [];
  const gaps: Gap[] = [];
  for (const path of FILES) {
    const file = join(root, path);
    // Also a link that leads nowhere: the scanner is told to read it.
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) continue;
    const text = readBoundedText(file, pipelineBounds.pipelineBytes);
    const read = text === undefined ? UNREADABLE : allowlistsOf(text);
    if (typeof read === "string") gaps.push(unreadGap(path, read));
    else if (read.whole !== undefined) {
      const { reason, line } = read.whole;
      leftOut.push({ reason, place: { path, line, column: 1, start: 0, end: 0 } });
    }
  }
  return { leftOut, gaps };
}

const UNREADABLE = `not a text of at most ${pipelineBounds.pipelineBytes} bytes`;

function unreadGap(path: string, why: string): Gap {
  return {
    code: "pipelines.secret-scan-settings",
    reason: `${path} was not read (${why}): whether its allowlists leave out everything is not known`,
  };
}

/** The first of its allowlists that takes everything, or why it cannot be read. */
function allowlistsOf(text: string): { readonly whole?: { readonly reason: string; readonly line: number } } | string {
  try {
    for (const { name, table, line } of tomlSections(text, unread)) {
      const lists = name === "allowlist" ? [table] : name === "allowlists" ? [table, ...tomlTables(table.get(""))] : [];
      const reason = lists.flatMap((list) => whole(list) ?? [])[0];
      if (reason !== undefined) return { whole: { reason, line } };
    }
    return {};
  } catch (error) {
    if (!(error instanceof Unread)) throw error;
    return error.message;
  }
}

class Unread extends Error {}

function unread({ line }: TextPosition, cause: string): Error {
  return new Unread(`line ${line}: ${cause}`);
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
