/** Manifests in TOML, read whole: they are small. */
import { isEvidenceProblem } from "../../../core/problem.ts";
import { type TomlTable, type TomlValue, tomlSections } from "../../../formats/toml/read.ts";
import { brokenAt } from "../../contents/packages/lockfile.ts";

/** Tables by the names of their headers' first parts; of an array of tables the last. Undefined where it is no TOML. */
export function readToml(text: string): TomlTable | undefined {
  const tables = new Map<string, TomlValue>();
  try {
    for (const { name, table } of tomlSections(text, brokenAt)) {
      if (name === "") for (const [key, value] of table) tables.set(key, value);
      else tables.set(name, joined(tables.get(name), table));
    }
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return undefined;
  }
  return tables;
}

/** `[tool.a]` and `[tool.b]` may have others between them. */
function joined(before: TomlValue | undefined, table: TomlTable): TomlTable {
  if (!(before instanceof Map)) return table;
  const all = new Map<string, TomlValue>(before);
  for (const [key, value] of table) {
    all.set(key, value instanceof Map ? joined(all.get(key), value) : value);
  }
  return all;
}

/** The table at a path; undefined where there is none. */
export function tableAt(table: TomlTable | undefined, ...path: readonly string[]): TomlTable | undefined {
  let at: TomlValue | undefined = table;
  for (const name of path) at = at instanceof Map ? at.get(name) : undefined;
  return at instanceof Map ? at : undefined;
}

/** The first line that names it as a key or in a text: for people to look at. */
export function lineNaming(text: string, name: string): number | undefined {
  let line = 0;
  for (let start = 0; start < text.length; ) {
    line += 1;
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed;
    const words = text.slice(start, Math.min(end, start + LONGEST_LINE)).trimStart();
    const quoted = /^["']/.test(words);
    const bare = quoted ? words.slice(1) : words;
    // In a key a full stop ends the name, in a text it may be of another one.
    if (bare.startsWith(name) && !(quoted ? /^[\w.-]/ : /^[\w-]/).test(bare.slice(name.length))) return line;
    start = end + 1;
  }
  return undefined;
}

const LONGEST_LINE = 1_000;
