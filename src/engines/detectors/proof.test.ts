import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { missedProof, proofOf } from "./proof.fixture.ts";
import { formatProof, nodeProof, parseProof } from "./proof.ts";
import type { DetectionProof } from "./proof-model.ts";

const at = { now: new Date("2026-01-01T00:00:00Z"), days: 7 };
const of = { node: "node-1" };

test("what is written is read again, with everything that it says", () => {
  const whole = proofOf({ nodeUid: "6f2e0b0c-1111-4222-8333-444455556666", clusterUid: "0a0b0c0d-1111", lost: 3 });
  assert.deepEqual(parseProof(formatProof(whole)), whole);
  assert.deepEqual(parseProof(formatProof(missedProof())), missedProof());
});

test("an alert that does not name the event, and whatever else is amiss, is no proof", () => {
  const { alert } = proofOf();
  assert.ok(alert !== undefined);
  const broken: readonly Partial<Record<keyof DetectionProof, unknown>>[] = [
    { alert: { ...alert, text: "Executing binary not part of base image" } },
    { alert: undefined },
    { nonce: "0123" },
    { nonce: 5 },
    { node: "" },
    { node: "x".repeat(300) },
    { at: "yesterday" },
    { at: "2025-13-45T12:00:00Z" },
    { outcome: "passed" },
    { looked: "everywhere" },
    { lost: -1 },
    { lost: 0.5 },
  ];
  for (const changes of broken) {
    const text = JSON.stringify({ apiVersion: "bulkhead/v1", kind: "DetectionProof", ...proofOf(), ...changes });
    assert.equal(parseProof(text), undefined, JSON.stringify(changes));
  }
  assert.equal(parseProof(formatProof(proofOf()).replace("bulkhead/v1", "bulkhead/v2")), undefined);
  assert.equal(parseProof(`${" ".repeat(20_000)}${formatProof(proofOf())}`), undefined);
  for (const text of ["", "[]", "null", "{", '{"kind":"DetectionProof"}']) assert.equal(parseProof(text), undefined);
});

test("what an attacker wrote into it reaches no terminal", () => {
  const proof = parseProof(formatProof(proofOf({ event: "\u001b[2Jx", looked: ["file \u001b]0;x\u0007"] })));
  assert.deepEqual([proof?.event, proof?.looked], ["\\u001b[2Jx", ["file \\u001b]0;x\\u0007"]]);
});

test("the newest of the node counts, for as many days", () => {
  const older = missedProof({ at: "2025-12-30T00:00:00Z" });
  const found = nodeProof([older, proofOf(), proofOf({ node: "node-2", at: "2025-12-31T20:00:00Z" })], of, at);
  assert.deepEqual(found, { kind: "alerted", proof: proofOf(), validUntil: "2026-01-07T12:00:00.000Z" });
  const newer = missedProof({ at: "2025-12-31T18:00:00Z" });
  assert.equal(nodeProof([proofOf(), newer], of, at)?.kind, "missed");
  assert.equal(nodeProof([], of, at), undefined);
  assert.equal(nodeProof([proofOf({ node: "node-2" })], of, at), undefined);
});

test("old, of another machine or cluster, or of a time to come: none of them counts, and why is said", () => {
  const reason = (changes: Partial<DetectionProof>, about: object = {}) => {
    const found = nodeProof([proofOf(changes)], { ...of, ...about }, at);
    return found?.kind === "none-valid" ? found.reason : found?.kind;
  };
  assert.equal(reason({ at: "2025-12-24T23:00:00Z" }), "of 2025-12-24, older than 7 days");
  assert.equal(reason({ at: "2026-01-01T01:00:00Z" }), "of 2026-01-01T01:00:00Z, which is yet to come");
  assert.equal(reason({ at: "2026-01-01T00:05:00Z" }), "alerted");
  assert.equal(reason({ nodeUid: "a" }, { nodeUid: "b" }), "of another machine of this name");
  assert.equal(reason({ clusterUid: "a" }, { clusterUid: "b" }), "of another cluster");
  assert.equal(reason({}, { since: "2025-12-31T13:00:00Z" }), "older than the node");
  assert.equal(reason({ nodeUid: "A" }, { nodeUid: "a", clusterUid: "c", since: "2025-01-01T00:00:00Z" }), "alerted");
});

test("one that does not count hides no other", () => {
  const found = nodeProof([proofOf({ at: "2027-01-01T00:00:00Z" }), proofOf()], of, at);
  assert.equal(found?.kind, "alerted");
});

test("no text makes the reader throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.equal(parseProof(text), undefined);
    }),
  );
  const valid = formatProof(proofOf());
  fc.assert(
    fc.property(fc.nat(valid.length - 1), fc.string({ maxLength: 3 }), (place, put) => {
      const proof = parseProof(valid.slice(0, place) + put + valid.slice(place + put.length));
      assert.ok(proof === undefined || proof.alert?.text.includes(proof.nonce));
    }),
  );
});
