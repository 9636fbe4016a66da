import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { sampleCode } from "./sample-rules.fixture.ts";
import { scan, scanInChunks } from "./scan.fixture.ts";

const randomValue = ["q8Zr", "2Lm0", "Xv5T"].join("");

test("what is found does not depend on the chunks", () => {
  const piece = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(sampleCode, "cod_", "pair_id=", `pair_id=x pair_key=${"k1".repeat(8)}`) },
    fc.constantFrom("\\x63od_", "\\/", sampleCode.replace("c", "\\u0063")),
    fc.constantFrom("\n", "\n\n", "é", " ", `password = '${randomValue}'`, "bulkhead:allow sample-code tested", "x"),
    fc.nat(1_200).map((length) => "y".repeat(length)),
    fc.nat(900).map((length) => "line\n".repeat(length)),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 5 }),
      fc.nat(20_000),
      fc.constantFrom("z\n", "z\n", "\0z\n"),
      (pieces, sizes, padding, filling) => {
        // Several times what a stream looks at together.
        const bytes = Buffer.from(`${filling.repeat(125_000)}${"z".repeat(padding)}${pieces.join("")}`.repeat(2));
        assert.deepEqual(scanInChunks(bytes, sizes).secrets, scan(bytes).secrets);
      },
    ),
    runs(40),
  );
});
