import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { parseAllDocuments, stringify } from "yaml";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { bounds } from "../bounds.ts";
import { refusedAt } from "../refused.fixture.ts";
import { type YamlValue, yamlDocuments } from "./texts.ts";

type Plain = string | Plain[] | { [key: string]: Plain };

function plain(value: YamlValue): Plain {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  return typeof value === "string" ? value : (value as readonly YamlValue[]).map(plain);
}

function read(text: string): Plain[] {
  return yamlDocuments(text, refusedAt).map(plain);
}

/** What the library reads as texts; undefined where it minds something, or two forms that it takes otherwise are there. */
function byLibrary(text: string): Plain[] | undefined {
  // Readers differ on blank lines behind a line break that is escaped.
  if (/\\\n[ \t]*\n/.test(text)) return undefined;
  const documents = parseAllDocuments(text, { schema: "failsafe", uniqueKeys: false, logLevel: "silent" });
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return undefined;
  return documents
    .map((document) => document.toJS({ reviver: (_, value) => value ?? "" }))
    .filter((value: unknown) => value !== "");
}

describe("yamlDocuments", () => {
  test("mappings, sequences, flow collections and scalars", () => {
    const text = `# a comment
lockfileVersion: '9.0'

packages:

  '@s/a@1.0.0(b@2)':
    resolution: {integrity: sha512-x==, tarball: https://host/x.tgz}
    engines: {node: '>= 8', "npm": ^3}
    cpu: [x64, "arm64"]
    empty:
    none: {}
  plain key: value # behind
same:
- a
- b: 1
  c: 2
-
  d: 3
- - e
`;
    assert.deepEqual(read(text), [
      {
        lockfileVersion: "9.0",
        packages: {
          "@s/a@1.0.0(b@2)": {
            resolution: { integrity: "sha512-x==", tarball: "https://host/x.tgz" },
            engines: { node: ">= 8", npm: "^3" },
            cpu: ["x64", "arm64"],
            empty: "",
            none: {},
          },
          "plain key": "value",
        },
        same: ["a", { b: "1", c: "2" }, { d: "3" }, ["e"]],
      },
    ]);
  });

  test("colons and marks that belong to a key or a value", () => {
    assert.deepEqual(read(`"a@npm:^1, b@npm:2": x\nc@npm:1: y#z\nurl: https://a:1/#x\nquoted: "a: 'b'" # c\n`), [
      { "a@npm:^1, b@npm:2": "x", "c@npm:1": "y#z", url: "https://a:1/#x", quoted: "a: 'b'" },
    ]);
  });

  test("explicit keys, which writers use where a key is long", () => {
    const long = "a".repeat(2_000);
    assert.deepEqual(read(`? "${long}"\n: b: 1\n  c: 2\n? plain\n: x\n? alone\nafter: y\n`), [
      { [long]: { b: "1", c: "2" }, plain: "x", alone: "", after: "y" },
    ]);
    assert.deepEqual(read("? a\n:\n  b: c\n? |\n  d\n  e\n: - f\n?\n  g\n:\n- h\ni: {? j : k}\n"), [
      { a: { b: "c" }, "d\ne\n": ["f"], g: ["h"], i: { j: "k" } },
    ]);
  });

  test("texts over several lines", () => {
    assert.deepEqual(
      read("a: >-\n  one\n  two\n\nb: |\n  one\n  two\nc: one\n  two\nd:\n  one\ne: {f: [1,\n  2], # x\n  g: h}\n"),
      [{ a: "one two", b: "one\ntwo\n", c: "one two", d: "one", e: { f: ["1", "2"], g: "h" } }],
    );
  });

  test("blocks whose indentation is stated, and lines that are not folded", () => {
    assert.deepEqual(read("a: |2-\n   b\n  c\nd: >\n  e\n  f\n\n    g\n\n  h\ni: |+\n  j\n\nk: l\n"), [
      { a: " b\nc", d: "e f\n\n  g\n\nh\n", i: "j\n\n", k: "l" },
    ]);
  });

  test("quoted texts and their escapes", () => {
    assert.deepEqual(read(`a: 'it''s'\nb: "\\x41\\u00e9\\U0001F600\\t\\"\\\\\\/"\nc: ""\n`), [
      { a: "it's", b: 'Aé😀\t"\\/', c: "" },
    ]);
  });

  test("several documents, and one that is empty", () => {
    assert.deepEqual(read("---\na: 1\n---\n# nothing\n---\nb: 2\n...\n"), [{ a: "1" }, { b: "2" }]);
    assert.deepEqual(read("%YAML 1.2\n--- # first\r\na: 1\r\n"), [{ a: "1" }]);
    assert.deepEqual(read(""), []);
  });

  test("what is none of that is refused with its line", () => {
    const broken: readonly [text: string, line: number][] = [
      ["a: 1\nb\n", 2],
      ["a:\n    b: 1\n  c: 2\n", 3],
      ["a: &x 1\n", 1],
      ["a: *x\n", 1],
      ["a: !x 1\n", 1],
      ["a: {b: *x}\n", 1],
      ["a: 'x\n", 1],
      ['a: "x" y\n', 1],
      ["a: {b: 1\n", 1],
      ["a: [1] 2\n", 1],
      ["\ta: 1\n", 1],
      ["a:\n\tb: 1\n", 2],
      ["--- a: 1\n", 1],
      ["? {a: 1}\n: b\n", 1],
      ["? - a\n: b\n", 1],
      ["? a: b\n: c\n", 1],
      ["?\n: b\n", 1],
      ["? a\n  : b\n", 1],
      ["a: b: c\n", 1],
      ["a: 1 # b\n  c\n", 2],
      ["a: 1\nb: 2\r  c: 3\n", 2],
      ["a:\n  <<: {b: 1}\n", 2],
      ['a: "\\z"\n', 1],
    ];
    for (const [text, line] of broken) {
      assert.throws(
        () => read(text),
        (error) => error instanceof Problem && error.kind === "input" && Number.parseInt(error.place, 10) >= line,
        text,
      );
    }
    for (const text of ["just words\n", "- a\n", "[]\n"]) assert.throws(() => read(text), Problem, text);
  });

  test("nesting is bounded", () => {
    const deep = bounds.depth + 1;
    const block = Array.from({ length: deep }, (_, indent) => `${" ".repeat(indent)}a:\n`).join("");
    for (const text of [block, `a: ${"[".repeat(100_000)}`, `a:\n${"- ".repeat(100_000)}b`]) {
      assert.throws(() => read(text), Problem);
    }
  });

  test("reads back what a writer of YAML writes", () => {
    const scalar = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 12 }),
      fc.constantFrom(
        "one\ntwo\n",
        " one\n\n  two three four five six",
        "a@1.0.0",
        "@s/a@npm:^1, b@npm:2",
        "1.0",
        "true",
        "null",
        "~",
        "- a",
        "a: b",
        "#x",
        "a #b",
        "a:",
        "? a",
      ),
    );
    const { value } = fc.letrec<{ value: Plain }>((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        scalar,
        fc.array(tie("value"), { minLength: 1, maxLength: 3 }),
        fc.dictionary(scalar, tie("value"), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    const documents = fc.dictionary(scalar, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true });
    const styles = fc.oneof(
      // In braces a plain text that goes over its line is refused.
      fc.record({ collectionStyle: fc.constant("flow"), lineWidth: fc.constant(0) }),
      fc.record({
        lineWidth: fc.constantFrom(0, 20, 80),
        blockQuote: fc.constantFrom(true, false, "folded", "literal"),
      }),
    );
    fc.assert(
      fc.property(documents, styles, (document, style) => {
        const text = stringify(document, style as object);
        // The library writes some texts of several lines so that it reads others back.
        fc.pre(isDeepStrictEqual(byLibrary(text), [document]));
        assert.deepEqual(read(text), [document]);
      }),
      runs(500),
    );
  });

  test("whatever the text, what the library reads or a Problem", () => {
    const marks = fc.constantFrom(..."-:?{}[],'\"#|>&*!%\n\n  a1\\", ": ", "- ", "? ", "a: b\n", "\n  ", "---\n");
    const often = runs(6000);
    let answered = 0;
    fc.assert(
      fc.property(fc.array(marks, { maxLength: 40 }), (parts) => {
        const text = `${parts.join("")}\n`;
        let documents: Plain[];
        try {
          documents = read(text);
        } catch (error) {
          assert.ok(error instanceof Problem);
          return;
        }
        const theirs = byLibrary(text);
        if (theirs === undefined) return;
        assert.deepEqual(documents, theirs, JSON.stringify(text));
        if (documents.length > 0) answered++;
      }),
      often,
    );
    assert.ok(answered > often.numRuns / 60, `it answered ${answered} times`);
  });
});
