import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { createAutomaton } from "./automaton.ts";

const keyword = fc.string({ unit: fc.constantFrom("a", "b", "C", "-", "1"), minLength: 1, maxLength: 5 });
const text = fc.string({ unit: fc.constantFrom("a", "A", "b", "B", "c", "-", "1", "x", "\xc1"), maxLength: 200 });

function found(keywords: readonly string[], bytes: Buffer, from = 0, to = bytes.length): string[] {
  const hits: string[] = [];
  createAutomaton(keywords).find(bytes, from, to, (number, start) => hits.push(`${start} ${number}`));
  return hits.sort();
}

/** As anyone would look for them. */
function expected(keywords: readonly string[], bytes: Buffer, from: number, to: number): string[] {
  const lower = bytes.toString("latin1").replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const hits: string[] = [];
  for (const [number, each] of keywords.entries()) {
    for (let at = lower.indexOf(each.toLowerCase()); at >= 0; at = lower.indexOf(each.toLowerCase(), at + 1)) {
      if (at + each.length > from && at + each.length <= to) hits.push(`${at} ${number}`);
    }
  }
  return hits.sort();
}

test("finds every keyword that ends in the stretch, whatever its case", () => {
  fc.assert(
    fc.property(
      fc.array(keyword, { minLength: 1, maxLength: 6 }),
      text,
      fc.nat(200),
      fc.nat(200),
      (keywords, of, a, b) => {
        const bytes = Buffer.from(of, "latin1");
        const [from, to] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
        assert.deepEqual(found(keywords, bytes, from, to), expected(keywords, bytes, from, to));
      },
    ),
  );
});

test("two readers find what one finds, in order", () => {
  fc.assert(
    fc.property(fc.array(keyword, { minLength: 1, maxLength: 6 }), text, fc.nat(3), (keywords, of, odd) => {
      const bytes = Buffer.from(
        of
          .padEnd(8, "ab")
          .repeat(Math.ceil(6_000 / Math.max(8, of.length)))
          .slice(0, 6_000 + odd),
        "latin1",
      );
      const automaton = createAutomaton(keywords);
      const ends: number[] = [];
      automaton.find(bytes, 0, bytes.length, (number, start) => ends.push(start + (keywords[number] as string).length));
      assert.deepEqual(
        ends,
        [...ends].sort((a, b) => a - b),
      );
      assert.deepEqual(found(keywords, bytes), expected(keywords, bytes, 0, bytes.length));
    }),
    runs(30),
  );
});

test("what is found while hits are told does not change them", () => {
  const { find } = createAutomaton(["outer", "inner", "now"]);
  const inner = Buffer.from("inner ".repeat(2_000));
  // The first half asks for more while hits of the second half wait.
  const bytes = Buffer.from(`${" ".repeat(5_000)}now${" ".repeat(4_997)}${"outer ".repeat(800)}`.padEnd(20_000));
  const told: string[] = [];
  find(bytes, 0, bytes.length, (keyword, start) => {
    told.push(`${keyword} ${start}`);
    if (keyword === 2) find(inner, 0, inner.length, () => {});
  });
  assert.deepEqual(told, ["2 5000", ...Array.from({ length: 800 }, (_, at) => `0 ${10_000 + 6 * at}`)]);
});
