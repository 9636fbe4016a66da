import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { runs } from "../../core/runs.fixture.ts";
import { mutatedBytes } from "../../engines/contents/mutated-bytes.fixture.ts";
import { bounds } from "../bounds.ts";
import { cutDocuments, readDocument } from "./documents.ts";
import type { YamlNode } from "./model.ts";
import { fastDocument } from "./nodes.ts";
import { resolvePlain } from "./scalars.ts";
import { slowDocument } from "./slow.ts";
import { plainValue } from "./value.ts";

const whole = (text: string) => ({ start: 0, end: text.length });

/** Everything that the two readers must agree on; where nothing is written, nothing has a place. */
function shape(node: YamlNode | null | undefined): unknown {
  if (node === null || node === undefined) return node;
  switch (node.kind) {
    case "scalar":
      return node.value === null ? null : [node.value, node.start, node.end];
    case "map":
      return {
        start: node.start,
        entries: node.entries.map(({ key, keyStart, keyEnd, value }) => [key, keyStart, keyEnd, shape(value)]),
      };
    case "sequence":
      return { start: node.start, items: node.items.map(shape) };
  }
}

/** Where the fast reader answers, the slow one says the same. @returns whether it answered */
function agree(text: string): boolean {
  const fast = fastDocument(text, whole(text));
  if (fast === undefined) return false;
  const slow = slowDocument(text, whole(text));
  assert.deepEqual(slow.faults, [], JSON.stringify(text));
  assert.deepEqual(shape(fast), shape(slow.node), JSON.stringify(text));
  return true;
}

const MANIFEST = `# a pod
apiVersion: v1
kind: Pod
metadata:
  name: web   # its name
  labels: {app: web, "tier" : front, empty: ""}
  annotations:
    note: a text that
      goes on

      and on
    quoted: 'it''s
      folded'
    "double": "a\\tb\\u00e9 \\
      joined"
spec:
  containers:
  - name: web
    image: shop/web:1.0
    args: [ "--a", -b, 1.5, 0x1F, 'x, y' ]
    command:
      - sh
      - -c
      - |
        # no comment
        echo "hi": there

        exit 0
    env:
    -   name: A
        value: >-
          folded
          text
    - name: B
      value:
    resources: {}
  volumes:
    - name: data
      emptyDir: {
        medium: Memory,
        }
    -
      name: other
  hostNetwork: yes
`;

describe("the fast reader and the slow one agree", () => {
  test("on a manifest", () => assert.equal(agree(MANIFEST), true));
  test("with line ends of Windows", () => assert.equal(agree(MANIFEST.replaceAll("\n", "\r\n")), true));
  test("on JSON, with tabs", () => {
    const text = JSON.stringify({ a: [1, { b: "x\ny", c: null }], "d e": true }, undefined, "\t");
    assert.equal(agree(text), true);
  });

  const values = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.string({ unit: "grapheme", maxLength: 30 }),
      fc.constantFrom(
        "yes",
        "no",
        "0644",
        "1e3",
        "a: b",
        "- x",
        "# c",
        "a\nb\n",
        "a\n\n  b",
        "  x",
        "<<",
        "~",
        "",
        "'",
        '"',
      ),
      fc.lorem({ maxCount: 30 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.lorem({ maxCount: 1 }), fc.string({ maxLength: 8 })), tie("value"), { maxKeys: 4 }),
    ),
  })).value;

  test("on whatever is written as YAML", () => {
    const often = runs(500);
    let answered = 0;
    fc.assert(
      fc.property(
        values,
        fc.record({
          indent: fc.integer({ min: 1, max: 4 }),
          indentSeq: fc.boolean(),
          lineWidth: fc.constantFrom(0, 20, 80),
          defaultStringType: fc.constantFrom("PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL", "BLOCK_FOLDED"),
          collectionStyle: fc.constantFrom("any", "block", "flow"),
        }),
        (value, options) => {
          const text = stringify(value, { aliasDuplicateObjects: false, ...options } as object);
          if (agree(text)) answered++;
        },
      ),
      often,
    );
    assert.ok(answered > often.numRuns / 5, `it answered ${answered} times`);
  });

  test("on a manifest that is broken", () => {
    fc.assert(
      fc.property(mutatedBytes(Buffer.from(MANIFEST)), (bytes) => void agree(bytes.toString("utf8"))),
      {
        ...runs(1_000),
      },
    );
  });

  test("on lines put together at random", () => {
    const line = fc.constantFrom(
      ..."? a|  ? b|? 'c' # d|? e: f|:|: - g|  : h|: i: j|a: b|a:|- a|-|  - b: c|  c: d|  |# c|  # d|a: |-|  text|    more|b: 'x|  y'|y'|c: {d: e,|  f: [g]}|f: [-, -]}|\ta: b|- - a|\"q\": r|: x|? y|a: &x b|c: *x".split(
        "|",
      ),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => void agree(`${lines.join("\n")}\n`)),
      runs(4_000),
    );
  });
});

