import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Policy } from "../../core/policy.ts";
import { AT, madeAlert } from "../../engines/events/detect/alert.fixture.ts";
import type { Alert, EventsRead } from "../../engines/events/model.ts";
import { type DetectedStream, evaluateDetections } from "../../evaluate/runtime/detections.ts";
import { detection } from "./detection.ts";

const now = new Date("2026-03-02T00:00:00Z");
const read: EventsRead = { events: 100, evaluated: 40, first: AT, last: AT, lost: [], evicted: {} };

function evaluated(alerts: readonly Alert[], changes: Partial<DetectedStream> = {}, policy: Policy = defaultPolicy) {
  const stream = { alerts, read, seen: [{ host: "node-1" }], gaps: [], ...changes };
  return evaluateDetections([stream], { policy, now });
}

function of(evaluations: readonly Evaluation[], name: string): Evaluation {
  const found = evaluations.find(({ asset }) => asset.name === name);
  assert.ok(found !== undefined, `${name} of ${evaluations.map(({ asset }) => asset.name).join(", ")}`);
  return found;
}

test("an alert at the threshold fails its workload; a host without any passes", () => {
  const { evaluations } = evaluated([madeAlert({ severity: "critical" })]);
  assert.deepEqual(
    evaluations.map(({ check, asset, verdict }) => [check, asset.name, verdict]),
    [
      [detection.id, "node-1", "pass"],
      [detection.id, "node-1/Container/api", "fail"],
    ],
  );
  assert.equal(of(evaluations, "node-1").evidence.events, "100");
});

test("an alert below the threshold is told and does not fail", () => {
  const { evaluations } = evaluated([madeAlert({ severity: "medium" })]);
  const { verdict, findings } = of(evaluations, "node-1/Container/api");
  assert.deepEqual([verdict, findings.length], ["pass", 1]);
  const strict: Policy = {
    ...defaultPolicy,
    thresholds: { ...defaultPolicy.thresholds, detection: { severity: "medium", fixableOnly: false } },
  };
  assert.equal(
    of(evaluated([madeAlert({ severity: "medium" })], {}, strict).evaluations, "node-1/Container/api").verdict,
    "fail",
  );
});

test("the same again after a while is one finding with all of them; another command is another finding", () => {
  const later = AT + 3_600_000_000_000n;
  const { evaluations } = evaluated([
    madeAlert({ count: 2 }),
    madeAlert({ first: later, last: later, process: { pid: 977, name: "sh", commandLine: "sh -i", ancestors: [] } }),
    madeAlert({ subject: "sh -c id" }),
  ]);
  const { findings } = of(evaluations, "node-1/Container/api");
  assert.deepEqual(findings.map(({ subject, evidence }) => [subject, evidence.times, evidence.last]).sort(), [
    ["Terminal shell in container: sh -c id", undefined, undefined],
    ["Terminal shell in container: sh -i", "3", "2026-03-01T15:03:22.000Z"],
  ]);
});

test("events that were lost, or what was forgotten of earlier ones, leave a host that nothing was found on unknown", () => {
  for (const changes of [
    { lost: [{ reason: "the kernel's buffer was full", count: 2 }] },
    { evicted: { threads: 12 } },
  ]) {
    const { evaluations } = evaluated([madeAlert({ severity: "critical" })], { read: { ...read, ...changes } });
    assert.equal(of(evaluations, "node-1").verdict, "unknown");
    assert.equal(of(evaluations, "node-1/Container/api").verdict, "fail");
  }
});

test("a pod's alert is of the workload that made it, joined to its image by digest", () => {
  const imageId = `sha256:${"3".repeat(64)}`;
  const about = {
    host: "node-1",
    container: { id: "c".repeat(64), name: "api", image: "registry.example.com/shop/api:2", imageId },
    pod: { namespace: "shop", name: "api-7f9c", uid: "u", owner: { kind: "Deployment", name: "api" } },
  };
  const { evaluations, relations } = evaluated([madeAlert({ about })]);
  const { asset } = of(evaluations, "shop/Deployment/api");
  assert.equal(asset.lineage, "cluster/Deployment/shop/api");
  assert.deepEqual(
    relations.map(({ type, from, to }) => [type, from.name, to.id]),
    [["runs", "shop/Deployment/api", imageId]],
  );
});

test("an exception names a rule; it takes the finding out of the verdict and keeps it", () => {
  const exception = {
    ids: ["terminal shell in container"],
    asset: "*/Container/api",
    reason: "the operators' jump container",
    owner: "platform-team",
    expires: "2026-12-31",
    source: { path: "bulkhead.yaml", line: 1, column: 1 },
  };
  const policy = { ...defaultPolicy, exceptions: [exception] };
  const { evaluations } = evaluated([madeAlert({ severity: "critical" })], {}, policy);
  const { verdict, excepted } = of(evaluations, "node-1/Container/api");
  assert.deepEqual([verdict, excepted.length], ["pass", 1]);
});

test("a finding has who did it, where and since when, and references of its techniques", () => {
  const users = [{ name: "alice@example.com", request: "pods/exec", auditId: "1", time: AT }];
  const { evaluations } = evaluated([madeAlert({ kubernetesUsers: users, fix: "find out who it was" })]);
  const [finding] = of(evaluations, "node-1/Container/api").findings;
  assert.deepEqual(finding?.locations, [{ kind: "object", object: "container api on node-1" }]);
  assert.deepEqual(finding?.references, ["https://attack.mitre.org/techniques/T1059/004/"]);
  assert.equal(finding?.evidence.process, "sh ← node ← containerd-shim");
  assert.equal(finding?.evidence["kubernetes user"], "alice@example.com (pods/exec)");
  assert.equal(finding?.fix?.text, "find out who it was");
});
