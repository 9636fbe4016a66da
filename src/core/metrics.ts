/**
 * Numbers about a running process, and their text form that Prometheus reads ("Exposition formats", text format 0.0.4). Pure:
 * whoever measures hands the numbers in.
 */

export interface Metrics {
  counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label>;
  gauge<Label extends string = never>(options: MetricOptions<Label>): Gauge<Label>;
  /** @param bounds - upper bounds of the buckets, ascending, without infinity */
  histogram<Label extends string = never>(options: MetricOptions<Label>, bounds: readonly number[]): Histogram<Label>;
  /** Asked before each text: what is only read then sets its gauges. */
  onExpose(measure: () => void): void;
  expose(): string;
}

export interface MetricOptions<Label extends string> {
  /** With its unit at the end: `bulkhead_admission_duration_seconds`; of counters `_total`. */
  readonly name: string;
  /** One sentence without a full stop. */
  readonly help: string;
  readonly labels?: readonly Label[];
}

export type Labels<Label extends string> = { readonly [name in Label]: string };

/** Those without labels are called without them. */
type Given<Label extends string> = [Label] extends [never] ? [] : [labels: Labels<Label>];

export interface Counter<Label extends string = never> {
  add(amount: number, ...labels: Given<Label>): void;
}

export interface Gauge<Label extends string = never> {
  set(value: number, ...labels: Given<Label>): void;
  /** Forgets all that was set: what is set anew is all that there is. */
  clear(): void;
}

export interface Histogram<Label extends string = never> {
  observe(value: number, ...labels: Given<Label>): void;
}

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Combinations of labels that one metric may have. Namespaces and check ids come from outside: what is over it is counted
 * together under {@link OTHER}, so that no stranger decides how much is held and sent.
 */
const SERIES = 1_000;
const OTHER = "other";
const LABEL_CHARACTERS = 120;

interface Family {
  write(lines: string[]): void;
}

export function createMetrics(): Metrics {
  const families: Family[] = [];
  const measures: (() => void)[] = [];

  function family<Value>(
    { name, help, labels = [] }: MetricOptions<string>,
    type: string,
    begin: () => Value,
    write: (value: Value, labels: string, line: (suffix: string, labels: string, value: number) => void) => void,
  ) {
    const series = new Map<string, Value>();
    // Without labels there is one value from the start: a rate needs its first zero.
    if (labels.length === 0 && type !== "gauge") series.set("", begin());
    families.push({
      write(lines) {
        if (series.size === 0) return;
        lines.push(`# HELP ${name} ${escaped(help, /[\\\n]/g)}`, `# TYPE ${name} ${type}`);
        const line = (suffix: string, text: string, value: number) =>
          lines.push(`${name}${suffix}${text === "" ? "" : `{${text}}`} ${shown(value)}`);
        for (const [key, value] of series) write(value, key, line);
      },
    });
    const at = (given: Readonly<Record<string, string>> = {}): string =>
      labels
        .map((label) => `${label}="${escaped((given[label] ?? "").slice(0, LABEL_CHARACTERS), /[\\\n"]/g)}"`)
        .join();
    return {
      series,
      of(given?: Readonly<Record<string, string>>): { readonly key: string; readonly value: Value } {
        const own = at(given);
        const found = series.get(own);
        if (found !== undefined) return { key: own, value: found };
        const key = series.size < SERIES ? own : at(Object.fromEntries(labels.map((label) => [label, OTHER])));
        const value = series.get(key) ?? begin();
        series.set(key, value);
        return { key, value };
      },
    };
  }

  return {
    counter(options) {
      const { of, series } = family<number>(options, "counter", () => 0, writeNumber);
      return {
        add(amount, ...[labels]) {
          const { key, value } = of(labels);
          series.set(key, value + amount);
        },
      };
    },
    gauge(options) {
      const { of, series } = family<number>(options, "gauge", () => 0, writeNumber);
      return {
        set: (value, ...[labels]) => void series.set(of(labels).key, value),
        clear: () => series.clear(),
      };
    },
    histogram(options, bounds) {
      const begin = () => ({ buckets: bounds.map(() => 0), sum: 0, count: 0 });
      const { of } = family(options, "histogram", begin, ({ buckets, sum, count }, labels, line) => {
        const before = labels === "" ? "" : `${labels},`;
        let total = 0;
        for (const [index, bound] of bounds.entries()) {
          total += buckets[index] ?? 0;
          line("_bucket", `${before}le="${bound}"`, total);
        }
        line("_bucket", `${before}le="+Inf"`, count);
        line("_sum", labels, sum);
        line("_count", labels, count);
      });
      return {
        observe(observed, ...[labels]) {
          const { value } = of(labels);
          const place = bounds.findIndex((bound) => observed <= bound);
          if (place >= 0) value.buckets[place] = (value.buckets[place] ?? 0) + 1;
          value.sum += observed;
          value.count += 1;
        },
      };
    },
    onExpose: (measure) => void measures.push(measure),
    expose() {
      for (const measure of measures) measure();
      const lines: string[] = [];
      for (const each of families) each.write(lines);
      return `${lines.join("\n")}\n`;
    },
  };
}

function writeNumber(
  value: number,
  labels: string,
  line: (suffix: string, labels: string, value: number) => void,
): void {
  line("", labels, value);
}

function escaped(text: string, special: RegExp): string {
  return text.replace(special, (character) => (character === "\n" ? "\\n" : `\\${character}`));
}

/** As Go reads numbers. */
function shown(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}
