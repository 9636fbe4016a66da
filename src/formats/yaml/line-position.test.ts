import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { linePosition } from "./line-position.ts";
import { PackableText } from "./manifest-text.ts";

test("each offset of a text, held as it is or packed, has its line and its column", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ maxLength: 5 }).map((line) => line.replaceAll("\n", "")),
        { maxLength: 70 },
      ),
      (lines) => {
        const text = lines.join("\n");
        const whole = new PackableText("a.yaml", text, [{ start: 0, end: text.length }]);
        const packed = new PackableText("a.yaml", text, [{ start: 0, end: text.length }]);
        packed.pack();
        for (let offset = 0; offset <= text.length; offset++) {
          const before = text.slice(0, offset).split("\n");
          const expected = { line: before.length, column: (before.at(-1) ?? "").length + 1 };
          assert.deepEqual(linePosition(whole, offset), expected);
          assert.deepEqual(linePosition(packed, offset), expected);
        }
      },
    ),
    { numRuns: 30 },
  );
});
