import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { bounds } from "../bounds.ts";
import { type Answer, parseCalicoSelector } from "./calico-selector.ts";

type Labels = Readonly<Record<string, string>>;

function answer(text: string, labels: Labels, unknown: readonly string[] = []): Answer | "refused" {
  const selector = parseCalicoSelector(text);
  if (selector === undefined) return "refused";
  return selector((label) =>
    unknown.includes(label) ? null : Object.hasOwn(labels, label) ? labels[label] : undefined,
  );
}

describe("a selector of Calico", () => {
  it("compares labels with literals in either quotes", () => {
    assert.equal(answer("role == 'web'", { role: "web" }), true);
    assert.equal(answer('role == "web"', { role: "api" }), false);
    assert.equal(answer("role == 'web'", {}), false);
    assert.equal(answer(`role == '"'`, { role: '"' }), true);
    assert.equal(answer("role!='web'", {}), true, "a label that is absent is not equal");
    assert.equal(answer("role != 'web'", { role: "web" }), false);
    assert.equal(answer("projectcalico.org/namespace == 'shop'", { "projectcalico.org/namespace": "shop" }), true);
  });

  it("knows the operators that are words, with and without a blank between them", () => {
    assert.equal(answer("a contains 'b'", { a: "abc" }), true);
    assert.equal(answer("a contains 'b'", {}), false);
    assert.equal(answer("a starts with 'ab'", { a: "abc" }), true);
    assert.equal(answer("a startswith 'bc'", { a: "abc" }), false);
    assert.equal(answer("a ends with 'bc'", { a: "abc" }), true);
    assert.equal(answer("a endswith 'ab'", { a: "abc" }), false);
    assert.equal(answer("a in {'x', \"y\",}", { a: "y" }), true);
    assert.equal(answer("a in {}", { a: "y" }), false);
    assert.equal(answer("a not in {'x'}", {}), true);
    assert.equal(answer("a notin {'x'}", { a: "x" }), false);
    assert.equal(answer("in in {'x'}", { in: "x" }), true, "a label may be called as an operator is");
    assert.equal(answer("has == 'x'", { has: "x" }), true);
  });

  it("asks for presence, for all, and takes nothing for all", () => {
    assert.equal(answer("has(a)", { a: "" }), true);
    assert.equal(answer("! has( a )", { a: "" }), false);
    for (const text of ["", " \t", "all()", "all( )", "global()", " (all() )"])
      assert.equal(answer(text, {}), true, text);
  });

  it("binds && closer than ||, and ! closest", () => {
    assert.equal(answer("a == '1' || b == '1' && c == '1'", { a: "1" }), true);
    assert.equal(answer("(a == '1' || b == '1') && c == '1'", { a: "1" }), false);
    assert.equal(answer("!a == '1' && b == '1'", { a: "2", b: "1" }), true);
    assert.equal(answer("!!! has(a)", {}), true);
    assert.equal(answer("!(has(b) || !has(a))", { a: "1" }), true);
  });

  it("refuses what Calico refuses", () => {
    for (const text of [
      "b == b",
      "'x' == b",
      "b",
      "a b",
      "a ",
      "!",
      "a = 'b'",
      "a == 'b' &",
      "a == 'b' |",
      "a == 'b' &&",
      "a in 'b'",
      "a in {'b'",
      "a in {,}",
      "a starts with b",
      "'unterminated",
      "(",
      ")",
      "()",
      "(a == 'b'",
      "a == 'b')",
      "%",
      "has(a",
      "has()",
      "all(a)",
      "a == 'b'\n",
      "a not 'b'",
    ]) {
      assert.equal(answer(text, {}), "refused", text);
    }
  });

  it("does not know what rests on labels that were not read", () => {
    assert.equal(answer("a == 'x'", {}, ["a"]), undefined);
    assert.equal(answer("!has(a)", {}, ["a"]), undefined);
    assert.equal(answer("a == 'x' && has(b)", {}, ["a"]), false);
    assert.equal(answer("a == 'x' || has(b)", { b: "" }, ["a"]), true);
    assert.equal(answer("a == 'x' && has(b)", { b: "" }, ["a"]), undefined);
  });

  it("is bounded in length and depth", () => {
    const nested = (depth: number) => `${"(".repeat(depth)}all()${")".repeat(depth)}`;
    assert.equal(answer(nested(bounds.calicoSelectorDepth), {}), true);
    assert.equal(answer(nested(bounds.calicoSelectorDepth + 1), {}), "refused");
    assert.equal(answer(" ".repeat(bounds.calicoSelectorLength + 1), {}), "refused");
    assert.equal(answer(`${"!".repeat(60_000)}has(a)`, { a: "" }), true, "negations are no depth");
  });
});

