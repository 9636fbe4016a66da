/** What a new value of each Secret would restart, as a table of the report's relations. */

import { counted } from "../core/counted.ts";
import { greatest } from "../core/extremes.ts";
import { printable } from "../core/printable.ts";
import type { Relation } from "../core/relation.ts";

/** What `--rotation` names for every Secret. */
export const ALL_SECRETS = "all";

const HEADINGS = ["SECRET", "USED BY", "HOW", "RESTART", "INTERRUPTION"] as const;
/** Characters of a column but the last: a row stays on a line of a wide terminal. */
const WIDTH = 44;

/**
 * @param secret - `shop/db` or `db`, or {@link ALL_SECRETS}
 * @returns lines; of no user one that says so
 */
export function rotationTable(relations: Iterable<Relation>, secret: string): string {
  const rows = [...relations]
    .filter(({ type, to }) => type === "uses" && to.kind === "secret" && isNamed(to.name, secret))
    .map(({ from, to, evidence, gaps }) => [
      to.name,
      from.name,
      evidence.how ?? "",
      `${evidence.restart ?? "unknown"}${gaps.length > 0 ? " (read in part)" : ""}`,
      evidence.interruption ?? evidence.because ?? "",
    ])
    .sort((a, b) => compare(a.join("\0"), b.join("\0")));
  if (rows.length === 0) {
    return secret === ALL_SECRETS
      ? "no user of a Secret was found\n"
      : `no user of Secret ${printable(secret)} was found\n`;
  }
  const cells = [HEADINGS as readonly string[], ...rows].map((row) => row.map((cell) => printable(cell)));
  const widths = HEADINGS.map((_, index) => Math.min(WIDTH, greatest(cells.map((row) => (row[index] ?? "").length))));
  const lines = cells.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  const restarts = rows.filter(([, , , restart = ""]) => restart.startsWith("needed"));
  const away = restarts.filter(([, , , , interruption = ""]) => interruption.startsWith("yes"));
  return `${lines.join("\n")}\n\n${counted(rows.length, "user")}, ${restarts.length} to restart, ${away.length} of them with an interruption\n`;
}

function isNamed(name: string, wanted: string): boolean {
  return wanted === ALL_SECRETS || name === wanted || name.slice(name.indexOf("/") + 1) === wanted;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
