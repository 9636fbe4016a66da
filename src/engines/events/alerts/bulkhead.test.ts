import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import type { Alert } from "../model.ts";
import { detectorOf, readAlerts } from "./read.ts";

const digest = `sha256:${"a".repeat(64)}`;
const config = `sha256:${"c".repeat(64)}`;

/** As report/runtime/lines.ts writes it; test/lifecycle/chain.cluster.ts reads what `runtime watch` itself wrote. */
const line = {
  time: "2026-11-27T10:00:00.123456789Z",
  rule: "Reverse shell",
  priority: "Critical",
  source: "syscall",
  output: "sh talks",
  output_fields: { "fd.name": "203.0.113.9:443" },
  tags: ["T1059"],
  hostname: "node-1",
  bulkhead: {
    ...{ version: 1, first: "2026-11-27T10:00:00.123456789Z", last: "2026-11-27T10:00:05.000000000Z", state: "over" },
    ...{ count: 3, detector: "bulkhead", severity: "high", asset: "shop/Pod/api" },
    container: { id: "0123456789ab", name: "api", image: "r.example.com/api:1", digest, imageId: config },
    pod: { namespace: "shop", name: "api" },
    process: { pid: 7, name: "sh", commandLine: "sh -i", ancestors: ["node"], user: "root", uid: 0 },
  },
};

function read(document: unknown) {
  const alerts: Alert[] = [];
  const lost: string[] = [];
  readAlerts(document, "a:1", {
    alert: (alert) => alerts.push(alert),
    passed: () => undefined,
    lost: (reason) => lost.push(reason),
  });
  return { alerts, lost };
}

test("our own alerts are read with what Falco's keys do not say", () => {
  assert.equal(detectorOf(line), "bulkhead");
  const [alert] = read(line).alerts;
  assert.ok(alert !== undefined);
  const { detector, severity, count, last, about, process } = alert;
  assert.deepEqual([detector, severity, count, last], ["bulkhead", "high", 3, 1_795_773_605_000_000_000n]);
  assert.deepEqual(about.container, {
    ...{ id: "0123456789ab", name: "api", image: "r.example.com/api:1", imageId: config, imageDigest: digest },
  });
  assert.deepEqual(about.pod, { namespace: "shop", name: "api" });
  assert.deepEqual([process?.commandLine, process?.ancestors], ["sh -i", ["node"]]);
});

test("what was not seen meanwhile is lost, beside the alert that says so", () => {
  const blind = { ...line, rule: "Detection Blind", bulkhead: { ...line.bulkhead, container: undefined } };
  assert.deepEqual([read(blind).alerts.length, read(blind).lost], [1, ["sh talks"]]);
  const over = { ...blind, bulkhead: { ...blind.bulkhead, severity: "low" } };
  assert.deepEqual(read(over).lost, []);
  // Another detector's rule of that name says nothing of ours.
  const { bulkhead: _, ...falcos } = blind;
  assert.equal(detectorOf(falcos), "falco");
});

test("documents of any form give alerts or are lost", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...Object.keys(line.bulkhead)), fc.jsonValue()), (some) => {
      const { alerts, lost } = read({ ...line, bulkhead: { ...line.bulkhead, ...some, version: 1 } });
      assert.equal(alerts.length + lost.length, 1);
    }),
    runs(200),
  );
});
