import assert from "node:assert/strict";
import { test } from "node:test";
import { createLimits } from "./limits.ts";

const MINUTE = 60_000;

test("actions are limited by rule, by workload and on the node, each within the minutes", () => {
  const limits = createLimits({ rule: 2, workload: 3, node: 4, minutes: 10 });
  assert.equal(limits.take("a", "w1", 0), undefined);
  assert.equal(limits.take("a", "w1", MINUTE), undefined);
  assert.equal(limits.take("a", "w2", MINUTE), "2 actions for rule a in 10 minutes");
  assert.equal(limits.take("b", "w1", MINUTE), undefined);
  assert.equal(limits.take("c", "w1", MINUTE), "3 actions on w1 in 10 minutes");
  assert.equal(limits.take("c", "w2", MINUTE), undefined);
  assert.equal(limits.take("d", "w3", MINUTE), "4 actions on this node in 10 minutes");
  // The first one is over.
  assert.equal(limits.take("a", "w3", 10 * MINUTE), undefined);
});

test("what was refused is not counted", () => {
  const limits = createLimits({ rule: 1, workload: 9, node: 9, minutes: 1 });
  assert.equal(limits.take("a", "w", 0), undefined);
  for (let time = 1; time < 1_000; time++) assert.notEqual(limits.take("a", "w", time), undefined);
  assert.equal(limits.take("a", "w", MINUTE), undefined);
});

test("names without an end are held within a bound, and forgotten after the minutes", () => {
  const limits = createLimits({ rule: 1, workload: 10_000, node: 10_000, minutes: 1 });
  let refused = 0;
  for (let index = 0; index < 10_000; index++) if (limits.take(`r${index}`, `w${index}`, 0) !== undefined) refused++;
  assert.ok(refused >= 5_000, `${refused}`);
  assert.equal(limits.take("later", "w", MINUTE), undefined);
});

test("another policy's limits hold for what was done before", () => {
  const limits = createLimits({ rule: 5, workload: 5, node: 5, minutes: 10 });
  assert.equal(limits.take("a", "w", 0), undefined);
  limits.adopt({ rule: 1, workload: 5, node: 5, minutes: 10 });
  assert.notEqual(limits.take("a", "w", 1), undefined);
});
