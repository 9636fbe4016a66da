import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "../bounds.ts";
import { refusedAt } from "../refused.fixture.ts";
import { readJson5 } from "./json5.ts";

const read5 = (text: string) => readJson5(text, refusedAt).value;

function refusalOf(text: string): string {
  try {
    return `taken: ${JSON.stringify(read5(text))}`;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return `${error.place}: ${error.message}`;
  }
}

describe("JSON5", () => {
  test("what it has beyond JSON", () => {
    const text = `// comment
{
  unquoted: 'and you can quote me on that', // to the end of the line
  $_\u00e4: 0xdecaf, \\u0061b: -0Xff,
  'single "quotes"': [.5, 5., +1, -.5e-2, 5.E3,],
  lines: "no \\
newline",
  escapes: '\\x41\\u0042\\0\\v\\'\\a\\\\',
  /* more * of / it */
  leap: [Infinity, -Infinity, NaN, null, true, false],
  "":{},
}
`;
    assert.deepEqual(read5(text), {
      unquoted: "and you can quote me on that",
      $_\u00e4: 0xdecaf,
      ab: -255,
      'single "quotes"': [0.5, 5, 1, -0.005, 5000],
      lines: "no newline",
      escapes: "AB\0\v'a\\",
      leap: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, null, true, false],
      "": {},
    });
    assert.equal(read5("\ufeff\u00a0\u2028[\u3000]\u2029//")?.constructor, Array);
    assert.ok(Object.is(read5("-0"), -0));
    assert.equal(read5("'\u2028\u2029'"), "\u2028\u2029");
  });

  test("what breaks it is told with its place", () => {
    for (const [text, told] of [
      ["", "1:1: the text ends where a value is due"],
      ["{a:1", "1:5: neither a comma nor the object's end"],
      ["{a 1}", "1:4: no colon after a name"],
      ["{\n1a: 1}", "2:1: no name of a member"],
      ["{\\u0020: 1}", "1:2: no name of a member"],
      ["{,}", "1:2: no name of a member"],
      ["[,]", "1:2: no value"],
      ["[1 2]", "1:4: neither a comma nor the list's end"],
      ["'a\nb'", "1:3: a string without an end"],
      ["'a", "1:3: a string without an end"],
      ["'\\1'", "1:3: no escape sequence"],
      ["'\\01'", "1:3: no escape sequence"],
      ["'\\u12'", "1:3: no escape sequence"],
      ["'\\", "1:3: no escape sequence"],
      ["01", "1:1: no value"],
      ["1a", "1:1: no value"],
      ["0x", "1:1: no value"],
      [".", "1:1: no value"],
      ["nullx", "1:1: no value"],
      ["undefined", "1:1: no value"],
      ["1 /* a", "1:3: a comment without an end"],
      ["{} {}", "1:4: something stands after the value"],
    ] as const) {
      assert.equal(refusalOf(text), told, JSON.stringify(text));
    }
  });

  test("depth is bounded, length costs no more than itself", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    assert.ok(Array.isArray(read5(nested(bounds.depth + 1))));
    assert.match(refusalOf(nested(bounds.depth + 2)), /^1:202: values within values, more than 200 levels$/);
    assert.match(refusalOf("[".repeat(1_000_000)), /values within values/);
    assert.equal(read5(`${"/**/ ".repeat(50_000)}'${"\\\n".repeat(50_000)}'`), "");
  });

  test("a member's place is where its name begins; the last of a name counts", () => {
    const { value, places } = readJson5("{a: {b: 1}, 'c': 2, a: 3, __proto__: 4}", refusedAt);
    assert.deepEqual(
      [...places],
      [
        ["a", 20],
        ["c", 12],
        ["__proto__", 26],
      ],
    );
    assert.deepEqual(Object.entries(value as object), Object.entries(JSON.parse('{"a":3,"c":2,"__proto__":4}')));
  });

  test("JSON is a part of it, and all else ends in a value or a refusal", () => {
    fc.assert(
      fc.property(fc.json(), (text) => assert.deepEqual(read5(text), JSON.parse(text))),
      runs(500),
    );
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "'",
      '"',
      "\\",
      "\\u0041",
      "/*",
      "*/",
      "//",
      "\n",
      "a",
      "0x1",
      ".",
      "-",
      "e5",
    ];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join("")),
        ),
        (text) => {
          const refusal = refusalOf(text);
          const isJson = (() => {
            try {
              JSON.parse(text);
              return true;
            } catch {
              return false;
            }
          })();
          assert.ok(!isJson || refusal.startsWith("taken: "), refusal);
          assert.match(refusal, /^(?:taken: |\d+:\d+: )/);
        },
      ),
      runs(2_000),
    );
  });
});
