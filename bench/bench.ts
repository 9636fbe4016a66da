/** What a benchmark tells, in a form that prints as a table and as JSON. */

export interface BenchContext {
  /** An ignored folder for what is made once and kept: images, databases. */
  readonly cache: string;
  /** The folder of public data. */
  readonly data: string;
  /** A quick look in place of a measurement: limits are shown, and mean little. */
  readonly short: boolean;
  /** One line of progress, on stderr. */
  readonly note: (line: string) => void;
}

/** `ms`, `ns`, `bytes` and `percent` are of one run; `ratio` is the median of the ratios within one round. */
export type Unit = "ms" | "ns" | "bytes" | "percent" | "ratio";

export interface Row {
  readonly name: string;
  readonly unit: Unit;
  readonly median: number;
  /** One a round, in order. */
  readonly values: readonly number[];
  /** What the median may be at most; absent where the row is only for comparison. */
  readonly limit?: number;
}

export interface BenchResult {
  /** What was measured on, one line each: `image: 1.2 GB in 4 layers, …`. */
  readonly inputs: readonly string[];
  readonly rounds: number;
  readonly rows: readonly Row[];
}

export interface Bench {
  readonly about: string;
  /** What it reads, relative to the folder of public data. */
  readonly needs: readonly string[];
  run(context: BenchContext): Promise<BenchResult>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function row(name: string, unit: Unit, values: readonly number[], limit?: number): Row {
  return { name, unit, median: median(values), values, ...(limit === undefined ? {} : { limit }) };
}

/** Ratios round by round: the two ran one after the other, so what slows the machine slows both. */
export function ratios(measured: readonly number[], against: readonly number[]): number[] {
  return measured.map((value, round) => value / (against[round] ?? Number.NaN));
}
