/** The engine against the brute-force oracle over random clusters: SEED and CASES say which. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Disagreement, disagreements } from "./disagreements.ts";
import type { RandomOptions } from "./random-clusters.ts";

const CLUSTERS = 120;

const SUITES: Readonly<Record<string, RandomOptions>> = {
  "of every kind": { bothVersions: false, dualStack: false },
  "that documents decide": { decided: true, dualStack: false },
};

describe("the engine and the brute-force oracle", () => {
  const first = Number(process.env.SEED ?? 1);
  const seeds = Array.from({ length: Number(process.env.CASES ?? CLUSTERS) }, (_, index) => first + index);
  for (const [name, options] of Object.entries(SUITES)) {
    test(`agree over random clusters ${name}`, () => {
      const found: Disagreement[] = [];
      for (const seed of seeds) if (found.length < 5) found.push(...disagreements(seed, options));
      assert.deepEqual(found.slice(0, 5), []);
    });
  }

  test("what the engine decides of clusters with both families of addresses is what the oracle decides of each", () => {
    const found = seeds.flatMap((seed) => disagreements(seed, { bothVersions: false }));
    assert.deepEqual(found.filter(({ engine }) => engine !== "unknown").slice(0, 5), []);
  });
});
