import assert from "node:assert/strict";
import { Agent } from "node:https";
import { connect } from "node:net";
import { test } from "node:test";
import { readClock } from "../../../core/clock.ts";
import { Problem } from "../../../core/problem.ts";
import { createWorld, HOUR } from "../certificates/world.fixture.ts";
import { goodContainer, guardOf, podOf, policySet, requestFor } from "../guard.fixture.ts";
import type { Decision, PolicySet } from "../model.ts";
import { ask, askBytes, serveForTest } from "./served.fixture.ts";

const privileged = podOf([{ ...goodContainer, securityContext: { privileged: true } }]);

const isAllowed = ({ response }: { readonly response: Readonly<Record<string, unknown>> }) => response.allowed;

test("requests are decided over TLS, and counted", async (t) => {
  const served = await serveForTest(t);
  const admitted = await ask(served);
  assert.deepEqual([admitted.status, isAllowed(admitted)], [200, true]);
  const refused = await ask(served, requestFor(privileged));
  assert.equal(isAllowed(refused), false);
  assert.equal(refused.response.uid, requestFor(privileged).uid);
  assert.match(JSON.stringify(refused.response), /privileged/);
  const patched = await ask(served, requestFor(podOf()), { path: "/mutate" });
  assert.equal(patched.response.patchType, "JSONPatch");
  const text = await served.metrics();
  for (const line of [
    /^bulkhead_admission_decisions_total\{webhook="validate",operation="CREATE",allowed="false",basis="judged"\} 1$/m,
    /^bulkhead_admission_duration_seconds_count\{webhook="validate"\} 2$/m,
    /^bulkhead_admission_outcomes_total\{check="workload\/privileged",verdict="fail",action="deny",environment=""\} 1$/m,
    /^bulkhead_admission_in_flight\{state="running"\} 0$/m,
    /^bulkhead_admission_ready\{condition="certificate"\} 1$/m,
    /^bulkhead_admission_certificate_expiry_timestamp_seconds\{certificate="server"\} \d+$/m,
    /^process_resident_memory_bytes \d+$/m,
  ]) {
    assert.match(text, line);
  }
  assert.deepEqual(
    served.decided.map(({ webhook, decision }) => [webhook, decision.answer.allowed]),
    [
      ["validate", true],
      ["validate", false],
      ["mutate", true],
    ],
  );
});

test("it is ready once all is in place and the webhooks trust what is shown, and not while they do not", async (t) => {
  const world = createWorld(readClock());
  world.isAway = true;
  const { promise: clusterReady, resolve: cluster } = Promise.withResolvers<void>();
  const served = await serveForTest(t, { world, clusterReady });
  const ready = async () => {
    const { status, text } = await served.status("/readyz");
    return [status, ...text.split("\n").filter((line) => line.startsWith("no"))];
  };
  assert.equal((await served.status("/healthz")).status, 200);
  assert.equal(served.served.port(), undefined);
  const [status, ...faults] = await ready();
  assert.equal(status, 503);
  assert.match(faults.join(), /no cluster: not yet,no certificate: no certificate: cluster\.unreachable.*,no serving/);
  world.isAway = false;
  await served.served.reload();
  assert.deepEqual(await ready(), [503, "no cluster: not yet"]);
  cluster();
  await clusterReady;
  assert.deepEqual(await ready(), [200]);

  // Somebody else writes there, and may: it is put back, unless that cannot be.
  const kept = world.caBundle;
  world.caBundle = "";
  const { write } = world.anchors;
  Object.assign(world.anchors, {
    write: async () => new Problem({ kind: "unavailable", code: "cluster.forbidden", place: "webhook", cause: "no" }),
  });
  await served.served.reload();
  assert.deepEqual(await ready(), [503, "no certificate: webhook has no caBundle"]);
  assert.match(served.events.join(), /cluster\.forbidden/);
  Object.assign(world.anchors, { write });
  await served.served.reload();
  assert.deepEqual(await ready(), [200]);
  assert.equal(world.caBundle, kept);
});

test("certificates are rotated while requests flow, and none is lost", async (t) => {
  const served = await serveForTest(t);
  const { world } = served;
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => kept.destroy());
  const shown = new Set<string>();
  for (let look = 0; look < 24; look++) {
    for (const agent of [false, kept] as const) {
      assert.equal(isAllowed(await ask(served, requestFor(podOf()), { agent })), true, `look ${look}`);
    }
    shown.add(world.state?.leaf.certificate ?? "");
    const hours = look < 8 ? 48 : look < 16 ? 1 : 24;
    world.now = new Date(world.now.getTime() + hours * HOUR);
    await served.served.reload();
  }
  assert.ok(shown.size >= 3, String(shown.size));
  assert.match(served.events.join(), /added an authority.*by the new authority.*dropped the old authority/s);
});

