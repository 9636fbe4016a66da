import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readJson5 } from "../formats/json/json5.ts";
import { parseJson } from "./parse-json.ts";
import { runs } from "./runs.fixture.ts";

/** JSON is a part of JSON5. */
const otherwise = (text: string) =>
  readJson5(text, ({ line, column }, cause) => new Error(`${line}:${column}: ${cause}`)).value;

/** What V8 remembers of objects that were read: keys that begin as escapes are written. */
function remember(first: string, written: string): void {
  for (let length = 1; length <= written.length; length++) {
    JSON.parse(`{${first}:1,${JSON.stringify(written.slice(0, length))}:2}`);
  }
}

test("a key that is written with an escape is that key, whatever was read before", () => {
  for (const [escaped, key] of [
    ['"\\""', '"'],
    ['"\\u0061"', "a"],
    ['"\\u0061rgs"', "args"],
    ['"\\nb\\n"', "\nb\n"],
    ['"\\\\"', "\\"],
    ['"pri\\u0076ileged"', "privileged"],
  ] as const) {
    remember('"first"', escaped.slice(1, -1));
    for (const text of [`{"first":1,${escaped}:2}`, `[{"first":1,${escaped} \n:2}]`]) {
      const [object = {}] = [parseJson(text)].flat() as object[];
      assert.deepEqual(
        Object.entries(object),
        [
          ["first", 1],
          [key, 2],
        ],
        text,
      );
    }
  }
});

test("what is no JSON is refused, and what is deep or long is read", () => {
  for (const text of ["", "{", '{"\\u0061":}', '{"\\x61":1}', "[1,]", '"\\'])
    assert.throws(() => parseJson(text), SyntaxError);
  const deep = 100_000;
  let inner = parseJson(`${'{"\\u0061":['.repeat(deep)}1${"]}".repeat(deep)}`);
  for (let level = 0; level < deep; level++) inner = (inner as { readonly a: readonly unknown[] }).a[0];
  assert.equal(inner, 1);
  const long = "\\\\".repeat(1_000_000);
  assert.deepEqual(parseJson(`{"a":"${long}","\\u0062":"${long}"}`), {
    a: JSON.parse(`"${long}"`),
    b: JSON.parse(`"${long}"`),
  });
});

test("any JSON is read as another reader has it, also of names that stand twice", () => {
  // Each letter may be written as it is or as an escape.
  const name = fc
    .array(
      fc.constantFrom("a", "\\u0061", "\\\\", "\\n", '\\"', "u", "0", "__proto__", "\\u0000", "\\ud83d", "\u00e9", ":"),
      { maxLength: 4 },
    )
    .map((parts) => `"${parts.join("")}"`);
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.oneof(name, fc.constantFrom("1", "-0.5e+3", "true", "false", "null", '":"', '"\\\\":"'.slice(0, 4))),
      fc.array(tie("value"), { maxLength: 3 }).map((items) => `[ ${items.join(" , ")}\n]`),
      fc
        .array(fc.tuple(name, tie("value")), { maxLength: 4 })
        .map((members) => `{${members.map(([key, of]) => `${key} :\t${of}`).join(",")} }`),
    ),
  }));
  fc.assert(
    fc.property(value, (text) => {
      assert.deepEqual(Object.keys(Object(parseJson(text))), Object.keys(Object(otherwise(text))));
      assert.deepEqual(parseJson(text), otherwise(text));
    }),
    runs(1_000),
  );
});
