import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Expression, longestMatch, parseExpression } from "./expression.ts";
import { secretRules } from "./index.ts";

/** What a rule may cost: repetitions within repetitions, multiplied. */
const mostNested = 16_384;

/** The dearest nest of repetitions that can stop at more than one place. */
function nestedRepetitions(expression: Expression): number {
  switch (expression.kind) {
    case "character":
    case "nothing":
      return 1;
    case "sequence":
      return Math.max(1, ...expression.parts.map(nestedRepetitions));
    case "choice":
      return Math.max(1, ...expression.options.map(nestedRepetitions));
    case "repeat":
      return (expression.min === expression.max ? 1 : expression.max) * nestedRepetitions(expression.part);
  }
}

describe("expressions of rules", () => {
  it("tells how long a match can be", () => {
    const cases: readonly (readonly [string, number])[] = [
      ["abc", 3],
      ["a{2,5}b", 6],
      ["a{3}", 3],
      ["(?:ab|c){0,4}", 8],
      ["(?<![A-Za-z0-9_])(?<secret>gh[ps]_[A-Za-z0-9]{36})(?![A-Za-z0-9_])", 40],
      ["(?i:aws|aliyun)x?", 7],
      ["[\\]\\\\a-z]\\.\\b", 2],
      ["^a$", 1],
      ["a+", Number.POSITIVE_INFINITY],
      ["(?:a{1,3})*", Number.POSITIVE_INFINITY],
      ["a{2,}", Number.POSITIVE_INFINITY],
      ["[\\s\\S]{1,80}?x", 81],
    ];
    for (const [source, longest] of cases) assert.equal(longestMatch(parseExpression(source)), longest, source);
  });

  it("refuses what rules do not use", () => {
    for (const source of ["a)", "(a", "[a", "(a)\\1", "\\k<a>", "(?#x)", "*a", "\\u0041"]) {
      assert.throws(() => parseExpression(source), SyntaxError, source);
    }
  });

  it("throws nothing but SyntaxError, whatever it is given", () => {
    const piece = fc.constantFrom(..."ab()[]{}?*+|\\^$-,:<=!19", "(?:", "{2,3}", "(?<a>", "[^a]");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          longestMatch(parseExpression(pieces.join("")));
        } catch (error) {
          assert.ok(error instanceof SyntaxError);
        }
      }),
    );
  });

  it("never matches more than it says", () => {
    const part = fc.constantFrom("a", "[ab]", "(?:a|bb)", "b?", "a{1,3}", "(?:ab){2}", "a{0,2}?", "(?=a)", "\\b");
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), fc.stringMatching(/^[ab]{0,40}$/), (parts, text) => {
        const source = parts.join("");
        const match = new RegExp(source).exec(text);
        assert.ok((match?.[0].length ?? 0) <= longestMatch(parseExpression(source)));
      }),
    );
  });

  for (const rule of secretRules) {
    it(`${rule.id} is bounded, in its repetitions and by its window`, () => {
      const expression = parseExpression(rule.pattern.source);
      const longest = longestMatch(expression);
      assert.ok(Number.isFinite(longest), "every repetition has an end");
      assert.ok(nestedRepetitions(expression) <= mostNested, `${nestedRepetitions(expression)} nested repetitions`);
      assert.match(rule.pattern.source, /\(\?<secret>/);
    });
  }
});
