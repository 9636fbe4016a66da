import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readManifests } from "../manifests.ts";
import { secondsOf, timeOf, unixTime } from "./sync-state.ts";

test("durations as Go writes them", () => {
  for (const [text, seconds] of [
    ["1h", 3600],
    ["1h30m0s", 5400],
    ["1.5h", 5400],
    ["500ms", 0.5],
    ["0", 0],
    ["0s", 0],
    ["-0", 0],
  ] as const) {
    assert.equal(secondsOf(text), seconds, text);
  }
  for (const text of ["", "h", "1", "1d", "1h ", "1h1", "x1h", "1hx", "-1h", undefined]) {
    assert.equal(secondsOf(text), undefined, text);
  }
});

test("a duration of hours, minutes and seconds is their sum", () => {
  const part = fc.nat({ max: 10_000 });
  fc.assert(
    fc.property(part, part, part, (hours, minutes, seconds) => {
      assert.equal(secondsOf(`${hours}h${minutes}m${seconds}s`), hours * 3600 + minutes * 60 + seconds);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => (secondsOf(text) ?? 0) >= 0));
});

test("times that are none are left out", () => {
  assert.equal(timeOf("2026-01-01T00:00:00Z"), "2026-01-01T00:00:00Z");
  for (const text of ["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01", undefined]) {
    assert.equal(timeOf(text), undefined, text);
  }
  assert.equal(unixTime(0), undefined);
  assert.equal(unixTime(1_767_225_600), "2026-01-01T00:00:00.000Z");
  assert.equal(unixTime(Number.MAX_SAFE_INTEGER), undefined);
});

test("one condition that is false decides, and one of another type says nothing", () => {
  const stateOf = (status: unknown) => {
    const object = { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", metadata: { name: "a" }, status };
    return readManifests([{ path: "a.yaml", text: JSON.stringify(object) }]).externalSecrets[0]?.sync;
  };
  const conditions = (...some: readonly (readonly [type: string, status: string])[]) => ({
    conditions: some.map(([type, status]) => ({ type, status, reason: `${type}${status}` })),
  });
  assert.equal(stateOf(undefined), undefined);
  assert.equal(stateOf({}), undefined);
  assert.equal(stateOf(conditions(["Deleted", "True"])), undefined);
  assert.equal(stateOf(conditions(["Ready", "Unknown"])), undefined);
  assert.deepEqual(stateOf(conditions(["Ready", "True"])), { ready: true, reason: "ReadyTrue", failedNamespaces: [] });
  assert.deepEqual(stateOf(conditions(["Ready", "True"], ["Healthy", "False"])), {
    ready: false,
    reason: "HealthyFalse",
    failedNamespaces: [],
  });
});
