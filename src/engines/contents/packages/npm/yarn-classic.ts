import { parseJson } from "../../../../core/parse-json.ts";
import type { FileFacts } from "../../model.ts";
import { hexHash } from "../hashes.ts";
import { repeatedName } from "../json-lines.ts";
import { lockedPackages } from "../locked.ts";
import { brokenLockfile } from "../lockfile.ts";
import { hashesOf } from "./integrity.ts";
import { npmOrigin } from "./origin.ts";
import { contradictionIn, otherName } from "./resolved.ts";
import { isOwnFolder, specifierOf } from "./specifier.ts";

/** One entry: every range that was asked for, and the package that answers them all. */
interface Entry {
  /** Of its first line, from 1. */
  readonly line: number;
  readonly patterns: readonly string[];
  readonly fields: Map<string, string>;
  readonly needs: { readonly pattern: string; readonly optional: boolean }[];
  fault?: string;
}

/**
 * Yarn 1's own format (yarnpkg/lockfile): an entry's key lists the ranges that it answers, its fields are indented by
 * two, its dependencies by four. It tells neither what the project names nor what is for development. Folders of the
 * project (`file:`, `link:`) are no packages; an entry is named for the package that its archive is of, whatever asked for
 * it; what comes from a repository has the version that its manifest stated.
 */
export function readYarnClassic(text: string): FileFacts {
  const locked = lockedPackages("npm");
  const entries = [...entriesIn(text, locked.unread)];
  for (const { line, patterns, fields, fault } of entries) {
    if (fault !== undefined) {
      locked.unread(`the entry at line ${line} ${fault}`);
      continue;
    }
    const [first = ""] = patterns;
    const { name, rest } = specifierOf(first);
    if (!fields.has("resolved") && isOwnFolder(rest)) continue;
    const version = fields.get("version");
    const asked = rest.startsWith("npm:") ? specifierOf(rest.slice("npm:".length)).name : name;
    const real = otherName(asked, version ?? "", fields.get("resolved") ?? "") ?? asked;
    const contradiction =
      version === undefined ? undefined : contradictionIn(real, version, fields.get("resolved") ?? "");
    if (contradiction !== undefined) locked.unread(`the entry at line ${line} ${contradiction}`);
    const resolved = fields.get("resolved");
    locked.add(first, {
      name: real,
      version,
      hashes: hashesIn(fields.get("integrity"), resolved),
      fetchedFrom: npmOrigin(resolved),
      line,
    });
    for (const other of patterns.slice(1)) locked.alias(other, first);
  }
  for (const { patterns, needs } of entries) {
    for (const { pattern, optional } of needs) {
      locked.depend(patterns[0] ?? "", pattern, optional ? "optional" : "needed");
    }
  }
  return locked.facts("1");
}

/** Behind `#` of an archive's address stands its SHA-1, all that there was before `integrity`. */
function hashesIn(integrity: string | undefined, resolved: string | undefined) {
  const hash = resolved?.indexOf("#") ?? -1;
  const sha1 = hash < 0 || !resolved?.startsWith("http") ? undefined : resolved.slice(hash + 1);
  const stated = /\.git#/.test(resolved ?? "") ? undefined : hexHash("sha1", sha1).hashes;
  const hashes = hashesOf(integrity);
  return stated === undefined ? hashes : { ...stated, ...hashes };
}

const DEPENDENCIES: ReadonlyMap<string, boolean> = new Map([
  ["dependencies", false],
  ["optionalDependencies", true],
]);

function* entriesIn(text: string, unread: (sentence: string) => void): Generator<Entry> {
  let entry: Entry | undefined;
  /** Whether the lines indented by four are optional dependencies; undefined where they are of another list. */
  let optional: boolean | undefined;
  let line = 0;
  let start = 0;
  while (start < text.length) {
    line += 1;
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const content = text.slice(start, end).trimEnd();
    start = end + 1;
    const words = content.trimStart();
    const indent = content.length - words.length;
    if (words === "" || words[0] === "#") continue;
    if (MERGE_MARKERS.some((marker) => content.startsWith(marker))) {
      throw brokenLockfile(`line ${line}`, "the marks of an unfinished merge");
    }
    if (indent === 0) {
      if (entry !== undefined) yield entry;
      const patterns = content.endsWith(":") ? patternsOf(content.slice(0, -1)) : undefined;
      entry = { line, patterns: patterns ?? [], fields: new Map(), needs: [] };
      if (patterns === undefined || patterns.length === 0) entry.fault = "has no list of ranges";
      optional = undefined;
    } else if (entry === undefined) {
      unread(`line ${line} belongs to no entry`);
    } else if (words.endsWith(":")) {
      optional = DEPENDENCIES.get(words.slice(0, -1));
    } else {
      const pair = pairOf(words);
      if (pair === undefined) entry.fault ??= `has no field in line ${line}`;
      else if (indent <= FIELD_INDENT) {
        if (entry.fields.has(pair[0])) unread(repeatedName(pair[0], line));
        entry.fields.set(pair[0], pair[1]);
      } else if (optional !== undefined) entry.needs.push({ pattern: `${pair[0]}@${pair[1]}`, optional });
    }
  }
  if (entry !== undefined) yield entry;
}

const FIELD_INDENT = 2;
const MERGE_MARKERS = ["<<<<<<<", "=======", ">>>>>>>"] as const;

/** `a@^1, "b@>=1 <2"`: quoted where they have white space or marks. */
function patternsOf(list: string): string[] | undefined {
  const patterns: string[] = [];
  let rest = list;
  while (rest !== "") {
    const word = wordAt(rest, ",");
    if (word === undefined) return undefined;
    patterns.push(word.value);
    const behind = rest.slice(word.end).trimStart();
    if (behind === "") return patterns;
    if (behind[0] !== ",") return undefined;
    rest = behind.slice(1).trimStart();
  }
  return undefined;
}

/** `version "1.0.0"`, `"@s/a" "^1"`, `integrity sha512-…` */
function pairOf(words: string): [string, string] | undefined {
  const key = wordAt(words, " ");
  if (key === undefined) return undefined;
  const rest = words.slice(key.end).trimStart();
  if (rest === "") return undefined;
  const value = rest[0] === '"' ? wordAt(rest, " ") : { value: rest };
  return value === undefined ? undefined : [key.value, value.value];
}

/** A JSON string, or what stands before a mark. */
function wordAt(text: string, mark: string): { readonly value: string; readonly end: number } | undefined {
  if (text[0] !== '"') {
    const at = text.indexOf(mark);
    const end = at < 0 ? text.length : at;
    return { value: text.slice(0, end).trimEnd(), end };
  }
  let end = 1;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  if (end >= text.length) return undefined;
  const raw = text.slice(1, end);
  if (!raw.includes("\\")) return { value: raw, end: end + 1 };
  try {
    return { value: String(parseJson(`"${raw}"`)), end: end + 1 };
  } catch {
    return undefined;
  }
}
