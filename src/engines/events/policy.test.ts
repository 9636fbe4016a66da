import assert from "node:assert/strict";
import { test } from "node:test";
import { runtimeSettings } from "./policy.ts";

test("under a trusted policy the directory's own names no other rules", () => {
  const { tighten } = runtimeSettings["runtime.rules"];
  const trusted = ["bulkhead", "rules/ours.yaml"];
  for (const wanted of [
    ["bulkhead", "rules/ours.yaml", "more.yaml"],
    ["rules/ours.yaml", "bulkhead"],
    ["bulkhead"],
    [],
  ]) {
    assert.deepEqual(tighten(trusted, wanted), { value: trusted, loosens: true });
  }
  assert.deepEqual(tighten(trusted, [...trusted]), { value: trusted, loosens: false });
});

test("optional rules may be added, and none taken away", () => {
  const { tighten } = runtimeSettings["runtime.optional"];
  assert.deepEqual(tighten(["a"], ["a", "b"]), { value: ["a", "b"], loosens: false });
  assert.deepEqual(tighten(["a"], ["b"]), { value: ["a", "b"], loosens: true });
});
