import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createLineCounter } from "./lines.ts";

const bytes = fc.array(fc.constantFrom(0x0a, 0x0a, 0x8a, 0x0b, 0x00, 0xff, 0x41, 0xc3), { maxLength: 3_000 });

test("lines and columns are those of the text, however it is cut and wherever it lies in memory", () => {
  fc.assert(
    fc.property(bytes, fc.nat(3), fc.array(fc.nat(900), { minLength: 1, maxLength: 20 }), (of, shift, steps) => {
      const held = Buffer.from(new ArrayBuffer(of.length + shift), shift);
      held.set(of);
      const [whole, linesAlone] = [createLineCounter(), createLineCounter()];
      let at = 0;
      for (const step of steps) {
        at = Math.min(held.length, at + step);
        const before = of.slice(0, at);
        const line = before.filter((byte) => byte === 0x0a).length + 1;
        const own = before.slice(before.lastIndexOf(0x0a) + 1);
        const column = own.filter((byte) => (byte & 0xc0) !== 0x80).length + 1;
        assert.deepEqual(whole.moveTo(at, held, 0), { line, column });
        assert.equal(linesAlone.moveLineTo(at, held, 0), line);
      }
    }),
  );
});
