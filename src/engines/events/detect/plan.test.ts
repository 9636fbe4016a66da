import assert from "node:assert/strict";
import { test } from "node:test";
import type { CollectedRule, RuleExtension } from "../falco/model.ts";
import { parseCondition } from "../falco/parse.ts";
import { planRules } from "./plan.ts";

function rule(name: string, severity?: RuleExtension["severity"]): CollectedRule {
  const condition = parseCondition("evt.type = open");
  const place = { file: "rules.yaml", line: 1, column: 1 };
  return {
    ...{ name, description: name, source: "syscall", priority: "WARNING", tags: [], enabled: true },
    ...{ condition, conditionText: "evt.type = open", output: name, place, index: 0 },
    ...{ warnEventTypes: true, skipIfUnknownFilter: false },
    ...(severity === undefined ? {} : { extension: { severity } }),
  };
}

function order(...rules: readonly CollectedRule[]): readonly string[] {
  const options = { source: "syscall", matching: "first", wanted: new Set<string>() } as const;
  const plan = planRules(rules, { ...options, conditionOf: (text) => parseCondition(text) });
  assert.deepEqual(
    plan.rules.map(({ index }) => index),
    plan.rules.map((_, at) => at),
  );
  return plan.rules.map(({ name }) => name);
}

test("of rules that all state a severity the worst is tried first, and files keep their order within one", () => {
  const rules = [rule("a", "low"), rule("b", "critical"), rule("c", "medium"), rule("d", "critical")];
  assert.deepEqual(order(...rules), ["b", "d", "c", "a"]);
});

test("where one states none, the order of the files is what they mean", () => {
  assert.deepEqual(order(rule("a", "low"), rule("b"), rule("c", "critical")), ["a", "b", "c"]);
});
