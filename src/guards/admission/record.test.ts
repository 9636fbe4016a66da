import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";
import type { Decision } from "./model.ts";
import { parseRecord, REDACTED, recordLine } from "./record.ts";

const request: AdmissionRequest = {
  uid: "u-1",
  operation: "UPDATE",
  kind: { group: "", version: "v1", kind: "Pod" },
  resource: { group: "", version: "v1", resource: "pods" },
  namespace: "shop",
  name: "api",
  user: { username: "jane", groups: ["developers"], extra: {} },
  dryRun: false,
  object: {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "api",
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": "all of it", team: "shop" },
    },
    spec: {
      containers: [
        {
          name: "api",
          image: "api:1",
          env: [
            { name: "PASSWORD", value: "opensesame" },
            { name: "EMPTY", value: "" },
            { name: "REF", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
          ],
        },
      ],
    },
  },
  oldObject: { kind: "Pod", spec: { initContainers: [{ env: [{ name: "OLD", value: "opensesame" }] }] } },
};

const decision = {
  request,
  answer: { uid: "u-1", allowed: false, code: 403, message: "no", warnings: [], auditAnnotations: {} },
  basis: "judged",
  reason: "1 finding",
  outcomes: [
    {
      check: "workload/privileged",
      verdict: "fail",
      action: "deny",
      field: "spec.containers[0].securityContext.privileged",
      message: "true is not allowed",
      place: "bulkhead.yaml:14",
      evaluation: undefined as never,
    },
  ],
  images: [],
  patch: [],
  environment: "production",
  policy: "sha256:00" as Digest,
} satisfies Decision;

const asked = { webhook: "validate", now: new Date("2026-11-27T21:00:00Z") } as const;

test("a request is read as it was recorded, with what was decided of it", () => {
  const { review, decision: recorded, time, webhook, redacted } = parseRecord(recordLine(decision, asked), "log:1");
  assert.deepEqual([time, webhook], ["2026-11-27T21:00:00.000Z", "validate"]);
  assert.deepEqual([review.apiVersion, review.kind], ["admission.k8s.io/v1", "AdmissionReview"]);
  const { object: _, oldObject: __, user, ...rest } = request;
  const { object, oldObject, ...recordedRest } = review.request as Record<string, unknown>;
  assert.deepEqual(recordedRest, { ...rest, userInfo: user });
  assert.deepEqual(recorded.outcomes, [
    {
      check: "workload/privileged",
      verdict: "fail",
      action: "deny",
      field: "spec.containers[0].securityContext.privileged",
      message: "true is not allowed",
      place: "bulkhead.yaml:14",
    },
  ]);
  assert.deepEqual([recorded.allowed, recorded.basis, recorded.environment], [false, "judged", "production"]);
  assert.ok(object !== undefined && oldObject !== undefined);
  assert.equal(redacted, 3);
});

test("no value of a variable, and no copy of the object, is recorded", () => {
  const line = recordLine(decision, asked);
  assert.ok(!line.includes("opensesame") && !line.includes("all of it") && !line.includes("\n"));
  const { review } = parseRecord(line, "log:1");
  const { object } = review.request as { object: { spec: { containers: [{ env: unknown }] } } };
  assert.deepEqual(object.spec.containers[0].env, [
    { name: "PASSWORD", value: REDACTED },
    { name: "EMPTY", value: "" },
    { name: "REF", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
  ]);
});

test("values of Secrets and ConfigMaps are not recorded either", () => {
  for (const [kind, key] of [
    ["Secret", "data"],
    ["Secret", "stringData"],
    ["ConfigMap", "data"],
    ["ConfigMap", "binaryData"],
  ] as const) {
    const object = { kind, [key]: { a: "opensesame", b: 1 } };
    const line = recordLine({ ...decision, request: { ...request, object } }, asked);
    assert.ok(!line.includes("opensesame"), line);
    assert.deepEqual((parseRecord(line, "log:1").review.request as { object: unknown }).object, {
      kind,
      [key]: { a: REDACTED, b: null },
    });
  }
});

test("what is no record is refused with its place", () => {
  const whole = JSON.parse(recordLine(decision, asked));
  const lines = [
    "{",
    "[]",
    "{}",
    JSON.stringify({ ...whole, version: 2 }),
    JSON.stringify({ ...whole, time: "yesterday" }),
    JSON.stringify({ ...whole, webhook: "both" }),
    JSON.stringify({ ...whole, review: [] }),
    JSON.stringify({ ...whole, decision: { allowed: "yes" } }),
    JSON.stringify({ ...whole, decision: { ...whole.decision, basis: "trust" } }),
    JSON.stringify({ ...whole, decision: { ...whole.decision, outcomes: [{ check: "a", verdict: "pass" }] } }),
  ];
  for (const line of lines) {
    assert.throws(
      () => parseRecord(line, "log:7"),
      (error) => error instanceof Problem && error.place === "log:7" && error.code === "admission.record",
      line,
    );
  }
});
