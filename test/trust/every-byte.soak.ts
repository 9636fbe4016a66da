/**
 * Every byte of one signature of each of Sigstore's forms: changed in every bit, exchanged for what JSON and base64 are made
 * of, and taken out. Verified may be only what says the same.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf, meaningOf, withField } from "../../src/engines/trust/mutate.fixture.ts";
import { verifySignature } from "../../src/engines/trust/verify.ts";
import { wholeForms } from "../../src/engines/trust/whole-forms.fixture.ts";

const EXCHANGED = Buffer.from('"\\},0A= \n\0');

for (const [form, [{ found, material, now }]] of Object.entries(wholeForms())) {
  test(`${form}: every byte, one by one`, () => {
    assert.equal(verifySignature(found, material, now).outcome, "verified");
    const meaning = meaningOf(found);
    for (const [field, whole] of fieldsOf(found)) {
      for (let at = 0; at < whole.length; at++) {
        for (const changed of changesAt(whole, at)) {
          const mutated = withField(found, field, changed);
          if (verifySignature(mutated, material, now).outcome === "refused") continue;
          assert.ok(meaningOf(mutated) === meaning, `${field}, byte ${at}, now ${changed[at]}, is verified`);
        }
      }
    }
  });
}

function* changesAt(whole: Buffer, at: number): Generator<Buffer> {
  const before = whole[at] ?? 0;
  const values = new Set([...EXCHANGED, ...Array.from({ length: 8 }, (_, bit) => before ^ (1 << bit))]);
  values.delete(before);
  for (const value of values) {
    const changed = Buffer.from(whole);
    changed[at] = value;
    yield changed;
  }
  yield Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)]);
}
