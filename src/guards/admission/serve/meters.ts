/** What is counted of the guard. Names and labels are documented in docs/admission-serve.md. */
import { type Counter, createMetrics, type Gauge, type Histogram, type Metrics } from "../../../core/metrics.ts";

export interface Meters {
  readonly metrics: Metrics;
  readonly decisions: Counter<"webhook" | "operation" | "allowed" | "basis">;
  readonly seconds: Histogram<"webhook">;
  readonly outcomes: Counter<"check" | "verdict" | "action" | "environment">;
  readonly images: Counter<"cached">;
  readonly failures: Counter<"reason">;
  readonly refused: Counter<"reason">;
  readonly policyLoads: Counter<"result">;
  readonly policyLoaded: Gauge;
  readonly policyInfo: Gauge<"digest">;
  readonly rootDates: Gauge<"root">;
  readonly certificateChanges: Counter;
  readonly certificateEnds: Gauge<"certificate">;
  readonly ready: Gauge<"condition">;
  readonly registries: Histogram<"registry" | "what" | "outcome">;
  readonly breakGlass: Counter<"namespace">;
  readonly logDropped: Gauge<"log">;
  readonly reports: Gauge<"state">;
}

/** Seconds: from what is remembered to what waits for a registry. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const PREFIX = "bulkhead_admission_";

export function createMeters(metrics: Metrics = createMetrics()): Meters {
  const named = <Label extends string>(name: string, help: string, ...labels: Label[]) => ({
    name: `${PREFIX}${name}`,
    help,
    labels,
  });
  return {
    metrics,
    decisions: metrics.counter(
      named("decisions_total", "Requests that were decided", "webhook", "operation", "allowed", "basis"),
    ),
    seconds: metrics.histogram(named("duration_seconds", "From the request to its answer", "webhook"), SECONDS),
    outcomes: metrics.counter(
      named("outcomes_total", "Checks that did not pass", "check", "verdict", "action", "environment"),
    ),
    images: metrics.counter(named("images_total", "Images that requests named, by whether they were known", "cached")),
    failures: metrics.counter(
      named("failures_total", "Requests that were answered without a decision, so that failurePolicy holds", "reason"),
    ),
    refused: metrics.counter(
      named("refused_total", "Connections and requests of clients that were not served", "reason"),
    ),
    policyLoads: metrics.counter(named("policy_loads_total", "Readings of the policy", "result")),
    policyLoaded: metrics.gauge(named("policy_loaded_timestamp_seconds", "When the policy in force was read")),
    policyInfo: metrics.gauge(named("policy_info", "1 for the policy in force", "digest")),
    rootDates: metrics.gauge(
      named("trusted_root_timestamp_seconds", "When a trusted root was last known to be current", "root"),
    ),
    certificateChanges: metrics.counter(named("certificate_changes_total", "Certificates that were shown anew")),
    certificateEnds: metrics.gauge(
      named("certificate_expiry_timestamp_seconds", "When a certificate ends", "certificate"),
    ),
    ready: metrics.gauge(named("ready", "1 where the condition is met", "condition")),
    registries: metrics.histogram(
      named("registry_duration_seconds", "Look-ups in registries", "registry", "what", "outcome"),
      SECONDS,
    ),
    breakGlass: metrics.counter(named("break_glass_total", "Requests that were admitted past the policy", "namespace")),
    logDropped: metrics.gauge(named("log_dropped_lines", "Lines that could not be written", "log")),
    reports: metrics.gauge(named("reports", "Reports written, dropped and waiting", "state")),
  };
}
