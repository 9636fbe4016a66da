import type { Report } from "../core/report.ts";
import { rotationTable } from "../report/rotation-table.ts";

/** With `--rotation SECRET`: its table goes to standard output; the other formats are the report's. */
export function rotationInstead(secret: string | undefined): {
  readonly instead?: (report: Report) => Iterable<string>;
} {
  if (secret === undefined) return {};
  return { instead: ({ relations = [] }: Report) => [rotationTable(relations, secret)] };
}
