import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, type TestContext, test } from "node:test";
import { auditEvent } from "../../engines/events/audit/audit.fixture.ts";
import { bounds } from "../../engines/events/bounds.ts";
import type { Certificate } from "../../net/loopback.fixture.ts";
import { ask, ca, certificates, skip } from "../../net/server.fixture.ts";
import { type AuditReceiverOptions, startAuditReceiver } from "./audit-receiver.ts";

function batch(...events: unknown[]): string {
  return JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", items: events });
}

async function receive(t: TestContext, options: Partial<AuditReceiverOptions> = {}) {
  const verbs: unknown[] = [];
  const lost: string[] = [];
  const errors: unknown[] = [];
  const server = await startAuditReceiver({
    host: "127.0.0.1",
    port: 0,
    path: "/audit",
    sink: {
      event: ({ json }) => verbs.push(json.verb),
      lost: (reason, count) => lost.push(`${count} ${reason}`),
    },
    onError: (error) => errors.push(error),
    ...options,
  });
  t.after(() => server.close(0));
  const post = async (body: string, headers: Record<string, string> = {}, path = "/audit", method = "POST") => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method,
      headers: { "content-type": "application/json; charset=utf-8", ...headers },
      ...(method === "POST" ? { body } : {}),
    });
    return `${answer.status} ${(await answer.text()).trim()}`.trim();
  };
  return { server, verbs, lost, errors, post };
}

describe("the receiver of audit events", () => {
  test("takes batches, and a batch that comes again once", async (t) => {
    const { verbs, lost, post } = await receive(t);
    const one = auditEvent({ verb: "get" });
    const started = auditEvent({ verb: "create", stage: "ResponseStarted" });
    assert.equal(await post(batch(one, started)), "200");
    assert.equal(await post(batch(one, started, auditEvent({ verb: "delete", auditID: "a-2" }))), "200");
    assert.deepEqual(verbs, ["get", "create", "delete"]);
    assert.deepEqual(lost, []);
  });

  test("answers what is no batch, and says what is lost", async (t) => {
    const { verbs, lost, post } = await receive(t);
    assert.equal(await post("{"), "400 not JSON");
    assert.equal(await post("5"), "400 not an EventList");
    assert.equal(await post("[".repeat(300)), "400 nested deeper than 200 levels");
    assert.equal(await post(batch(auditEvent({ stageTimestamp: 0 }), auditEvent())), "200");
    assert.match(await post(`"${"x".repeat(bounds.auditBatchBytes)}"`), /^413 a batch longer than 16777216 bytes/);
    assert.equal(await post("", {}, "/audit", "GET"), "405");
    assert.equal(await post("", {}, "/other"), "404");
    assert.equal(await post("{}", { "content-type": "text/plain" }), "415 not JSON");
    assert.equal(await post("{}", { "content-encoding": "gzip" }), "415 compressed");
    assert.deepEqual(verbs, ["get"]);
    assert.deepEqual(lost, [
      "1 not JSON",
      "1 not an EventList",
      "1 nested deeper than 200 levels",
      "1 an audit event without a stageTimestamp",
      "1 a batch longer than 16777216 bytes",
    ]);
  });

  test("hears who has a token, and asks to come again where there is no room", async (t) => {
    const tokens: string[] = [randomUUID()];
    let full = true;
    const { verbs, post } = await receive(t, { tokens: () => tokens, isFull: () => full });
    const authorization = `Bearer ${tokens[0]}`;
    assert.equal(await post(batch(auditEvent())), "401 unknown token");
    assert.equal(await post(batch(auditEvent()), { authorization: `Bearer ${randomUUID()}` }), "401 unknown token");
    assert.equal(await post(batch(auditEvent()), { authorization }), "429 too many events are waiting");
    full = false;
    assert.equal(await post(batch(auditEvent()), { authorization }), "200");
    tokens[0] = "";
    assert.equal(await post(batch(auditEvent()), { authorization: "Bearer " }), "401 unknown token");
    assert.deepEqual(verbs, ["get"]);
  });

  test("has an event that could not be taken sent again", async (t) => {
    let broken = true;
    const verbs: unknown[] = [];
    const sink = {
      event({ json }: { json: { verb?: unknown } }) {
        if (broken) throw new Error("no room on the disk");
        verbs.push(json.verb);
      },
      lost: () => assert.fail(),
    };
    const { post, errors } = await receive(t, { sink });
    assert.equal(await post(batch(auditEvent())), "500");
    broken = false;
    assert.equal(await post(batch(auditEvent())), "200");
    assert.deepEqual(verbs, ["get"]);
    assert.equal(errors.length, 1);
  });

  test("listens beyond loopback with TLS and a proof of the client alone", async () => {
    const certificate = { certificate: "", key: "" };
    for (const [options, cause] of [
      [{}, /TLS/],
      [{ tokens: () => ["t"] }, /TLS/],
      [{ certificate }, /token or client certificates/],
    ] as const) {
      const started = startAuditReceiver({
        host: "0.0.0.0",
        port: 0,
        path: "/audit",
        sink: { event: () => undefined, lost: () => undefined },
        onError: () => undefined,
        ...options,
      });
      await assert.rejects(started, { code: "cli.usage", message: cause });
    }
  });

  test("hears clients with a certificate over TLS", { skip }, async (t) => {
    const { cert, key } = certificates[0] as Certificate;
    const { server, verbs } = await receive(t, {
      certificate: { certificate: cert, key },
      clientAuthorities: ca?.ca as string,
    });
    const request = { path: "/audit", headers: { "content-type": "application/json" } };
    await assert.rejects(ask(server, request, batch(auditEvent())));
    assert.equal((await ask(server, { ...request, cert, key }, batch(auditEvent()))).status, 200);
    assert.deepEqual(verbs, ["get"]);
  });
});
