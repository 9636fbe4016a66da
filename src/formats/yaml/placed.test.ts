import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { type PlacedNode, placedDocuments, readPlaced } from "./placed.ts";
import { slowPlaced } from "./placed-slow.ts";

const LIMITS = { depth: 50, values: 10_000, slowLength: 64 * 1024 };

function read(text: string) {
  const [range = { start: 0, end: text.length }] = placedDocuments(text);
  return readPlaced(text, range, LIMITS);
}

/** What a node says, with the text that it stands on. */
function shown(node: PlacedNode | null | undefined, text: string): unknown {
  if (node === undefined || node === null) return node;
  const at = text.slice(node.start, node.end).trimEnd();
  switch (node.kind) {
    case "scalar":
      return [node.text.trimEnd(), node.type, node.style, at];
    case "sequence":
      return node.items.map((item) => shown(item, text));
    case "map":
      return node.entries.map(({ key, value }) => [shown(key, text), shown(value, text)]);
  }
}

const SAMPLE = `# first
name: "a \\" b" # behind
on: [push, 'pull ''request']
jobs:
  one:
    if: |  # header
      always() &&
        github.ref
    folded: >-
      a
      b

      c
    plain: a
      b
    empty:
    numbers: [1, 0x1F, 1.5, true, Null, ~, on, no]
    flow: { a: b, "c": [d] }
    steps:
    - run: echo
    -
      name: x
`;

describe("YAML 1.2 with places", () => {
  it("reads all styles as the library does, the fast reader alone", () => {
    const whole = { start: 0, end: SAMPLE.length };
    const fast = readPlaced(SAMPLE, whole, LIMITS);
    const slow = slowPlaced(SAMPLE, whole, LIMITS);
    assert.deepEqual(shown(fast.node, SAMPLE), shown(slow.node, SAMPLE));
    const root = fast.node?.kind === "map" ? fast.node.entries : [];
    assert.deepEqual(
      root.map(({ key }) => key.text),
      ["name", "on", "jobs"],
    );
  });

  it("keeps repeated keys, merge keys and tags, and follows aliases", () => {
    const text = "a: &x\n  b: 1\nc: *x\na: !!str 2\n<<: *x\nd: !reference [e, f]\n";
    const { node } = read(text);
    assert.ok(node?.kind === "map");
    assert.deepEqual(
      node.entries.map(({ key }) => key.text),
      ["a", "c", "a", "<<", "d"],
    );
    const [first, second, third, , last] = node.entries;
    assert.equal(second?.value, first?.value);
    assert.deepEqual(second?.alias, { start: 16, end: 18 });
    assert.deepEqual(third?.value.kind === "scalar" && [third.value.text, third.value.type], ["2", "string"]);
    assert.equal(last?.value.tag, "!reference");
  });

  it("cuts streams into documents", () => {
    const texts = (text: string) => placedDocuments(text).map(({ start, end }) => text.slice(start, end).trim());
    assert.deepEqual(texts("a: 1\n"), ["a: 1"]);
    assert.deepEqual(texts("\ufeff# c\n--- # d\na: 1\n...\n---\nb: |\n  ---x\n"), ["a: 1", "b: |\n  ---x"]);
    assert.deepEqual(texts("# nothing\n---\n---\n"), []);
    assert.deepEqual(texts("--- a\n"), ["--- a"]);
    assert.equal(read("--- a\n").node?.kind, "scalar");
  });

  it("says where what is no YAML stands", () => {
    for (const text of ["a: [1\n", "a: b: c\n", "a: 'x\n", "\ta: 1\n", "a: *none\n", "a: 1\n b: 2\n", "? [a]\n: b\n"]) {
      const { node, fault } = read(text);
      assert.equal(node, undefined, text);
      assert.ok(fault !== undefined && fault.offset <= text.length && fault.reason !== "", text);
    }
  });

  it("ends at its limits: bombs, nesting, aliases within themselves", () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(`*${of}`).join(", ")}]\n`;
    const names = "bcdefghi".split("");
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${names.map((name, at) => level(name, names[at - 1] ?? "a")).join("")}`;
    assert.match(read(bomb).fault?.reason ?? "", /over 10000 values, with aliases followed/);
    assert.match(read(`a: &a [*a]\n`).fault?.reason ?? "", /within itself/);
    assert.match(read(`a: &a\n  b: &b [*a]\n`).fault?.reason ?? "", /within itself/);
    for (const deep of ["[".repeat(100_000), "a: ".repeat(500), `${"- ".repeat(500)}x`, "{a: ".repeat(5000)]) {
      assert.ok(read(deep).fault !== undefined);
    }
    const chain = `a0: &a0 [x]\n${Array.from({ length: 80 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}]\n`).join("")}`;
    assert.match(read(chain).fault?.reason ?? "", /nested more than 50 deep/);
    const long = `&a x: ${"y".repeat(LIMITS.slowLength)}\n`;
    assert.match(read(long).fault?.reason ?? "", /unusual form/);
  });

  it("agrees with the library wherever the fast reader answers", () => {
    const scalar = fc.constantFrom(
      "a",
      "1",
      "true",
      "'b ''c'",
      '"d\\n"',
      "",
      "e f",
      "null",
      "0o7",
      ".5",
      "x:y",
      "-z",
      "|\n",
      "on",
    );
    const line = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom("k: ", "- ", "- k: ", "l: ", "", "'q': "),
      scalar,
      fc.constantFrom("", " # c", "   "),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), fc.boolean(), (lines, ends) => {
        const text =
          lines.map(([indent, key, value, comment]) => `${"  ".repeat(indent)}${key}${value}${comment}`).join("\n") +
          (ends ? "\n" : "");
        const range = { start: 0, end: text.length };
        const fast = readPlaced(text, range, LIMITS);
        const slow = slowPlaced(text, range, LIMITS);
        if (fast.node !== undefined && slow.node !== undefined) {
          assert.deepEqual(shown(fast.node, text), shown(slow.node, text));
        }
      }),
      runs(500),
    );
  });
});
