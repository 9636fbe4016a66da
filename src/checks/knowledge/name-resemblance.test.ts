import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { resemblanceIn } from "./name-resemblance.ts";

const find = resemblanceIn(["react-native", "lodash", "@babel/core", "chalk", "vue", "modern", "column"]);

const cases: readonly (readonly [string, string | undefined, string?])[] = [
  ["lodahs", "lodash", "two characters are exchanged"],
  ["lodas", "lodash", "one character is missing"],
  ["lodashh", "lodash", "one character more"],
  ["l0dash", "lodash", "characters that look alike"],
  ["modem", "modern", "characters that look alike"],
  ["reactnative", "react-native", "separators or a scope differ"],
  ["native-react", "react-native", "the same words in another order"],
  ["babel-core", "@babel/core", "separators or a scope differ"],
  ["@babel/cor", "@babel/core", "one character is missing"],
  ["@acme/lodash", undefined],
  ["lodash", undefined],
  ["vuee", undefined],
  ["chal", undefined],
  ["unlike-any", undefined],
];

for (const [name, popular, how] of cases) {
  test(`${name}: ${popular ?? "none"}`, () => {
    assert.deepEqual(find(name), popular === undefined ? undefined : { popular, how });
  });
}

test("what is one edit away from a name of the list is found, and nothing else by edits", () => {
  const letter = fc.constantFrom(..."abcd");
  const name = fc.array(letter, { minLength: 5, maxLength: 8 }).map((letters) => letters.join(""));
  fc.assert(
    fc.property(name, name, (known, asked) => {
      const found = resemblanceIn([known])(asked);
      assert.equal(found !== undefined, known !== asked && isOneEdit(known, asked), `${known} ${asked}`);
    }),
  );
});

/** By its definition: an insertion, a deletion, a substitution, or neighbors exchanged. */
function isOneEdit(a: string, b: string): boolean {
  for (let at = 0; at <= a.length; at++) {
    const [head, tail] = [a.slice(0, at), a.slice(at)];
    if (head + tail.slice(1) === b && b.length >= 5) return true;
    for (const letter of "abcd") if (head + letter + tail === b || head + letter + tail.slice(1) === b) return true;
    if (head + (tail[1] ?? "") + (tail[0] ?? "") + tail.slice(2) === b) return true;
  }
  return false;
}

test("a name of any length and kind takes no time", () => {
  for (const name of ["", "a".repeat(100_000), "\u{1f600}".repeat(50), "-".repeat(200), "@/@/@/@/"]) find(name);
});
