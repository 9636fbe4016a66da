import assert from "node:assert/strict";
import { test } from "node:test";
import { auditEvent } from "./audit.fixture.ts";
import type { AuditEvent } from "./model.ts";
import { createAuditReader, isAuditDocument } from "./read.ts";

function read(text: string) {
  const events: AuditEvent[] = [];
  const lost: string[] = [];
  const reader = createAuditReader("audit.log", {
    event: (event) => events.push(event),
    lost: (reason, count, place) => lost.push(`${place}: ${count} ${reason}`),
  });
  reader.write(Buffer.from(text));
  reader.end();
  return { events, lost, verbs: events.map(({ json }) => json.verb) };
}

const [get, list, create] = ["get", "list", "create"].map((verb) => auditEvent({ verb }));

test("audit events are read from lines, lists and arrays, and numbered through", () => {
  const batch = { kind: "EventList", apiVersion: "audit.k8s.io/v1", items: [list, create] };
  const { events, verbs, lost } = read(`${JSON.stringify(get)}\n${JSON.stringify(batch)}\n`);
  assert.deepEqual(verbs, ["get", "list", "create"]);
  assert.deepEqual(
    events.map(({ number, seconds, nanoseconds }) => [number, seconds, nanoseconds]),
    [
      [1, 1772366400, 250_000_000],
      [2, 1772366400, 250_000_000],
      [3, 1772366400, 250_000_000],
    ],
  );
  assert.equal(new Set(events.map(({ stamp }) => stamp)).size, 3);
  assert.deepEqual(lost, []);
  assert.deepEqual(read(JSON.stringify([get, create])).verbs, ["get", "create"]);
  assert.deepEqual(read(JSON.stringify(batch, undefined, 2)).verbs, ["list", "create"]);
});

test("what cannot be read is named, and costs no other event", () => {
  const timeless = auditEvent({ stageTimestamp: "yesterday" });
  const nameless = auditEvent({ auditID: undefined });
  const lines = [
    get,
    { kind: 0 },
    timeless,
    nameless,
    { kind: "EventList", items: [5, list] },
    { kind: "EventList" },
    create,
  ];
  const { verbs, lost } = read(lines.map((each) => JSON.stringify(each)).join("\n"));
  assert.deepEqual(verbs, ["get", "list", "create"]);
  assert.deepEqual(lost, [
    "audit.log:2: 1 not an audit event",
    "audit.log:3: 1 an audit event without a stageTimestamp",
    "audit.log:4: 1 not an audit event: no auditID",
    "audit.log:5: 1 not an audit event",
    "audit.log:6: 1 not an audit event",
  ]);
});

test("audit events are told from other documents", () => {
  assert.ok(isAuditDocument(get));
  assert.ok(isAuditDocument({ kind: "EventList", items: [] }));
  // An Event of the API itself.
  assert.ok(!isAuditDocument({ kind: "Event", apiVersion: "v1", reason: "Scheduled" }));
  assert.ok(!isAuditDocument([get]));
});
