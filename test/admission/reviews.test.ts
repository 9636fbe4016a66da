import assert from "node:assert/strict";
import { test } from "node:test";
import { violationsOf } from "./oracle/pod-security.ts";
import { podsOf } from "./oracle/pods.ts";
import {
  answerIn,
  bound,
  connected,
  created,
  debugged,
  goodDeployment,
  goodPod,
  largePod,
  patched,
  resized,
  scaled,
} from "./reviews.ts";

test("the good objects meet the restricted level of every version", () => {
  for (const object of [goodPod("a/b:1"), goodDeployment("a/b:1"), largePod(["a/b:1", "a/c:1", "a/d:1"], "large")]) {
    const [pod] = podsOf(object);
    assert.ok(pod !== undefined);
    for (const minor of [19, 25, 30, 36]) assert.deepEqual(violationsOf(pod, "restricted", minor), []);
  }
});

test("the large pod has the size that the benchmark states", () => {
  const bytes = JSON.stringify(created(largePod(["a/b:1", "a/c:1", "a/d:1"], "large"))).length;
  assert.ok(bytes > 18_000 && bytes < 23_000, `${bytes} bytes`);
});

test("subresources have the kinds that the API documents", () => {
  const pod = goodPod("a/b:1");
  const reviews = [
    debugged(pod, { name: "d", image: "x" }),
    resized(pod, []),
    scaled(goodDeployment("a"), 0),
    bound(pod, "n"),
    connected(pod),
  ];
  assert.deepEqual(
    reviews.map(({ request }) => [request.operation, (request.kind as { kind: string }).kind, request.subResource]),
    [
      ["UPDATE", "Pod", "ephemeralcontainers"],
      ["UPDATE", "Pod", "resize"],
      ["UPDATE", "Scale", "scale"],
      ["CREATE", "Binding", "binding"],
      ["CONNECT", "PodExecOptions", "exec"],
    ],
  );
});

test("patches are applied as RFC 6902 has it, and what does not fit is refused", () => {
  const apply = (object: object, ...operations: object[]) =>
    patched(object as never, {
      uid: "",
      allowed: true,
      patchType: "JSONPatch",
      patch: Buffer.from(JSON.stringify(operations)).toString("base64"),
    });
  assert.deepEqual(apply({ a: [{ b: 1 }] }, { op: "replace", path: "/a/0/b", value: 2 }), { a: [{ b: 2 }] });
  assert.deepEqual(apply({ "x/y": 1 }, { op: "test", path: "/x~1y", value: 1 }), { "x/y": 1 });
  assert.throws(() => apply({ a: 1 }, { op: "test", path: "/a", value: 2 }), /test failed/);
  assert.throws(() => apply({}, { op: "replace", path: "/a/b", value: 2 }), /nothing at/);
});

test("an answer to another request is none", () => {
  const answer = (uid: string) =>
    JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: { uid, allowed: true } });
  assert.equal(answerIn(answer("a"), "a").allowed, true);
  assert.throws(() => answerIn(answer("b"), "a"), /not to a/);
  assert.throws(() => answerIn("{}", "a"), /no AdmissionReview/);
});
