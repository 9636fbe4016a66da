import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "./bounds.ts";
import { readReview, writeAnswer } from "./review.ts";

const request = {
  uid: "705ab4f5-6393-11e8-b7cc-42010a800002",
  kind: { group: "apps", version: "v1", kind: "Deployment" },
  resource: { group: "apps", version: "v1", resource: "deployments" },
  subResource: "",
  requestKind: { group: "extensions", version: "v1beta1", kind: "Deployment" },
  name: "api",
  namespace: "shop",
  operation: "UPDATE",
  userInfo: { username: "alice", uid: "7", groups: ["system:authenticated"], extra: { scopes: ["a", "b"] } },
  object: { apiVersion: "apps/v1", kind: "Deployment" },
  oldObject: null,
  dryRun: true,
};
const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request };
const bytes = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

function refusal(value: unknown): string {
  try {
    readReview(bytes(value));
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.kind, "input");
    return error.line();
  }
  return "read";
}

const withRequest = (more: object) => ({ ...review, request: { ...request, ...more } });

test("what an API server sends is read, and what it leaves empty is absent", () => {
  const { userInfo, subResource: _, oldObject: __, ...same } = request;
  assert.deepEqual(readReview(bytes(review)), { ...same, user: userInfo });
});

test("other versions, other forms and other texts are refused with one reason", () => {
  assert.match(
    refusal({ ...review, apiVersion: "admission.k8s.io/v1beta1" }),
    /^admission\.version: .*v1beta1.*admissionReviewVersions/,
  );
  assert.match(refusal({ ...review, kind: "Pod" }), /^admission\.form: AdmissionReview: kind is "Pod"/);
  assert.match(refusal({ ...review, request: undefined }), /no request/);
  assert.match(refusal(withRequest({ uid: "" })), /no request\.uid/);
  assert.match(refusal(withRequest({ uid: "u".repeat(bounds.uidCharacters + 1) })), /request\.uid is too long/);
  assert.match(refusal(withRequest({ operation: "PATCH" })), /request\.operation is "PATCH"/);
  assert.match(refusal(withRequest({ object: [] })), /request\.object is not an object/);
  assert.match(refusal(withRequest({ kind: "Pod" })), /request\.kind is not/);
  assert.match(refusal(withRequest({ resource: { group: "", version: "v1" } })), /request\.resource is not/);
  assert.match(
    refusal(withRequest({ userInfo: { groups: "system:masters" } })),
    /request\.userInfo\.groups is not a list/,
  );
  assert.match(
    refusal(withRequest({ userInfo: { extra: { a: "b" } } })),
    /request\.userInfo\.extra\[a\] is not a list/,
  );
  assert.match(refusal(withRequest({ dryRun: "yes" })), /request\.dryRun is not true or false/);
  assert.match(refusal(withRequest({ namespace: 1 })), /request\.namespace is not a string/);
  assert.match(refusal('{"kind":'), /^admission\.json: /);
  assert.match(refusal("[]"), /^admission\.form: .*not an object/);
});

test("a key that stands twice makes two objects of one, and neither is taken", () => {
  const twice = JSON.stringify(review).replace('"kind":"Deployment"}}', '"kind":"Deployment","kind":"Deployment"}}');
  assert.match(refusal(twice.replace('"uid"', '"uid":"other","uid"')), /the key "uid" twice/);
  const inObject = JSON.stringify(withRequest({ object: { spec: { a: 1 } } })).replace(
    '{"a":1}',
    '{"a":1,"\\u0061":2}',
  );
  assert.match(refusal(inObject), /the key "a" twice/);
});

test("size and depth are told before anything is parsed", () => {
  assert.match(refusal(`"${"a".repeat(bounds.reviewBytes)}"`), /^admission\.size: .* exceed the limit/);
  assert.match(refusal("[".repeat(5_000_000)), /^admission\.depth: /);
  assert.match(refusal(`[${"{},".repeat(bounds.values)}{}]`), /^admission\.size: .* values/);
});

test("no bytes do more than be read or be refused", () => {
  const text = JSON.stringify(review);
  fc.assert(
    fc.property(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 20 }), (at, cut, put) => {
      refusal(text.slice(0, at) + put + text.slice(at + cut));
    }),
    runs(500),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (some) => void refusal(Buffer.from(some).toString("latin1"))),
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => void refusal(withRequest({ object: value, userInfo: value, kind: value }))),
  );
});

test("the answer echoes the uid, and nothing of it is longer than an API server takes", () => {
  const answer = {
    uid: request.uid,
    allowed: false,
    code: 403,
    message: "m".repeat(20_000),
    warnings: Array.from({ length: 50 }, (_, index) => `${index} ${"ü".repeat(300)}\n\u001b[31m`),
    auditAnnotations: { decision: "deny" },
  };
  const { response, ...head } = JSON.parse(writeAnswer(answer).toString()) as {
    response: { uid: string; status: { message: string; code: number }; warnings: string[]; patch?: string };
  };
  assert.deepEqual(head, { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" });
  assert.deepEqual([response.uid, response.status.code, response.patch], [request.uid, 403, undefined]);
  assert.equal(response.status.message.length, bounds.messageCharacters);
  assert.equal(response.warnings.length, bounds.warnings);
  for (const warning of response.warnings) {
    assert.ok(Buffer.byteLength(warning) <= bounds.warningBytes, warning);
    assert.ok(warning.endsWith("ü…"), "cut between two characters");
  }
});

test("a patch is base64 of JSON", () => {
  const patch = [{ op: "replace" as const, path: "/spec/containers/0/image", value: "a@sha256:b" }];
  const answer = { uid: "u", allowed: true, warnings: [], auditAnnotations: {}, patch };
  const { response } = JSON.parse(writeAnswer(answer).toString()) as { response: Record<string, string> };
  assert.equal(response.patchType, "JSONPatch");
  assert.deepEqual(JSON.parse(Buffer.from(response.patch ?? "", "base64").toString()), patch);
});
