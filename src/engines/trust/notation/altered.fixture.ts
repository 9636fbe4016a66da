/** Envelopes that were altered, for tests: none counts unless all that is signed, and all that vouches for it, is as before. */
import assert from "node:assert/strict";
import { readCose } from "./cose.ts";
import type { NotationEnvelope } from "./envelope.ts";
import { readJws } from "./jws.ts";
import { type Format, foundEnvelope, madeEnvelope, material, NOW, SUBJECT } from "./made-envelopes.fixture.ts";
import { verifyNotation } from "./verify.ts";

const TIMESTAMP = new Date("2026-05-01T10:00:03Z");

/** What is altered: countersigned, with an annotation. */
export function wholeEnvelope(format: Format): Buffer {
  return madeEnvelope(format, { timestamp: TIMESTAMP, annotations: { build: "17" } });
}

function readers(format: Format): (bytes: Buffer) => NotationEnvelope {
  return format === "jws" ? readJws : readCose;
}

/** Whether it counts; it must not unless it is the same. */
export function counts(format: Format, whole: Buffer, altered: Buffer): boolean {
  const found = foundEnvelope(format, altered);
  const signature = verifyNotation(found, material, NOW);
  assert.equal(signature.steps.at(-1)?.outcome === "fails", signature.outcome === "refused");
  if (signature.outcome === "refused") return false;
  const { timestamp, ...read } = readers(format)(altered);
  const { timestamp: own, ...before } = readers(format)(whole);
  assert.deepEqual(read, before);
  assert.deepEqual(signature.content, { kind: "image", digest: SUBJECT, annotations: { build: "17" } });
  // Its header's name is signed by nobody: without it there is no time, and none is told.
  if (timestamp !== undefined) assert.deepEqual(timestamp, own);
  assert.equal(signature.times.length, timestamp === undefined ? 0 : 1);
  return true;
}
