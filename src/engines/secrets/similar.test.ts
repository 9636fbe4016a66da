import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createAutomaton } from "./automaton.ts";
import { createSimilarFinder, type FindKeywords } from "./similar.ts";

const keywords = ["aba", "abab", "secret", "b-b"];

function hits(find: FindKeywords, bytes: Buffer): string[] {
  const all: string[] = [];
  find(bytes, 0, bytes.length, (keyword, start) => all.push(`${start} ${keyword}`));
  return all;
}

test("one version after another gives what each gives alone, in the same order", () => {
  const word = fc.constantFrom(
    "a",
    "b",
    "ab",
    "aba",
    "-",
    "secret",
    "sec",
    "ret",
    " ",
    "x".repeat(5_000),
    "ab".repeat(3_000),
  );
  const edit = fc.record({ at: fc.nat(20_000), remove: fc.nat(30), text: fc.array(word, { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), fc.array(edit, { maxLength: 6 }), (words, edits) => {
      const automaton = createAutomaton(keywords);
      const { find: similar } = createSimilarFinder(automaton);
      let text = words.join("");
      for (const { at, remove, text: added } of [{ at: 0, remove: 0, text: [] as string[] }, ...edits]) {
        const place = Math.min(at, text.length);
        text = text.slice(0, place) + added.join("") + text.slice(place + remove);
        const bytes = Buffer.from(text);
        assert.deepEqual(hits(similar, bytes), hits(automaton.find, bytes));
      }
    }),
  );
});

test("a part of a content is not mistaken for a whole one", () => {
  const automaton = createAutomaton(keywords);
  const { find: similar } = createSimilarFinder(automaton);
  const bytes = Buffer.from("secret secret");
  hits(similar, bytes);
  const part: number[] = [];
  similar(bytes, 0, 6, (_, start) => part.push(start));
  assert.deepEqual(part, [0]);
  assert.equal(hits(similar, bytes).length, 2);
});
