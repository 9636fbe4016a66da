import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../core/code-point.fixture.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { readCondition } from "./condition.ts";
import type { GitlabCondition, GitlabOperand } from "./condition-model.ts";

/** With every pair of parentheses. */
function written(condition: GitlabCondition): string {
  switch (condition.kind) {
    case "and":
    case "or":
      return `(${written(condition.left)} ${condition.kind === "and" ? "&&" : "||"} ${written(condition.right)})`;
    case "not":
      return `!${written(condition.operand)}`;
    case "compare":
      return `${operand(condition.left)} ${condition.operator} ${operand(condition.right)}`;
    case "value":
      return operand(condition.value);
  }
}

function operand(value: GitlabOperand): string {
  switch (value.kind) {
    case "variable":
      return `$${value.name}`;
    case "string":
      return JSON.stringify(value.value);
    case "null":
      return "null";
    case "pattern":
      return `/${value.source}/${value.flags}`;
    case "unknown":
      return value.text;
  }
}

const read = (text: string): string => {
  const { condition, fault } = readCondition(text);
  return condition === undefined ? `fault: ${fault}` : written(condition);
};

test("operators bind as GitLab has them", () => {
  for (const [text, expected] of [
    ["$A", "$A"],
    ['$A == "x"', '$A == "x"'],
    ["$A == 'it is'", '$A == "it is"'],
    ["$A != null", "$A != null"],
    ["$A =~ /^v\\d+\\/x$/i", "$A =~ /^v\\d+\\/x$/i"],
    ["$A || $B && $C", "($A || ($B && $C))"],
    ["($A || $B) && $C", "(($A || $B) && $C)"],
    ["!$A && $B == $C", "(!$A && $B == $C)"],
    ["!($A || !$B)", "!($A || !$B)"],
    ["$A == $B || $C !~ $D", "($A == $B || $C !~ $D)"],
    [`\${A}==$B`, "$A == $B"],
    ["$[[ inputs.x ]] == $A", "$[[ inputs.x ]] == $A"],
    ["true", "true"],
    ["\n  $A\n  && $B\n", "($A && $B)"],
  ] as const) {
    assert.equal(read(text), expected, text);
  }
});

test("what breaks the grammar is a fault", () => {
  for (const text of [
    "",
    "$A ==",
    "== $A",
    "$A $B",
    "($A",
    "$A)",
    '"open',
    "/open",
    "$A = $B",
    "$A & $B",
    "$",
    "!",
    "$A == == $B",
  ]) {
    assert.match(read(text), /^fault: /, text);
  }
  assert.match(read(`${"!".repeat(1_000)}$A`), /^fault: (?:nested|more)/);
  assert.match(read(Array.from({ length: 600 }, () => "$A").join(" || ")), /^fault: more than/);
});

test("written out with every parenthesis it reads the same", () => {
  const name = fc.constantFrom("A", "CI_COMMIT_BRANCH", "_x1");
  const value = fc.oneof(
    name.map((one) => `$${one}`),
    fc.constantFrom('"a"', "'b'", "null"),
  );
  const compare = fc.tuple(value, fc.constantFrom("==", "!="), value).map((parts) => parts.join(" "));
  const { condition } = fc.letrec<{ condition: string }>((tie) => ({
    condition: fc.oneof(
      { depthSize: "small" },
      value,
      compare,
      fc.tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition")).map((parts) => parts.join(" ")),
      tie("condition").map((one) => `!(${one})`),
    ),
  }));
  fc.assert(
    fc.property(condition, (text) => {
      const once = read(text);
      assert.equal(read(once), once, text);
    }),
    runs(300),
  );
});

test("any text is a condition within its offsets, or a fault", () => {
  const pieces = fc.constantFrom(
    "$A",
    "==",
    "=~",
    "!",
    "&&",
    "||",
    "(",
    ")",
    '"x"',
    "/y/",
    "null",
    " ",
    "$[[",
    "]]",
    "\\",
    "'",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces).map((some) => some.join("")),
        fc.string({ unit: codePoint }),
      ),
      (text) => {
        const { condition, fault } = readCondition(text);
        if (condition === undefined) assert.equal(typeof fault, "string");
        else assert.ok(condition.start >= 0 && condition.start < condition.end && condition.end <= text.length);
      },
    ),
    runs(1_000),
  );
});
