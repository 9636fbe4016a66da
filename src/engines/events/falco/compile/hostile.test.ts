import assert from "node:assert/strict";
import { test } from "node:test";
import type { Condition, Operator } from "../model.ts";
import { compileCondition } from "./condition.ts";
import { compileMade, type MadeEvent, madeVocabulary, ruleOf } from "./made.fixture.ts";

/** What would end a text, a comment, an array or a line of the code that is generated, had it any way into it. */
const hostile = [
  '"]);process.exit()//',
  "'];throw 1//",
  ["`$", "{process.exit()}`"].join(""),
  "\u2028process.exit()\u2029",
  "*/process.exit()/*",
  "\\",
  '\\"',
  "__proto__",
  "constructor",
  ["$", "{R[0]}"].join(""),
  "\n}process.exit();{",
  "</script>",
];

const operators: readonly Operator[] = [
  "=",
  "!=",
  "<",
  ">=",
  "contains",
  "icontains",
  "startswith",
  "endswith",
  "glob",
  "iglob",
  "in",
  "intersects",
  "pmatch",
];

let version = 0;

function eventOf(text: string): MadeEvent {
  version += 1;
  const thread = { slot: 1, version, values: { "t.name": text } };
  return { code: 0, number: 1, thread, path: text, values: { "e.text": text } };
}

test("no literal of a rule reaches the code that is generated", () => {
  const globals = Object.keys(globalThis);
  for (const text of hostile) {
    for (const name of ["t.name", "fd.name", "e.text", text]) {
      const conditions = operators.map((operator): Condition => {
        const right = ["in", "intersects", "pmatch"].includes(operator)
          ? ({ kind: "values", texts: [text, "x"], at: 0 } as const)
          : ({ kind: "value", text, at: 0 } as const);
        return { kind: "compare", left: { kind: "field", name, at: 0 }, operator, right, at: 0 };
      });
      const rules = conditions.map((condition, index) => ruleOf(text, index, condition));
      const { detector, faults } = compileMade(rules);
      if (name === text) {
        assert.equal(faults.length, operators.length);
        continue;
      }
      const count = detector.evaluate(eventOf(text));
      const found = detector.matched.slice(0, count).map(({ index }) => operators[index]);
      for (const operator of ["=", "contains", "in", "startswith", "endswith", "intersects"] as const)
        assert.ok(found.includes(operator), `${name} ${operator} ${text}`);
      assert.ok(!found.includes("!="));
    }
    const transform = { kind: "transform", transformer: "concat", at: 0 } as const;
    const literal = { kind: "literal", text, at: 0 } as const;
    const joined: Condition = {
      kind: "compare",
      left: { ...transform, of: [literal, { kind: "field", name: "e.text", at: 0 }] },
      operator: "=",
      right: { kind: "value", text: text + text, at: 0 },
      at: 0,
    };
    const { detector } = compileMade([ruleOf("joined", 0, joined)]);
    assert.equal(detector.evaluate(eventOf(text)), 1, text);
  }
  assert.deepEqual(Object.keys(globalThis), globals);
});

test("a list of 10,000 items is one look-up, and nesting is no deeper than the parser lets it be", () => {
  const texts = Array.from({ length: 10_000 }, (_, index) => `item ${index}`);
  const left = { kind: "field", name: "t.name", at: 0 } as const;
  let condition: Condition = { kind: "compare", left, operator: "in", right: { kind: "values", texts, at: 0 }, at: 0 };
  const other: Condition = { kind: "exists", left: { kind: "field", name: "e.flag", at: 0 }, at: 0 };
  for (let depth = 0; depth < 100; depth++) {
    const kind = depth % 2 === 0 ? "or" : "and";
    condition = { kind, terms: [condition, kind === "or" ? other : { kind: "not", term: other, at: 0 }], at: 0 };
  }
  const { detector } = compileMade([ruleOf("deep", 0, condition)]);
  assert.equal(detector.evaluate(eventOf("item 9999")), 1);
  assert.equal(detector.evaluate(eventOf("item")), 0);
  assert.ok("compiled" in compileCondition(condition, madeVocabulary));
});

test("expressions that a backtracking engine would hang on are linear", () => {
  const regex: Condition = {
    kind: "compare",
    left: { kind: "field", name: "e.text", at: 0 },
    operator: "regex",
    right: { kind: "value", text: "(a+)+(b|a*)*.*.*x", at: 0 },
    at: 0,
  };
  const glob: Condition = {
    ...regex,
    operator: "glob",
    right: { kind: "value", text: `${"*a".repeat(200)}*b`, at: 0 },
  };
  const { detector } = compileMade([ruleOf("regex", 0, regex), ruleOf("glob", 1, glob)]);
  assert.equal(detector.evaluate(eventOf("a".repeat(4_096))), 0);
});