test("a policy that is broken is refused while the old one stays, and the next one counts at once", async (t) => {
  const strict = await policySet(t, "apiVersion: bulkhead/v1\n");
  const loose = await policySet(t, "apiVersion: bulkhead/v1\nenforcement: { admission: audit }\n");
  const broken = new Problem({ kind: "usage", code: "policy.yaml", place: "bulkhead.yaml:3", cause: "not YAML" });
  let [mark, next]: [string, PolicySet | Problem] = ["one", strict];
  const open = async () => {
    if (next instanceof Problem) throw next;
    return next;
  };
  const served = await serveForTest(t, { open, fingerprint: async () => mark });
  const admits = async () => isAllowed(await ask(served, requestFor(privileged)));
  assert.equal(await admits(), false);
  [mark, next] = ["two", broken];
  await served.served.reload();
  assert.equal(await admits(), false);
  assert.equal(served.served.isReady(), true);
  assert.ok(served.events.includes("policy.yaml: bulkhead.yaml:3: not YAML"));
  [mark, next] = ["three", loose];
  await served.served.reload();
  assert.equal(await admits(), true);
});

test("without a policy that was ever whole it does not start", async (t) => {
  const broken = new Problem({ kind: "usage", code: "policy.yaml", place: "bulkhead.yaml:3", cause: "not YAML" });
  const open = () => Promise.reject(broken);
  await assert.rejects(serveForTest(t, { open }), broken);
});

test("what asks in the wrong way is refused, and costs nobody else anything", async (t) => {
  const served = await serveForTest(t);
  const port = served.served.port() as number;
  const { caBundle } = served.world;
  const status = async (body: string, options: Parameters<typeof askBytes>[3]) =>
    (await askBytes(port, caBundle, body, options)).status;
  assert.equal(await status("{}", { path: "/other" }), 404);
  assert.equal(await status("", { method: "GET" }), 405);
  assert.equal(await status("{}", { headers: { "content-type": "application/yaml" } }), 415);
  assert.equal(await status("{}", { headers: { "content-encoding": "gzip" } }), 415);
  assert.equal(await status("{}", { headers: { "content-type": "Application/JSON; charset=utf-8" } }), 400);
  assert.equal(await status("not JSON", {}), 400);
  assert.equal(
    await status('{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1","request":{}}', {}),
    400,
  );
  assert.equal((await served.status("/validate")).status, 404);
  const plain = connect(port, "127.0.0.1");
  plain.write("POST /validate HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n");
  await new Promise((resolve) => plain.once("close", resolve).resume());
  assert.equal(isAllowed(await ask(served)), true);
  const text = await served.metrics();
  assert.match(text, /failures_total\{reason="unreadable"\} 3$/m);
  assert.match(text, /refused_total\{reason="not-tls"\} 1$/m);
});

const beginning = (uid: string) =>
  `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"${uid}"`;

test("a review that its object makes unreadable is refused by the policy, whatever failurePolicy says", async (t) => {
  const deep = `${beginning("u-1")},"object":${"[".repeat(200)}${"]".repeat(200)}}}`;
  const large = `${beginning("u-2")},"object":{"a":"${"x".repeat(9_000_000)}"}}}`;
  for (const [action, allowed] of [
    ["deny", false],
    ["warn", true],
    ["audit", true],
  ] as const) {
    const served = await serveForTest(t, {
      policy: `apiVersion: bulkhead/v1\nenforcement: { admission: ${action} }\n`,
    });
    for (const [body, uid, code] of [
      [deep, "u-1", "admission.depth"],
      [large, "u-2", "admission.size"],
    ] as const) {
      const { status, response } = await askBytes(served.served.port() as number, served.world.caBundle, body);
      assert.deepEqual([status, response.uid, response.allowed], [200, uid, allowed]);
      assert.equal((response.auditAnnotations as Record<string, string>).unread, code);
      assert.equal(response.warnings !== undefined, action === "warn");
    }
  }
});

/** A guard that decides when the test says so. */
async function slow(t: Parameters<typeof guardOf>[0]) {
  const guard = await guardOf(t, "apiVersion: bulkhead/v1\n");
  const { promise: came, resolve: arrived } = Promise.withResolvers<AbortSignal>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const decide: typeof guard.decide = async (request, asking): Promise<Decision> => {
    arrived(asking.deadline);
    await released;
    return await guard.decide(request, asking);
  };
  return { guard: { decide }, came, release };
}

test("it ends after what is under way, and is not ready meanwhile", async (t) => {
  const { guard, came, release } = await slow(t);
  const served = await serveForTest(t, { guard });
  const asked = ask(served);
  await came;
  const stopping = served.served.stop();
  assert.equal(served.served.isReady(), false);
  release();
  assert.equal(isAllowed(await asked), true);
  assert.equal(await stopping, 0);
  await served.served.stopped;
  assert.equal(served.decided.length, 1);
  await assert.rejects(ask(served));
});

test("a request ends with the time that the API server gives it, and with its client", async (t) => {
  const { guard, came, release } = await slow(t);
  const served = await serveForTest(t, { guard });
  t.after(() => release());
  const late = await ask(served, requestFor(podOf()), { path: "/validate?timeout=200ms" });
  assert.deepEqual([late.status, late.text], [503, "no decision in time\n"]);
  assert.equal((await came).aborted, true);
  assert.match(await served.metrics(), /failures_total\{reason="late"\} 1$/m);
});