interface Stated {
  readonly text: string;
  readonly holds: (labels: Labels) => boolean;
}

const name = fc.constantFrom("a", "b", "in", "x/y.z", "has");
const value = fc.constantFrom("", "1", "12", "a b", "&&");
const labelSets = fc.dictionary(name, value);
const blank = fc.constantFrom("", " ", "\t ");

const atom: fc.Arbitrary<Stated> = fc
  .tuple(
    name,
    value,
    value,
    blank,
    fc.constantFrom("==", "!=", "contains", "starts with", "ends with", "in", "not in", "has"),
  )
  .map(([label, one, other, gap, operator]) => {
    const of = (labels: Labels) => (Object.hasOwn(labels, label) ? labels[label] : undefined);
    const stated = (text: string, holds: (found: string | undefined) => boolean): Stated => ({
      text,
      holds: (labels) => holds(of(labels)),
    });
    switch (operator) {
      case "==":
        return stated(`${label}${gap}==${gap}"${one}"`, (found) => found === one);
      case "!=":
        return stated(`${label}${gap}!=${gap}'${one}'`, (found) => found !== one);
      case "contains":
        return stated(`${label} contains${gap}'${one}'`, (found) => found?.includes(one) ?? false);
      case "starts with":
        return stated(`${label} starts${gap}with${gap}'${one}'`, (found) => found?.startsWith(one) ?? false);
      case "ends with":
        return stated(`${label} ends${gap}with${gap}'${one}'`, (found) => found?.endsWith(one) ?? false);
      case "in":
        return stated(`${label} in${gap}{'${one}',${gap}"${other}"}`, (found) => found === one || found === other);
      case "not in":
        return stated(`${label} not${gap}in${gap}{'${one}'}`, (found) => found !== one);
      default:
        return stated(`has(${gap}${label}${gap})`, (found) => found !== undefined);
    }
  });

const expression = fc.letrec<{ node: Stated }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    atom,
    tie("node").map(({ text, holds }) => ({ text: `!(${text})`, holds: (labels: Labels) => !holds(labels) })),
    fc.tuple(fc.array(tie("node"), { minLength: 2, maxLength: 3 }), fc.boolean(), blank).map(([nodes, all, gap]) => ({
      text: nodes.map(({ text }) => `(${text})`).join(`${gap}${all ? "&&" : "||"}${gap}`),
      holds: (labels: Labels) =>
        all ? nodes.every((one) => one.holds(labels)) : nodes.some((one) => one.holds(labels)),
    })),
  ),
})).node;

describe("any selector of Calico", () => {
  it("means what it was written to mean", () => {
    fc.assert(
      fc.property(expression, labelSets, ({ text, holds }, labels) => {
        assert.equal(answer(text, labels), holds(labels), text);
      }),
      runs(500),
    );
  });

  it("is surely so whatever the labels are that were not read", () => {
    fc.assert(
      fc.property(expression, labelSets, name, value, ({ text }, labels, unread, told) => {
        const without = answer(text, labels, [unread]);
        if (without === undefined) return;
        const { [unread]: _, ...rest } = labels;
        assert.equal(answer(text, rest), without, text);
        assert.equal(answer(text, { ...labels, [unread]: told }), without, text);
      }),
      runs(500),
    );
  });

  it("never throws, whatever the text is", () => {
    const piece = fc.constantFrom(
      "a",
      "(",
      ")",
      "{",
      "}",
      "'",
      '"',
      "!",
      "=",
      "&",
      "|",
      ",",
      " ",
      "in",
      "not",
      "has(",
      "all(",
      "\n",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        assert.ok([true, false, "refused"].includes(answer(text, { a: "1" }) as boolean | string), text);
      }),
      runs(2_000),
    );
  });
});
