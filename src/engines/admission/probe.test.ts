import assert from "node:assert/strict";
import { test } from "node:test";
import { probePod, readAnswer } from "./probe.ts";
import type { ProbeAnswer, ProbeRole } from "./probe-model.ts";

const image = "registry.example.com/shop/probe:unsigned";

function status(code: number, message: string): { status: number; body: Readonly<Record<string, unknown>> } {
  return { status: code, body: { kind: "Status", status: "Failure", message, code } };
}

function denied(text: string): { status: number; body: Readonly<Record<string, unknown>> } {
  return status(400, `admission webhook "guard.example.com" denied the request: ${text}`);
}

function read(
  reply: Parameters<typeof readAnswer>[2],
  { role = "unsigned", control }: { role?: ProbeRole; control?: ProbeAnswer } = {},
): string {
  const answer = readAnswer({ role, image }, "probe-1", reply, control);
  if (answer.outcome === "undecided") return `undecided ${answer.gap.code}`;
  return answer.outcome === "refused" ? `refused by ${answer.by}` : answer.outcome;
}

const pod = { status: 201, body: { kind: "Pod", metadata: { name: "probe-1" } } };

test("what is created is admitted, and nothing else is", () => {
  assert.equal(read(pod), "admitted");
  assert.equal(read({ ...pod, status: 200 }), "admitted");
  assert.equal(
    read({ status: 201, body: { kind: "Pod", metadata: { name: "another" } } }),
    "undecided admission.probe-answer",
  );
  assert.equal(read({ status: 200, body: { kind: "PodList" } }), "undecided admission.probe-answer");
});

test("refusals for the signature, as products word them", () => {
  const by = "refused by webhook guard.example.com";
  const texts = [
    "resource Pod/shop/probe-1 was blocked due to the following policies signed: check: 'failed to verify image registry.example.com/shop/probe:unsigned: .attestors[0].entries[0].keyless: no signatures found'",
    "validation failed: failed policy: signed: spec.containers[0].image registry.example.com/shop/probe:unsigned signature key validation failed for authority authority-0: no matching signatures",
    "[signed] Subject failed verification: registry.example.com/shop/probe@sha256:12",
    "Unable to find signed digest for image",
    "Pod invalid: container image registry.example.com/shop/probe:unsigned is not accepted: no signatures verified",
    "Pod shop/probe-1 image registry.example.com/shop/probe:unsigned is not signed by release (bulkhead.yaml:14)",
    "image is signed with an untrusted key; no signature is associated with it",
  ];
  for (const text of texts) assert.equal(read(denied(text)), by, text);
  assert.equal(
    read(status(403, 'pods "a" is forbidden: image policy webhook backend denied one or more images: not signed')),
    "refused by ImagePolicyWebhook",
  );
});

test("a registry that does not answer says nothing of a signature", () => {
  const texts = [
    'failed to verify image: Get "https://registry.example.com/v2/": dial tcp 10.0.0.1:443: connect: connection refused',
    "failed to verify signature: context deadline exceeded",
    "cannot verify the signature: registry answered 429: toomanyrequests",
    "verify: x509: certificate signed by unknown authority",
    "signature verification: UNAUTHORIZED: authentication required",
    "signatures could not be looked up: dial tcp: lookup registry.example.com: no such host",
    "unsigned? 503 Service Unavailable",
  ];
  for (const text of texts) assert.equal(read(denied(text)), "undecided admission.probe-look-up", text);
});

test("refusals that are not for the image, and ones by nobody's policy", () => {
  assert.equal(read(denied("label team is required")), "undecided admission.probe-reason");
  const registries = [
    "validation failed: no matching policies: spec.containers[0].image index.docker.io/library/probe",
    "images must come from trusted registries",
    "image is signed, and not from an allowed registry",
    "registry docker.io is not approved: use one with signed images",
    "only verified repositories",
  ];
  for (const text of registries) assert.equal(read(denied(text)), "undecided admission.probe-reason", text);
  // The name of the image is no reason.
  assert.equal(read(denied(`${image}: image is too large`)), "undecided admission.probe-reason");
  assert.equal(
    read(
      status(403, 'pods is forbidden: User "a" cannot create resource "pods" in API group "" in the namespace "shop"'),
    ),
    "undecided admission.probe-forbidden",
  );
  assert.equal(
    read(
      status(500, 'Internal error occurred: failed calling webhook "a": Post "https://a": context deadline exceeded'),
    ),
    "undecided admission.probe-silent",
  );
  assert.equal(
    read(status(400, 'admission webhook "a" does not support dry run')),
    "undecided admission.probe-dry-run",
  );
  assert.equal(read(status(403, 'pods "a" is forbidden: exceeded quota: pods')), "undecided admission.probe-other");
  assert.equal(
    read(status(403, 'pods "a" is forbidden: violates PodSecurity "restricted:latest": unsigned')),
    "undecided admission.probe-other",
  );
  assert.equal(read({ status: 403, body: {} }), "undecided admission.probe-other");
  assert.equal(read({ code: "cluster.broken", reason: "test: it broke" }), "undecided cluster.broken");
});

test("a signed image that is let in shows that the image alone is the reason", () => {
  const control = (outcome: "admitted" | "undecided", of = "registry.example.com/shop/probe:signed"): ProbeAnswer =>
    outcome === "admitted"
      ? { outcome, role: "signed", image: of }
      : { outcome, role: "signed", image: of, gap: { code: "a", reason: "b" } };
  const refusal = denied("policy says no");
  assert.equal(read(refusal), "undecided admission.probe-reason");
  assert.equal(read(refusal, { control: control("admitted") }), "refused by webhook guard.example.com");
  // Of another repository, that may be the reason.
  assert.equal(
    read(refusal, { control: control("admitted", "registry.example.com/other:1") }),
    "undecided admission.probe-reason",
  );
  // What says no to everything verifies nothing.
  assert.equal(
    read(denied("no signatures found"), { control: control("undecided") }),
    "undecided admission.probe-control",
  );
  assert.equal(read(denied("no signatures found"), { role: "signed" }), "undecided admission.probe-control");
  assert.equal(read(pod, { role: "signed" }), "admitted");
});

test("messages are one printable line", () => {
  const answer = readAnswer(
    { role: "unsigned", image },
    "probe-1",
    denied(`not\n\n signed \u001b[31m${"x".repeat(10_000)}`),
  );
  assert.ok(answer.outcome === "refused");
  assert.match(answer.message, /^not signed \\u001b\[31mx+$/);
  assert.ok(answer.message.length < 2_000);
});

test("the pod meets the level restricted and names its image once", () => {
  assert.equal(JSON.stringify(probePod("a", image)).split(image).length, 2);
});
