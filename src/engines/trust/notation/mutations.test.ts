/**
 * Envelopes with something changed at random (at every byte: every-byte.soak.ts in test/trust/notation): none counts unless all that is
 * signed, and all that vouches for it, is what it was before. A timestamp may be lost, and then no time is told.
 */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import { counts, wholeEnvelope } from "./altered.fixture.ts";
import { formats } from "./made-envelopes.fixture.ts";

for (const format of formats) {
  suite(`in ${format}`, () => {
    const whole = wholeEnvelope(format);

    test("2,000 random mutations", () => {
      let counted = 0;
      fc.assert(
        fc.property(mutatedBytes(whole), (altered) => {
          if (counts(format, whole, altered)) counted += 1;
        }),
        { ...runs(2_000), seed: 17 },
      );
      // Some hit what nobody signed: the name of the program, and of the headers that it and the timestamp stand under.
      assert.ok(counted < 200, `${counted} counted`);
      assert.ok(counts(format, whole, whole));
    });
  });
}
