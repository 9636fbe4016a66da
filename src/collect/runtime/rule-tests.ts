/** Tests of rules: which must fire on which events, and which must not (docs/runtime-rules.md). */
import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LineCounter } from "yaml";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { isObject } from "../../core/untyped.ts";
import { libraryDocument } from "../../formats/yaml/library.ts";
import { readNamedText } from "../named/named-text.ts";
import { bounds } from "./bounds.ts";

export interface RuleTestFile {
  readonly name: string;
  /** Rule files that it names, as paths; none: those of the caller. */
  readonly rules: readonly string[];
  readonly tests: readonly RuleTest[];
}

export interface RuleTest {
  readonly name: string;
  /** `rules/tests/shells.yaml:12`. */
  readonly place: string;
  /** Objects of event lines or of audit events, in order. */
  readonly events: readonly unknown[];
  /** A file of events, as a path. */
  readonly capture?: string;
  /** Rule → how often; undefined: at least once. */
  readonly fires: ReadonlyMap<string, number | undefined>;
  /** `others`: none but those that must fire. */
  readonly silent: readonly string[] | "others";
}

const kind = {
  code: "rules",
  option: "the file of tests",
  example: "tests.yaml",
  bytes: bounds.ruleTestBytes,
} as const;

/**
 * @param places - files, or directories of them
 * @throws Problem (usage) that names file and line
 */
export async function readRuleTests(places: readonly string[]): Promise<RuleTestFile[]> {
  const files: RuleTestFile[] = [];
  for (const path of places.flatMap(filesAt))
    files.push(parseRuleTests(await readNamedText(path, process.cwd(), kind), path));
  return files;
}

function filesAt(place: string): string[] {
  try {
    if (statSync(place).isDirectory() !== true) return [place];
    const names = readdirSync(place).filter((name) => /\.ya?ml$/.test(name));
    if (names.length === 0 || names.length > bounds.ruleFolderEntries)
      throw wrong(place, names.length === 0 ? "no .yaml files" : "too many files");
    return names.sort().map((name) => join(place, name));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw wrong(place, systemCause(error));
  }
}

/** @throws Problem (usage) */
export function parseRuleTests(text: string, name: string): RuleTestFile {
  const lineCounter = new LineCounter();
  const document = libraryDocument(text, { lineCounter });
  if (document === undefined) throw wrong(name, "nested too deeply");
  const [error] = document.errors;
  if (error !== undefined) throw wrong(`${name}:${lineCounter.linePos(error.pos[0]).line}`, error.message);
  let whole: unknown;
  try {
    whole = document.toJS({ maxAliasCount: 100 });
  } catch {
    throw wrong(name, "too many aliases");
  }
  const isList = Array.isArray(whole);
  const list = isList ? whole : isObject(whole) ? whole.tests : undefined;
  if (!Array.isArray(list))
    throw wrong(name, "neither a list of tests nor a mapping with one", "see docs/runtime-rules.md");
  if (list.length > bounds.ruleTests) throw wrong(name, `more than ${bounds.ruleTests} tests`);
  if (!isList) onlyKeys(whole as object, ["rules", "tests"], name);
  const lineOf = (at: number): number => {
    const node = document.getIn(isList ? [at] : ["tests", at], true) as
      | { readonly range?: readonly number[] }
      | undefined;
    return node?.range === undefined ? 1 : lineCounter.linePos(node.range[0] ?? 0).line;
  };
  const beside = (path: string) => resolve(dirname(name), path);
  return {
    name,
    rules: isList ? [] : texts((whole as { rules?: unknown }).rules, `${name}: rules`).map(beside),
    tests: list.map((test, at) => testOf(test, `${name}:${lineOf(at)}`, beside)),
  };
}

const KEYS = ["name", "events", "capture", "fires", "silent"];

function testOf(test: unknown, place: string, beside: (path: string) => string): RuleTest {
  if (!isObject(test)) throw wrong(place, "not a mapping");
  onlyKeys(test, KEYS, place);
  const { name, events = [], capture, fires = [], silent = [] } = test;
  if (typeof name !== "string" || name === "") throw wrong(place, "a test has no name");
  if (!Array.isArray(events)) throw wrong(place, "events is not a list");
  if (capture !== undefined && typeof capture !== "string") throw wrong(place, "capture is not a path");
  if ((events.length === 0) === (capture === undefined)) throw wrong(place, "a test has either events or a capture");
  const expected = firesOf(fires, place);
  const none = silent === "others" ? silent : texts(silent, `${place}: silent`);
  if (expected.size === 0 && none.length === 0) {
    throw wrong(place, "nothing is expected", "fires: [RULE], silent: [RULE] or silent: others");
  }
  return {
    name,
    place,
    events,
    ...(capture === undefined ? {} : { capture: beside(capture) }),
    fires: expected,
    silent: none,
  };
}

/** A list of names, or a mapping to how often. */
function firesOf(fires: unknown, place: string): ReadonlyMap<string, number | undefined> {
  if (!isObject(fires)) return new Map(texts(fires, `${place}: fires`).map((name) => [name, undefined]));
  return new Map(
    Object.entries(fires).map(([name, count]) => {
      if (typeof count !== "number" || !Number.isInteger(count) || count < 1)
        throw wrong(`${place}: fires`, `how often ${name} fires is not a whole number from 1`);
      return [name, count];
    }),
  );
}

function texts(list: unknown, place: string): string[] {
  if (list === undefined) return [];
  if (!Array.isArray(list) || !list.every((item) => typeof item === "string"))
    throw wrong(place, "not a list of texts");
  return list;
}

function onlyKeys(mapping: object, known: readonly string[], place: string): void {
  const other = Object.keys(mapping).find((key) => !known.includes(key));
  if (other !== undefined) throw wrong(place, `unknown key ${other}`, `one of ${known.join(", ")}`);
}

function wrong(place: string, cause: string, remedy?: string): Problem {
  return new Problem({ kind: "usage", code: "rules.test", place, cause, ...(remedy === undefined ? {} : { remedy }) });
}
