/** Each bit of one envelope a format, altered alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { counts, wholeEnvelope } from "../../../src/engines/trust/notation/altered.fixture.ts";
import { formats } from "../../../src/engines/trust/notation/made-envelopes.fixture.ts";

for (const format of formats) {
  test(`notation in ${format}: every bit, one by one`, () => {
    const whole = wholeEnvelope(format);
    let counted = 0;
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const altered = Buffer.from(whole);
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
      if (counts(format, whole, altered)) counted += 1;
    }
    // The name of the program, and of the headers that it and the timestamp stand under.
    assert.ok(counted > 0 && counted < 800, `${counted} counted`);
  });
}
