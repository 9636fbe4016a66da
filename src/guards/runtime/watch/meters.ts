/** What is counted while watching. Names and labels are documented in docs/runtime-watch.md. */
import { type Counter, createMetrics, type Gauge, type Metrics } from "../../../core/metrics.ts";
import type { Output } from "../outputs/model.ts";
import type { WatchCounts } from "./model.ts";

export interface Meters {
  readonly metrics: Metrics;
  readonly alerts: Counter<"rule" | "severity">;
  readonly ruleLoads: Counter<"result">;
  /** What the sensor measured of itself. */
  sensorMetric(name: string, value: bigint): void;
}

export interface Measured {
  readonly counts: WatchCounts;
  readonly outputs: readonly Output[];
  readonly rules: { readonly syscall: number; readonly k8s_audit: number };
  readonly sensorUp: boolean;
  readonly sensorRestarts: number;
}

const PREFIX = "bulkhead_runtime_";

export function createMeters(measure: () => Measured, metrics: Metrics = createMetrics()): Meters {
  const named = <Label extends string>(name: string, help: string, ...labels: Label[]) => ({
    name: `${PREFIX}${name}`,
    help,
    labels,
  });
  // What is counted elsewhere: the sum is set.
  const events: Gauge = metrics.gauge(named("events_total", "Events that were read"));
  const evaluated: Gauge = metrics.gauge(named("evaluated_total", "Events that some rule wanted to see"));
  const lost = metrics.gauge(named("lost_total", "Events that were dropped or could not be read", "reason"));
  const evicted = metrics.gauge(named("evicted_total", "State that was forgotten over a limit", "what"));
  const up: Gauge = metrics.gauge(named("sensor_up", "1 while a sensor tells"));
  const blind: Gauge = metrics.gauge(named("sensor_ended_total", "Times that a sensor ended without being asked to"));
  const restarts: Gauge = metrics.gauge(named("sensor_restarts_total", "Sensors that were started after the first"));
  const rules = metrics.gauge(named("rules", "Rules that look at events", "source"));
  const sent = metrics.gauge(named("output_alerts_total", "Alerts by what became of them", "output", "outcome"));
  const waiting = metrics.gauge(named("output_waiting", "Alerts that wait for a place", "output"));
  const hook = sensorHook(metrics, named);
  const own = metrics.gauge(named("sensor", "What the sensor measured of itself", "name"));

  metrics.onExpose(() => {
    const { counts, outputs, sensorUp, sensorRestarts, rules: of } = measure();
    events.set(counts.events);
    evaluated.set(counts.evaluated);
    for (const [reason, count] of Object.entries(counts.lost)) lost.set(count, { reason });
    for (const [what, count] of Object.entries(counts.evicted)) evicted.set(count, { what });
    up.set(sensorUp ? 1 : 0);
    blind.set(counts.blind);
    restarts.set(sensorRestarts);
    for (const [source, count] of Object.entries(of)) rules.set(count, { source });
    for (const output of outputs) {
      const { sent: done, dropped, waiting: left } = output.counts();
      sent.set(done, { output: output.name, outcome: "sent" });
      sent.set(dropped, { output: output.name, outcome: "dropped" });
      waiting.set(left, { output: output.name });
    }
  });
  return {
    metrics,
    alerts: metrics.counter(named("alerts_total", "Alerts, repeats counted apart", "rule", "severity")),
    ruleLoads: metrics.counter(named("rule_loads_total", "Readings of rules and policy", "result")),
    sensorMetric(name, value) {
      if (!hook(name, value)) own.set(Number(value), { name });
    },
  };
}

type Named = (
  name: string,
  help: string,
  ...labels: "hook"[]
) => {
  readonly name: string;
  readonly help: string;
  readonly labels: "hook"[];
};

/** `hook execve nanoseconds`: what each costs. @returns what puts one down; false where it is none */
function sensorHook(metrics: Metrics, named: Named): (name: string, value: bigint) => boolean {
  const gauges: Readonly<Record<string, Gauge<"hook">>> = {
    runs: metrics.gauge(named("hook_runs_total", "Times that a hook ran", "hook")),
    nanoseconds: metrics.gauge(named("hook_nanoseconds_total", "Time that a hook took of the host", "hook")),
    records: metrics.gauge(named("hook_records_total", "Records that a hook told", "hook")),
    dropped: metrics.gauge(named("hook_dropped_total", "Records that a hook had no room for", "hook")),
  };
  return (name, value) => {
    const [, which = "", what = ""] = /^hook (\S+) (\w+)$/.exec(name) ?? [];
    const gauge = Object.hasOwn(gauges, what) ? gauges[what] : undefined;
    gauge?.set(Number(value), { hook: which });
    return gauge !== undefined;
  };
}
