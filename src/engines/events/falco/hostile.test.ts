/** Rule files that somebody made to do harm: one clear error, in bounded time and memory. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { diagnosticLines } from "./diagnostics.ts";
import { loadRules } from "./load.ts";

const rule = (condition: string) => `- rule: r\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: debug\n`;
const load = (text: string) => loadRules([{ name: "f", text }]);
const first = (text: string) => load(text).errors[0]?.message;

test("a list of 10,000 items and 1,000 macros in macros are rules as others", () => {
  const items = Array.from({ length: 10_000 }, (_, i) => `item ${i}`);
  const listed = load(`- list: l\n  items: [${items.join(", ")}]\n${rule("proc.name in (l)")}`);
  const [{ condition } = assert.fail()] = listed.rules;
  assert.ok(condition.kind === "compare" && condition.right.kind === "values");
  assert.deepEqual([condition.right.texts.length, condition.right.texts[9_999]], [10_000, "item 9999"]);
  const macros = Array.from({ length: 1_000 }, (_, i) => `- macro: m${i + 1}\n  condition: m${i} and x.y${i}=1\n`);
  const deep = load(`- macro: m0\n  condition: x.y=1\n${macros.join("")}${rule("m1000")}`);
  assert.deepEqual(deep.errors, []);
  const [{ condition: row } = assert.fail()] = deep.rules;
  assert.equal(row.kind === "and" && row.terms.length, 1_001);
});

test("macros that double with each step, nest by turns or are too many are refused", () => {
  const doubled = Array.from({ length: 60 }, (_, i) => `- macro: m${i + 1}\n  condition: m${i} and m${i}\n`).join("");
  assert.match(
    first(`- macro: m0\n  condition: x.y=1\n${doubled}`) ?? "",
    /^condition has more than 100000 parts once macros/,
  );
  const turns = Array.from(
    { length: 1_000 },
    (_, i) => `- macro: m${i + 1}\n  condition: x.y=1 ${i % 2 ? "and" : "or"} m${i}\n`,
  );
  assert.match(
    first(`- macro: m0\n  condition: x.y=1\n${turns.join("")}`) ?? "",
    /^condition is nested deeper than 500 once/,
  );
  const many = Array.from({ length: 50_001 }, (_, i) => `- list: l${i}\n  items: []\n`).join("");
  assert.match(first(many) ?? "", /has more than 50000 items$/);
});

test("lists that double with each step, or that make texts without end, are refused", () => {
  const doubled = Array.from({ length: 60 }, (_, i) => `- list: l${i + 1}\n  items: [l${i}, l${i}]\n`).join("");
  assert.match(
    first(`- list: l0\n  items: [a]\n${doubled}${rule("x.y in (l60)")}`) ?? "",
    /has more than 100000 items/,
  );
  // Later lists come in by text.
  const later = Array.from({ length: 40 }, (_, i) => `- list: l${i}\n  items: [l${i + 1}, l${i + 1}]\n`).join("");
  assert.match(
    first(`${later}- list: l40\n  items: [aaaaaaaaaaaaaaaa]\n${rule("x.y in (l0)")}`) ?? "",
    /is over 4194304 characters$/,
  );
  const chain = Array.from({ length: 3_000 }, (_, i) => `- list: l${i}\n  items: [l${i + 1}]\n`).join("");
  assert.match(first(`${chain}${rule("x.y in (l0)")}`) ?? "", /^lists are nested deeper than 1000$/);
});

test("aliases that multiply, nesting without end and broken YAML are refused with a place", () => {
  const bomb = `- &a0 [x]\n${Array.from({ length: 40 }, (_, i) => `- &a${i + 1} [*a${i}, *a${i}]\n`).join("")}`;
  assert.match(
    first(bomb) ?? "",
    /^file holds more than \d+ values, aliases counted as what they name$|^nested too deeply$/,
  );
  assert.equal(first("- &a [*a]"), "nested too deeply");
  assert.equal(first("[".repeat(100_000)), "nested too deeply");
  assert.equal(first("- *nothing"), "alias 'nothing' names no anchor before it");
  const broken = load("- rule: [\n- x: {");
  assert.deepEqual([broken.errors.length, broken.errors[0]?.code], [1, "LOAD_ERR_YAML_PARSE"]);
  const nested = load("- rule: x\n- a : b : c\n");
  assert.deepEqual(
    nested.errors.map(({ message, chain: [{ place }] }) => [message, place.line, place.column]),
    [["illegal map value", 2, 9]],
  );
  assert.match(first(`#${"x".repeat(8 * 1024 * 1024)}`) ?? "", /^file is over 8388608 bytes$/);
  const anchors = load("- &r\n  rule: r\n  desc: &d d\n  condition: x.y=1\n  output: *d\n  priority: debug\n");
  assert.deepEqual([anchors.errors, anchors.rules[0]?.output], [[], "d"]);
});

const WORDS = [
  "- rule: a",
  "- macro: m",
  "- list: l",
  "  condition: m",
  "  condition: x.y in (l)",
  "  items: [a, l]",
  "  output: '%x'",
  "  priority: debug",
  "  desc: d",
  "  append: true",
  "  override:",
  "    condition: append",
  "  exceptions:",
  "  - name: e",
  "    fields: [a, b]",
  "    values: [[a, [b]], c]",
  "  bulkhead: {sequence: {}}",
  "---",
  "- required_engine_version: 3",
  "  tags: [",
  "'",
  "\t",
  "*a",
  "- null",
  "? x",
  "!!int",
];

test("no file does anything but load or be refused with a place", () => {
  const lines = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...WORDS) },
      { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
    ),
    { maxLength: 25 },
  );
  fc.assert(
    fc.property(lines, (texts) => {
      const { rules, errors, warnings } = load(texts.join("\n"));
      assert.ok(rules.length === 0 || errors.length === 0);
      for (const diagnostic of [...errors, ...warnings]) {
        const [{ place }] = diagnostic.chain;
        assert.ok(place.line >= 1 && place.column >= 1 && diagnostic.message !== "");
        assert.ok(diagnosticLines(diagnostic).length > 0);
      }
    }),
    runs(2_000),
  );
});
