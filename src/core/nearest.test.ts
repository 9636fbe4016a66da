import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { meant, nearest } from "./nearest.ts";

const severities = ["critical", "high", "medium", "low", "negligible"];

test("a word with few changes is the one that was meant", () => {
  for (const [written, word] of [
    ["hihg", "high"],
    ["HIGH", "high"],
    ["critcal", "critical"],
    ["mediumm", "medium"],
    ["neglible", "negligible"],
    ["crit", "critical"],
  ] as const) {
    assert.equal(nearest(written, severities), word, written);
  }
});

test("two neighbors swapped are one change", () => {
  assert.equal(nearest("ab", ["ba"]), "ba");
  assert.equal(nearest("sacn", ["can't", "scan", "sank"]), "scan");
});

test("what is near to nothing stands for nothing", () => {
  for (const written of ["", "x", "serious", "x".repeat(10_000)]) assert.equal(nearest(written, severities), undefined);
  assert.equal(nearest("c", ["check", "cluster"]), undefined, "two begin with it");
});

test("the remedy names the word that is near, and all that there are", () => {
  assert.equal(meant("hihg", ["high", "low"]), "did you mean high? One of high, low");
  assert.equal(meant("serious", ["high", "low"]), "one of high, low");
});

test("one slip in a word of four characters or more is always found, where the others are far", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z]{4,12}$/),
      fc.nat(),
      fc.constantFrom("add", "drop", "swap"),
      (word, at, how) => {
        const place = at % (word.length - 1);
        const rest = word.slice(place + 2);
        const [a = "", b = ""] = word.slice(place);
        const slipped = word.slice(0, place) + (how === "add" ? `${a}7${b}` : how === "drop" ? b : b + a) + rest;
        assert.equal(nearest(slipped, ["0000000000", word]), word);
      },
    ),
  );
});
