/**
 * Rules in gitleaks' TOML form: `[[rules]]` with id, description, regex, secretGroup, entropy, keywords, path and
 * allowlists, `[allowlist]`, and `[extend]`. What of a file is not used is said.
 */

import { readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { append } from "../../core/append.ts";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import type { SecretRule } from "../../engines/secrets/rule.ts";
import { compileRe2, type Re2 } from "../../formats/re2/re2.ts";
import { tomlNumber, tomlTable, tomlTables, tomlText, tomlTexts } from "../../formats/toml/fields.ts";
import { type TomlTable, type TomlValue, tomlSections } from "../../formats/toml/read.ts";
import { type Allowlist, allowlistOf, isAllowed, isPathAllowed } from "./allowlist.ts";
import { bounds } from "./bounds.ts";

export interface LoadedRules {
  readonly rules: readonly SecretRule[];
  /** What was left out, one sentence each. */
  readonly notes: readonly string[];
}

/** Files that extend files. */
const DEEPEST = 2;
/** Bytes around a keyword that a loaded rule's match may lie in. */
const BEFORE = 256;
const AFTER = 1_024;

/** @throws Problem (usage) where a file cannot be read or a rule in it is broken */
export function loadGitleaksRules(files: readonly string[], told: (text: string) => void = () => {}): LoadedRules {
  const rules: SecretRule[] = [];
  const notes: string[] = [];
  for (const file of files) {
    const loaded = loadFile(file, 0, told);
    append(rules, loaded.rules);
    append(notes, loaded.notes);
  }
  return { rules, notes };
}

/**
 * The rules of a text that a policy names. Another file that it extends is not read: the text may be of the tree under
 * review, which has no say in what else of the machine is opened.
 *
 * @param name - the file's, for messages
 * @throws Problem (usage) where a rule in it is broken
 */
export function gitleaksRulesOf(name: string, text: string): LoadedRules {
  return rulesIn(
    name,
    sectionsOf(name, () => text),
    (base) => ({
      rules: [],
      notes: [`${name} extends ${base}, which is not read: name it in the policy's secrets.rules`],
    }),
  );
}

function loadFile(file: string, depth: number, told: (text: string) => void): LoadedRules {
  const sections = sectionsOf(file, () => {
    if (statSync(file).size > bounds.secretRulesBytes) throw wrong(file, "too large for a file of rules");
    const text = readFileSync(file, "utf8");
    told(text);
    return text;
  });
  return rulesIn(file, sections, (base) => {
    if (depth >= DEEPEST) throw wrong(file, `more than ${DEEPEST} files extend one another`);
    return loadFile(isAbsolute(base) ? base : join(dirname(file), base), depth + 1, told);
  });
}

/** @param extended - loads what the file extends */
function rulesIn(file: string, sections: readonly Section[], extended: (base: string) => LoadedRules): LoadedRules {
  const one = (name: string) => sections.find((section) => section.name === name)?.table;
  const lists = sections.filter(({ name }) => name === "allowlist" || name === "allowlists");
  const global = lists.map(({ table }) => allowlistOf(table, (text) => expressionOf(text, `${file}, allowlist`)));
  const notes: string[] = [];
  const rules: SecretRule[] = [];
  const extend = one("extend");
  const base = extend === undefined ? undefined : tomlText(extend.get("path"));
  const disabled = new Set(extend === undefined ? [] : tomlTexts(extend.get("disabledRules")));
  if (base !== undefined) {
    const loaded = extended(base);
    append(
      rules,
      loaded.rules.filter(({ id }) => !disabled.has(id)),
    );
    append(notes, loaded.notes);
  }
  const tables = sections.filter(({ name }) => name === "rules").map(({ table }) => table);
  if (tables.length > bounds.secretRules) throw wrong(file, `more than ${bounds.secretRules} rules`);
  for (const table of tables) {
    const made = ruleOf(table, { lists: global, definition: JSON.stringify(plainOf(lists)) }, file);
    if (typeof made === "string") notes.push(made);
    else rules.push(made);
  }
  return { rules, notes };
}

/** A sentence where the rule is left out. */
function ruleOf(
  table: TomlTable,
  global: { readonly lists: readonly Allowlist[]; readonly definition: string },
  file: string,
): SecretRule | string {
  const id = tomlText(table.get("id"));
  if (id === undefined) throw wrong(file, "a rule has no id");
  const place = `${file}, rule ${id}`;
  const regex = tomlText(table.get("regex"));
  if (regex === undefined) return `${place} is left out: no regex, and names of files alone are no secrets`;
  const expression = expressionOf(regex, place);
  const keywords = keywordsOf(table, regex);
  if (keywords.length === 0) return `${place} is left out: no keyword of three letters, and no fixed text`;
  const path = tomlText(table.get("path"));
  const pathExpression = path === undefined ? undefined : expressionOf(path, place);
  const single = tomlTable(table.get("allowlist"));
  const own = [...tomlTables(table.get("allowlists")), ...(single === undefined ? [] : [single])].map((each) =>
    allowlistOf(each, (text) => expressionOf(text, place)),
  );
  const allowlists = [...global.lists, ...own];
  const entropy = tomlNumber(table.get("entropy"));
  const group = tomlNumber(table.get("secretGroup"));
  return {
    id,
    title: tomlText(table.get("description")) ?? id,
    keywords,
    pattern: NEVER,
    expression,
    ...(group === undefined || group === 0 ? {} : { group }),
    ...(entropy === undefined || entropy === 0 ? {} : { minEntropy: entropy }),
    before: BEFORE,
    after: AFTER,
    confidence: "medium",
    severity: "high",
    paths: (each) =>
      (pathExpression === undefined || pathExpression.find(each, 0) !== undefined) && !isPathAllowed(allowlists, each),
    validate: (secret, match) => (isAllowed(allowlists, secret, match) ? "invalid" : "unsure"),
    definition: `${JSON.stringify(plainOf(table))} ${global.definition}`,
    reference: "https://github.com/gitleaks/gitleaks#configuration",
  };
}

/** Tables as lists of their entries, which JSON can hold. */
function plainOf(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(plainOf);
  if (Array.isArray(value)) return value.map(plainOf);
  return typeof value === "object" && value !== null ? Object.entries(value).map(plainOf) : value;
}

const NEVER = /(?!)/;
const SHORTEST_KEYWORD = 3;

function keywordsOf(table: TomlTable, regex: string): string[] {
  const stated = tomlTexts(table.get("keywords")).filter(
    (each) => each.length >= SHORTEST_KEYWORD && /^[\x20-\x7e]+$/.test(each),
  );
  if (stated.length > 0 || tomlTexts(table.get("keywords")).length > 0) return stated;
  const fixed = fixedText(regex);
  return fixed === undefined ? [] : [fixed];
}

/** Whether a `|` stands somewhere between two parentheses. */
function hasGroupedBar(regex: string): boolean {
  const bar = regex.indexOf("|", regex.indexOf("("));
  return regex.includes("(") && bar !== -1 && regex.indexOf(")", bar) !== -1;
}

/** The longest text that every match has in it: letters that stand in no group, class or alternative. */
function fixedText(regex: string): string | undefined {
  if (regex.includes("|") && !hasGroupedBar(regex)) return undefined;
  let depth = 0;
  let run = "";
  let longest = "";
  for (let i = 0; i < regex.length; i++) {
    const character = regex[i] ?? "";
    if (character === "|" && depth === 0) return undefined;
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    const next = regex[i + 1] ?? "";
    const plain = depth === 0 && /[\w-]/.test(character) && !/[*?{+]/.test(next);
    run = plain ? run + character : "";
    if (character === "[") i = Math.max(i, regex.indexOf("]", i + 2));
    if (character === "{") i = Math.max(i, regex.indexOf("}", i));
    if (character === "\\") i += 1;
    if (run.length > longest.length) longest = run;
  }
  return longest.length >= SHORTEST_KEYWORD ? longest : undefined;
}

function expressionOf(source: string, place: string): Re2 {
  try {
    return compileRe2(source);
  } catch (error) {
    throw wrong(place, `${JSON.stringify(source)} is not an expression: ${(error as Error).message}`);
  }
}

interface Section {
  readonly name: string;
  readonly table: ReadonlyMap<string, TomlValue>;
}

function sectionsOf(file: string, read: () => string): Section[] {
  try {
    return [...tomlSections(read(), ({ line }, cause) => wrong(file, `line ${line}: ${cause}`))];
  } catch (error) {
    if (error instanceof Problem && error.code === "secrets.rules") throw error;
    throw wrong(file, systemCause(error));
  }
}

function wrong(place: string, cause: string): Problem {
  return new Problem({ kind: "usage", code: "secrets.rules", place, cause });
}
