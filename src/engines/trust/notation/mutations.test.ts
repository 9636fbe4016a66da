/**
 * Envelopes with something changed at random, or at every single byte: none counts unless all that is signed, and all that
 * vouches for it, is what it was before. A timestamp may be lost, and then no time is told.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import { readCose } from "./cose.ts";
import type { NotationEnvelope } from "./envelope.ts";
import { readJws } from "./jws.ts";
import { type Format, formats, foundEnvelope, madeEnvelope, material, NOW, SUBJECT } from "./made-envelopes.fixture.ts";
import { verifyNotation } from "./verify.ts";

const TIMESTAMP = new Date("2026-05-01T10:00:03Z");

function readers(format: Format): (bytes: Buffer) => NotationEnvelope {
  return format === "jws" ? readJws : readCose;
}

/** Whether it counts; it must not unless it is the same. */
function counts(format: Format, whole: Buffer, altered: Buffer): boolean {
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

for (const format of formats) {
  const whole = madeEnvelope(format, { timestamp: TIMESTAMP, annotations: { build: "17" } });

  test(`${format}: 2,000 random mutations`, () => {
    let counted = 0;
    fc.assert(
      fc.property(mutatedBytes(whole), (altered) => {
        if (counts(format, whole, altered)) counted += 1;
      }),
      { numRuns: 2_000, seed: 17 },
    );
    // Some hit what nobody signed: the name of the program, and of the headers that it and the timestamp stand under.
    assert.ok(counted < 200, `${counted} counted`);
    assert.ok(counts(format, whole, whole));
  });

  test(`${format}: every byte, one by one`, () => {
    let counted = 0;
    for (let at = 0; at < whole.length; at++) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] as number) ^ (1 << (at % 7));
      if (counts(format, whole, altered)) counted += 1;
    }
    assert.ok(counted > 0 && counted < 100, `${counted} counted`);
  });
}
