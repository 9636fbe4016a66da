import type { BenchResult, Row, Unit } from "./bench.ts";
import type { Machine } from "./machine.ts";

/** A finished benchmark, as it is printed and as it is written to JSON. */
export interface BenchReport extends BenchResult {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly machine: Machine;
}

/** Markdown, so that docs/benchmarks.md can keep it as it is. */
export function formatTable(report: BenchReport): string {
  const { machine, rounds } = report;
  const cells = [
    ["", "median", "lowest", "highest", "limit", "holds"],
    ...report.rows.map((row) => [
      row.name,
      formatValue(row.median, row.unit),
      formatValue(Math.min(...row.values), row.unit),
      formatValue(Math.max(...row.values), row.unit),
      row.limit === undefined ? "" : formatValue(row.limit, row.unit),
      holds(row) === undefined ? "" : holds(row) ? "yes" : "NO",
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0))) ?? [];
  const lines = cells.map((line) => {
    const padded = line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
    return `| ${padded.join(" | ")} |`;
  });
  lines.splice(
    1,
    0,
    `|${widths.map((width, i) => (i === 0 ? `-${"-".repeat(width)}-` : `-${"-".repeat(width)}:`)).join("|")}|`,
  );
  return [
    `${report.name}, ${report.startedAt.slice(0, 10)}: medians of ${rounds} interleaved runs`,
    "",
    `- ${machine.cores} cores (${machine.processor}), ${formatBytes(machine.memory)} of memory, ${machine.kernel}, Node ${machine.node}, load ${machine.load.toFixed(2)} before`,
    ...report.inputs.map((line) => `- ${line}`),
    "",
    ...lines,
    "",
  ].join("\n");
}

/** Undefined where there is no limit. */
export function holds(row: Row): boolean | undefined {
  return row.limit === undefined ? undefined : row.median <= row.limit;
}

function formatValue(value: number, unit: Unit): string {
  switch (unit) {
    case "ms":
      return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`;
    case "ns":
      return `${value.toFixed(0)} ns`;
    case "percent":
      return `${value.toFixed(1)} %`;
    case "bytes":
      return formatBytes(value);
    case "ratio":
      return `${value.toFixed(3)}×`;
  }
}

export function formatBytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${(bytes / 1e6).toFixed(0)} MB`;
}