describe("explicit keys", () => {
  const text = `? a
: b
? "c: d" # e
: - f
  - g: h
? 'i'
? j
:
- k
l:
- ? m n
  : ? o
    : p
`;
  test("are read with their places", () => {
    assert.ok(agree(text));
    const node = fastDocument(text, whole(text));
    assert.ok(node);
    assert.deepEqual(plainValue(node, []), {
      a: "b",
      "c: d": ["f", { g: "h" }],
      i: null,
      j: ["k"],
      l: [{ "m n": { o: "p" } }],
    });
  });
  test("are left to the library where they are no text, or go over their line", () => {
    for (const key of [
      "- a",
      "{a: b}",
      "[a]",
      "a: b",
      "? a",
      "|\n  a",
      "a\n  b",
      "\n  a",
      "&x a",
      "!!str a",
      "~",
      "",
      "<<",
    ]) {
      assert.equal(fastDocument(`? ${key}\n: b\n`, whole(`? ${key}\n: b\n`)), undefined, key);
    }
  });
  test("are left out where it is not known what is made of them", () => {
    assert.equal(fastDocument(text, whole(text), "refused"), undefined);
    assert.ok(fastDocument("a: b\n", whole("a: b\n"), "refused"));
  });
});

test("plain scalars are what the API server takes them for", () => {
  const cases: readonly [string, unknown][] = [
    ["yes", true],
    ["Off", false],
    ["y", true],
    ["yEs", "yEs"],
    ["~", null],
    ["0644", 420],
    ["0o17", 15],
    ["08", 8],
    ["0x1F", 31],
    ["-0b11", -3],
    ["1_000", 1000],
    ["1e3", 1000],
    [".5", 0.5],
    ["1.2.3", "1.2.3"],
    ["2024-01-01", "2024-01-01"],
    ["12:30:45", "12:30:45"],
    ["500m", "500m"],
    ["-", "-"],
    ["+", "+"],
    ["9".repeat(400), "9".repeat(400)],
  ];
  for (const [text, value] of cases) assert.equal(resolvePlain(text), value, text);
});

describe("what the slow reader is for", () => {
  const read = (text: string) => {
    const { node, faults } = readDocument(text, whole(text));
    const found = [...faults];
    return { value: node === null || node === undefined ? node : plainValue(node, found), faults: found };
  };

  test("anchors, aliases and merge keys", () => {
    const { value, faults } = read("x: &x {a: 1, b: 2}\nw: *x\nz:\n  <<: *x\n  b: 3\n");
    assert.deepEqual(value, { x: { a: 1, b: 2 }, w: { a: 1, b: 2 }, z: { a: 1, b: 3 } });
    assert.deepEqual(faults, []);
  });

  test("a merge behind what it states too is told", () => {
    const { value, faults } = read("x: &x {a: 1}\nz:\n  a: 2\n  <<: *x\n");
    assert.deepEqual(value, { x: { a: 1 }, z: { a: 2 } });
    assert.deepEqual(
      faults.map(({ code }) => code),
      ["merge-order"],
    );
  });

  test("an alias bomb, and an alias of itself, are refused", () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(", ")}]`,
    );
    for (const text of [`l0: &l0 [x]\n${levels.join("\n")}\n`, "a: &a [*a]\n"]) {
      const { value, faults } = read(text);
      assert.equal(value, undefined);
      assert.deepEqual(
        faults.map(({ code }) => code),
        ["bound"],
      );
    }
  });

  test("many aliases and merges end soon", () => {
    const many = bounds.yamlValues / 50;
    const { faults } = read(`a: &a {b: 1}\nc:\n${"  <<: *a\n".repeat(many)}`);
    assert.ok(faults.length > 0);
    const text = `a: &a b\nc:\n${"- *a\n".repeat(many)}`;
    assert.equal(((read(text).value as { c: unknown[] }).c ?? []).length, many);
  });

  test("depth", () => {
    for (const text of ["[".repeat(100_000), `${"- ".repeat(5_000)}a\n`, "{a: ".repeat(300) + "}".repeat(300)]) {
      const { value, faults } = read(text);
      assert.equal(value, undefined);
      assert.equal(faults.length, 1);
    }
  });

  test("a tab before a key has its place", () => {
    const { value, faults } = read("a:\n\tb: 1\n");
    assert.equal(value, undefined);
    assert.deepEqual(
      faults.map(({ code, offset }) => [code, offset]),
      [["yaml", 3]],
    );
  });
});

test("a key named __proto__ is a key", () => {
  const node = fastDocument("__proto__: {a: 1}\n", { start: 0, end: 18 });
  assert.ok(node);
  const value = plainValue(node, []) as object;
  assert.deepEqual(Object.keys(value), ["__proto__"]);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

test("a stream is cut at its markers", () => {
  const text = "\ufeff# first\n---\na: 1\n--- # second\nb: |\n  x\n...\n---\n--- {c: 2}\n";
  const { text: cut, over } = cutDocuments("x", text, 100);
  assert.equal(over, false);
  const values = cut.documents.map((range) => {
    const { node } = readDocument(text, range);
    return node === null || node === undefined ? node : plainValue(node, []);
  });
  assert.deepEqual(
    values.filter((value) => value !== null),
    [{ a: 1 }, { b: "x\n" }, { c: 2 }],
  );
});
