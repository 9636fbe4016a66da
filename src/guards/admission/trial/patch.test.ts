import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { applyPatch } from "./patch.ts";

const pod = { spec: { containers: [{ image: "a" }, { image: "b" }] }, metadata: { labels: { "a/b": "x" } } };

test("operations are applied one after the other, and the object stays as it was", () => {
  const before = structuredClone(pod);
  const after = applyPatch(pod, [
    { op: "test", path: "/spec/containers/1/image", value: "b" },
    { op: "replace", path: "/spec/containers/1/image", value: "b@sha256:00" },
    { op: "add", path: "/spec/containers/-", value: { image: "c" } },
    { op: "add", path: "/spec/containers/0", value: { image: "first" } },
    { op: "replace", path: "/metadata/labels/a~1b", value: "y" },
    { op: "add", path: "/metadata/annotations", value: {} },
  ]);
  assert.deepEqual(after, {
    spec: { containers: [{ image: "first" }, { image: "a" }, { image: "b@sha256:00" }, { image: "c" }] },
    metadata: { labels: { "a/b": "y" }, annotations: {} },
  });
  assert.deepEqual(pod, before);
});

test("what does not fit is refused, and nothing of it is applied", () => {
  for (const operation of [
    { op: "test", path: "/spec/containers/1/image", value: "a" },
    { op: "replace", path: "/spec/containers/2/image", value: "c" },
    { op: "replace", path: "/spec/none", value: "c" },
    { op: "add", path: "/spec/none/image", value: "c" },
    { op: "add", path: "/spec/containers/3", value: "c" },
    { op: "replace", path: "/spec/containers/-", value: "c" },
    { op: "replace", path: "/spec/containers/01", value: "c" },
    { op: "add", path: "/__proto__/x", value: "c" },
  ] as const) {
    assert.throws(
      () => applyPatch(pod, [operation]),
      (error) => error instanceof Problem && error.code === "admission.patch",
      operation.path,
    );
  }
});
