/** Packages told by their content alone: the made samples, which stand beside the conformance suite that scores others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { madeSamples, scoreOf } from "../conformance/dependencies/content.ts";

const judged = madeSamples();

test("there are 40 malicious packages of both languages and more, each with a twin and four encoded variants", () => {
  const twins = judged.filter((each) => !each.malicious);
  assert.ok(twins.length >= 40);
  assert.equal(judged.length - twins.length, twins.length * 5);
});

test("every malicious package is refused", () => {
  assert.deepEqual(
    scoreOf(judged).missed.map((each) => each.name),
    [],
  );
});

test("no benign twin is", () => {
  assert.deepEqual(
    scoreOf(judged).falseAlarms.map(({ name, rules }) => `${name}: ${rules.join(", ")}`),
    [],
  );
});

test("all of them are read", () => assert.deepEqual(scoreOf(judged).unread, []));
