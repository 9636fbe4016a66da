import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMetrics } from "./metrics.ts";

test("numbers are told as Prometheus reads them", () => {
  const metrics = createMetrics();
  const requests = metrics.counter({ name: "requests_total", help: "Requests", labels: ["webhook", "allowed"] });
  metrics.counter({ name: "dropped_total", help: "Lines that were dropped" });
  const ready = metrics.gauge({ name: "ready", help: "1 where it is" });
  const seconds = metrics.histogram({ name: "duration_seconds", help: "Time", labels: ["webhook"] }, [0.001, 0.01]);
  requests.add(1, { webhook: "validate", allowed: "true" });
  requests.add(2, { allowed: "true", webhook: "validate" });
  requests.add(1, { webhook: "mutate", allowed: "false" });
  metrics.onExpose(() => ready.set(1));
  for (const value of [0.001, 0.002, 5]) seconds.observe(value, { webhook: "validate" });
  assert.equal(
    metrics.expose(),
    `# HELP requests_total Requests
# TYPE requests_total counter
requests_total{webhook="validate",allowed="true"} 3
requests_total{webhook="mutate",allowed="false"} 1
# HELP dropped_total Lines that were dropped
# TYPE dropped_total counter
dropped_total 0
# HELP ready 1 where it is
# TYPE ready gauge
ready 1
# HELP duration_seconds Time
# TYPE duration_seconds histogram
duration_seconds_bucket{webhook="validate",le="0.001"} 1
duration_seconds_bucket{webhook="validate",le="0.01"} 2
duration_seconds_bucket{webhook="validate",le="+Inf"} 3
duration_seconds_sum{webhook="validate"} 5.003
duration_seconds_count{webhook="validate"} 3
`,
  );
});

test("a gauge that is set anew forgets what was", () => {
  const metrics = createMetrics();
  const info = metrics.gauge({ name: "policy_info", help: "Policy", labels: ["digest"] });
  info.set(1, { digest: "a" });
  info.clear();
  assert.equal(metrics.expose(), "\n");
  info.set(Number.POSITIVE_INFINITY, { digest: "b" });
  assert.match(metrics.expose(), /^policy_info\{digest="b"\} \+Inf$/m);
});

test("labels from outside neither break a line nor grow without end", () => {
  const metrics = createMetrics();
  const requests = metrics.counter({ name: "requests_total", help: 'a "b" \\ \n c', labels: ["namespace"] });
  requests.add(1, { namespace: 'a"\n\\b' });
  for (let index = 0; index < 5_000; index++) requests.add(1, { namespace: `n${index}${"x".repeat(1_000)}` });
  const lines = metrics.expose().trimEnd().split("\n");
  assert.equal(lines[0], '# HELP requests_total a "b" \\\\ \\n c');
  assert.equal(lines[2], 'requests_total{namespace="a\\"\\n\\\\b"} 1');
  assert.equal(lines.length, 2 + 1_001);
  assert.equal(lines.at(-1), `requests_total{namespace="other"} ${5_000 - 999}`);
  assert.ok(lines.every((line) => line.length < 200));
});

test("a histogram's buckets are of all that is at or below them", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 20, noNaN: true })), (values) => {
      const metrics = createMetrics();
      const bounds = [0.5, 1, 10];
      const histogram = metrics.histogram({ name: "h", help: "h" }, bounds);
      for (const value of values) histogram.observe(value);
      const text = metrics.expose();
      for (const bound of bounds) {
        const expected = values.filter((value) => value <= bound).length;
        assert.ok(text.includes(`h_bucket{le="${bound}"} ${expected}\n`), text);
      }
      assert.ok(text.includes(`h_count ${values.length}\n`));
    }),
  );
});
