import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "../bounds.ts";
import { refusedAt } from "../refused.fixture.ts";
import { type TomlValue, tomlSections } from "./read.ts";

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

function plain(value: TomlValue): Plain {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  return Array.isArray(value) ? value.map(plain) : (value as Plain);
}

function sections(text: string): [string, Plain][] {
  return [...tomlSections(text, refusedAt)].map(({ name, table }) => [name, plain(table)]);
}

/** What stands before the first header. */
function root(text: string): Plain {
  return sections(text)[0]?.[1] ?? {};
}

describe("tomlSections", () => {
  test("one section a table of the first level, with what is written into it below", () => {
    const text = `
version = 1 # a comment
[[package]]
name = "a"
[package.source]
type = "git"
[[package.wheels]]
url = "1"
[[package.wheels]]
url = "2"
[package.wheels.hashes]
sha256 = "x"

[[package]]
name = "b"
[metadata]
"quoted key" = true
[metadata.files]
a.b = []
`;
    assert.deepEqual(sections(text), [
      ["", { version: 1 }],
      [
        "package",
        { name: "a", source: { type: "git" }, wheels: [{ url: "1" }, { url: "2", hashes: { sha256: "x" } }] },
      ],
      ["package", { name: "b" }],
      ["metadata", { "quoted key": true, files: { a: { b: [] } } }],
    ]);
  });

  test("a table that comes up again is a section of its own", () => {
    assert.deepEqual(sections("[a]\nx = 1\n[b.c]\ny = 2\n[a.d]\nz = 3"), [
      ["a", { x: 1 }],
      ["b", { c: { y: 2 } }],
      ["a", { d: { z: 3 } }],
    ]);
  });

  test("texts of the four kinds, with their escapes", () => {
    const cases: readonly [toml: string, value: string][] = [
      ['"a"', "a"],
      ["'a\\n\"'", 'a\\n"'],
      ['"\\"\\\\\\b\\t\\n\\f\\r\\e"', '"\\\b\t\n\f\r\u001b'],
      ['"\\u00e9\\U0001F600"', "é😀"],
      ['"\\UFFFFFFFF"', "\ufffd"],
      ['"""\na\nb"""', "a\nb"],
      ['"""a\\\n   b"""', "ab"],
      ['"""a""b"""""', 'a""b""'],
      ["'''\r\na\\'''", "a\\"],
      ["''", ""],
      ['""""""', ""],
    ];
    for (const [toml, value] of cases) assert.deepEqual(root(`k = ${toml}\nafter = 1`), { k: value, after: 1 }, toml);
  });

  test("decimal numbers, booleans, and nothing of the rest", () => {
    const cases: readonly [toml: string, value: number | boolean | null][] = [
      ["1", 1],
      ["-1_000", -1000],
      ["true", true],
      ["false", false],
      ["1.5", 1.5],
      ["0xff", null],
      ["inf", null],
      ["1979-05-27T07:32:00Z", null],
      ["1979-05-27 07:32:00.5+01:00", null],
    ];
    for (const [toml, value] of cases) assert.deepEqual(root(`k = ${toml} # c`), { k: value }, toml);
  });

  test("arrays and inline tables over several lines, with comments and a last comma", () => {
    assert.deepEqual(root('k = [ # one\n  {a.b = "x", c = [1]}, # two\n\n  [],\n]\n'), {
      k: [{ a: { b: "x" }, c: [1] }, []],
    });
    assert.deepEqual(root("k = {\n a = 1,\n}"), { k: { a: 1 } });
  });

  test("line ends of Windows, and names that objects have of their own", () => {
    assert.deepEqual(sections('[a]\r\n__proto__ = "x"\r\nconstructor = "y"\r\n').length, 1);
    assert.equal([...tomlSections('[a]\r\n__proto__ = "x"\r\n', refusedAt)][0]?.table.get("__proto__"), "x");
  });

  test("what is no TOML is refused with its line", () => {
    const broken: readonly [text: string, line: number][] = [
      ["a", 1],
      ["\n\na = ", 3],
      ["a = b", 1],
      ["a = 'x", 1],
      ['a = "x\ny"', 1],
      ['a = """x', 1],
      ["a = [1", 1],
      ["a = {b = 1", 1],
      ["a = 1 b = 2", 1],
      ["[a", 1],
      ["[[a]", 1],
      ["[]", 1],
      ["= 1", 1],
      ["{}", 1],
      ["a = 1\n<<<<<<< ours\n", 2],
    ];
    for (const [text, line] of broken) {
      assert.throws(
        () => sections(text),
        (error) => error instanceof Problem && error.kind === "input" && error.place.startsWith(`${line}:`),
        text,
      );
    }
  });

  test("nesting is bounded", () => {
    for (const text of ["a = ", `${"a.".repeat(bounds.depth)}a = 1 #`, "a = [{b = "]) {
      assert.throws(() => sections(text + "[".repeat(100_000)), Problem);
    }
  });

  test("reads back whatever is written", () => {
    const key = fc.string({ minLength: 1, unit: "grapheme", maxLength: 6 });
    const { value } = fc.letrec<{ value: Plain }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.boolean(),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    const written = (item: Plain): string => {
      if (Array.isArray(item)) return `[${item.map(written).join(", ")}]`;
      if (typeof item !== "object" || item === null) return JSON.stringify(item);
      return `{${Object.entries(item)
        .map(([name, inner]) => `${JSON.stringify(name)} = ${written(inner)}`)
        .join(", ")}}`;
    };
    fc.assert(
      fc.property(fc.dictionary(key, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true }), (table) => {
        const lines = Object.entries(table).map(([name, item]) => `${JSON.stringify(name)} = ${written(item)}`);
        assert.deepEqual(root(lines.join("\n")), table);
      }),
    );
  });

  test("whatever the text, an answer or a Problem", () => {
    const marks = fc.constantFrom(..."[]{}\"'=.,#\\\n ab1", '"""', "[[", "\\u00");
    fc.assert(
      fc.property(fc.array(marks, { maxLength: 40 }), (parts) => {
        try {
          sections(parts.join(""));
        } catch (error) {
          assert.ok(error instanceof Problem);
        }
      }),
      runs(2000),
    );
  });
});
