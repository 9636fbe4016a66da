/** What is counted of the registry guard. Names and labels are documented in docs/registry-serve.md. */
import { type Counter, createMetrics, type Gauge, type Histogram, type Metrics } from "../../../core/metrics.ts";

export interface Meters {
  readonly metrics: Metrics;
  readonly decisions: Counter<"operation" | "action" | "basis">;
  readonly outcomes: Counter<"check" | "verdict" | "action">;
  /** From a request's head to its decision. */
  readonly seconds: Histogram<"operation">;
  readonly answers: Counter<"operation" | "status">;
  readonly refused: Counter<"reason">;
  /** To clients. */
  readonly bytes: Counter;
  readonly tokens: Counter<"result">;
  readonly upstreams: Counter<"upstream" | "outcome">;
  readonly events: Counter<"outcome">;
  readonly policyLoads: Counter<"result">;
  readonly policyLoaded: Gauge;
  readonly policyInfo: Gauge<"digest">;
  readonly certificateEnds: Gauge;
  readonly ready: Gauge<"condition">;
  readonly images: Gauge<"state">;
  readonly jobs: Gauge<"state">;
  readonly oldestJob: Gauge;
  readonly jobSeconds: Histogram<"kind" | "outcome">;
  readonly logDropped: Gauge<"log">;
}

/** Seconds: from what is remembered to what waits for an upstream. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const JOB_SECONDS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];

const PREFIX = "bulkhead_registry_";

export function createMeters(metrics: Metrics = createMetrics()): Meters {
  const named = <Label extends string>(name: string, help: string, ...labels: Label[]) => ({
    name: `${PREFIX}${name}`,
    help,
    labels,
  });
  return {
    metrics,
    decisions: metrics.counter(named("decisions_total", "Requests that were decided", "operation", "action", "basis")),
    outcomes: metrics.counter(named("outcomes_total", "Checks that did not pass", "check", "verdict", "action")),
    seconds: metrics.histogram(named("decision_seconds", "From a request to its decision", "operation"), SECONDS),
    answers: metrics.counter(named("answers_total", "Requests that were answered", "operation", "status")),
    refused: metrics.counter(
      named("refused_total", "Connections and requests of clients that were not served", "reason"),
    ),
    bytes: metrics.counter(named("bytes_total", "Bytes of bodies that were sent to clients")),
    tokens: metrics.counter(named("tokens_total", "Tokens that were asked for", "result")),
    upstreams: metrics.counter(named("upstream_requests_total", "Requests to upstreams", "upstream", "outcome")),
    events: metrics.counter(named("events_total", "Events that the engine told of", "outcome")),
    policyLoads: metrics.counter(named("policy_loads_total", "Readings of the policy", "result")),
    policyLoaded: metrics.gauge(named("policy_loaded_timestamp_seconds", "When the policy in force was read")),
    policyInfo: metrics.gauge(named("policy_info", "1 for the policy in force", "digest")),
    certificateEnds: metrics.gauge(named("certificate_expiry_timestamp_seconds", "When the certificate ends")),
    ready: metrics.gauge(named("ready", "1 where the condition is met", "condition")),
    images: metrics.gauge(named("images", "Images that are there, by what is known of them", "state")),
    jobs: metrics.gauge(named("jobs", "Jobs of the queue", "state")),
    oldestJob: metrics.gauge(named("oldest_job_seconds", "How long the job that waits longest has been due")),
    jobSeconds: metrics.histogram(named("job_seconds", "From taking a job to its end", "kind", "outcome"), JOB_SECONDS),
    logDropped: metrics.gauge(named("log_dropped_lines", "Lines that could not be written", "log")),
  };
}
