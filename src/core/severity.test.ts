import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { reaches, severities, severityOfScore, severityRank } from "./severity.ts";

test("CVSS scores fall into the bands of the specification", () => {
  const bands = [10, 9, 8.9, 7, 6.9, 4, 3.9, 0.1, 0].map(severityOfScore);
  assert.deepEqual(bands, ["critical", "critical", "high", "high", "medium", "medium", "low", "low", "negligible"]);
});

test("a higher score is never a lower severity", () => {
  const score = fc.double({ min: 0, max: 10, noNaN: true });
  fc.assert(
    fc.property(score, score, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      assert.ok(severityRank(severityOfScore(high)) <= severityRank(severityOfScore(low)));
    }),
  );
});

test("a severity reaches itself and what is less, and unknown reaches nothing", () => {
  for (const [i, severity] of severities.entries()) {
    for (const [j, threshold] of severities.entries()) assert.equal(reaches(severity, threshold), i <= j);
    assert.equal(reaches("unknown", severity), false);
  }
  assert.equal(severityRank("unknown"), severities.length);
});
