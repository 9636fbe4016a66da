import assert from "node:assert/strict";
import { test } from "node:test";
import type { Statement } from "../model.ts";
import { evaluateExpression } from "./expression.ts";

const statement: Statement = {
  kind: "statement",
  predicateType: "https://example.com/tests/v1",
  subjects: [{ name: "shop/api", digest: { sha256: "a".repeat(64) } }],
  predicate: { result: "PASSED", suites: [{ name: "unit", failed: 0 }], coverage: 0.93, reviewers: ["ann", "bob"] },
};

test("an expression over predicate, type and subjects is true or false", () => {
  const holds: readonly string[] = [
    "predicate.result == 'PASSED' && predicate.suites.all(s, s.failed == 0)",
    "predicateType.startsWith('https://example.com/')",
    "subject.exists(s, s.name == 'shop/api' && s.digest.sha256.size() == 64)",
    "predicate.coverage >= 0.9 && size(predicate.reviewers) >= 2",
  ];
  for (const text of holds) assert.deepEqual(evaluateExpression(text, statement), { holds: true }, text);
  assert.deepEqual(evaluateExpression("predicate.coverage > 0.95", statement), { holds: false });
});

test("what is neither true nor false never holds, and says why", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["predicate.approved", "no such key: approved"],
    ["predicate.result", "neither true nor false"],
    ["'true'", "neither true nor false"],
    ["predicate.result ==", "unexpected end (line 1, column 20)"],
    ["image.digest != ''", "unknown variable image (line 1, column 1)"],
    ["predicate.result > 1", "no such overload: string > int"],
    [
      "[1,2,3,4,5,6,7,8,9,10].all(a, [a,a,a,a,a,a,a,a,a,a].all(b, [b,b,b,b,b,b,b,b,b,b].all(c, [c,c,c,c,c,c,c,c,c,c].all(d, [d,d,d,d,d,d,d,d,d,d].all(e, [e,e,e,e,e,e,e,e,e,e].all(f, f > 0))))))",
      "more steps than an evaluation may take",
    ],
  ];
  for (const [text, fault] of cases) assert.deepEqual(evaluateExpression(text, statement), { fault }, text);
});
