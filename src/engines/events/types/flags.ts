/** Names of flags and enumerated values, as `evt.arg.flags` shows them: `O_RDONLY|O_CLOEXEC`. */
import { flagLines } from "./flag-lines.ts";
import type { Parameter } from "./table.ts";

type NamedValue = readonly [name: string, value: number];

const tables = new Map<string, readonly NamedValue[]>(
  flagLines
    .trim()
    .split("\n")
    .map((line) => {
      const [table = "", ...words] = line.split(" ");
      return [table, words.map((word): NamedValue => [word.slice(0, word.indexOf("=")), Number(word.split("=")[1])])];
    }),
);

/** The flags of one table, in the order in which they are shown; empty for a table that is not there. */
export function flagTable(name: string): readonly NamedValue[] {
  return tables.get(name) ?? [];
}

/** Value of one flag by its name. @throws Error where the table has none of that name, which is a mistake of the caller */
export function flag(table: string, name: string): number {
  const found = flagTable(table).find(([known]) => known === name);
  if (found === undefined) throw new Error(`${table} has no ${name}`);
  return found[1];
}

/**
 * Names of what is set in `value`, joined by `|`; empty where nothing has a name.
 *
 * Of flags, each takes its bits away, so that O_RDWR hides O_RDONLY and O_WRONLY; a flag of value 0 is named for the value 0
 * alone. Enumerated values are named by every name that they have: `AF_LOCAL|AF_UNIX`.
 */
export function flagNames(parameter: Parameter, value: number): string {
  if (parameter.flags === undefined) return "";
  const named = flagTable(parameter.flags);
  if (parameter.type.startsWith("enum")) return equalNames(named, value);
  return parameter.type === "mode" ? modeNames(named, value) : setNames(named, value);
}

function equalNames(named: readonly NamedValue[], value: number): string {
  return named
    .filter(([, known]) => known === value)
    .map(([name]) => name)
    .join("|");
}

function setNames(named: readonly NamedValue[], value: number): string {
  const names: string[] = [];
  let rest = value;
  for (const [name, known] of named) {
    if (known === 0 ? value !== 0 : rest === 0 || (rest & known) >>> 0 !== known) continue;
    rest = (rest & ~known) >>> 0;
    names.push(name);
    if (known === value) break;
  }
  return names.join("|");
}

/** As {@link setNames}; a name for the whole value ends the list, whatever was named before it. */
function modeNames(named: readonly NamedValue[], value: number): string {
  const names: string[] = [];
  let rest = value;
  for (const [name, known] of named) {
    if (known === value) return [...names, name].join("|");
    if (known === 0 || rest === 0 || (rest & known) >>> 0 !== known) continue;
    rest = (rest & ~known) >>> 0;
    names.push(name);
  }
  return names.join("|");
}
