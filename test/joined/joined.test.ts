/** The rows and the order against what a person wrote down: oracle.ts. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { fileAsset } from "../../src/core/asset.ts";
import {
  answerText,
  compareRows,
  contextLookup,
  contextQuestions,
  type FindingContext,
  type FindingRow,
} from "../../src/core/context.ts";
import type { Finding } from "../../src/core/finding.ts";
import { contextsOf } from "../../src/joins/context/contexts.ts";
import { aged } from "../../src/joins/loaded/aged.ts";
import { imageRows, type Row, type Situation } from "./oracle.ts";
import { orders, type Ranked } from "./oracle-order.ts";
import { placeRows } from "./oracle-places.ts";
import {
  answer,
  assetOf,
  clusterId,
  daysAgo,
  evaluationOf,
  evaluationsOf,
  findingOf,
  now,
  reachOf,
  relationsOf,
} from "./words.ts";

const days = 7;
const rows = [...imageRows, ...placeRows];

function rowOf(given: Situation): FindingContext {
  const { loaded, cluster } = given;
  const finding = findingOf(
    "CVE-2026-0001",
    loaded === undefined
      ? {}
      : { loaded: aged({ state: loaded.state, reason: "seen" }, daysAgo(loaded.daysAgo ?? 0), { now, days }) },
  );
  const contexts = contextsOf({
    evaluations: evaluationsOf(given, finding),
    relations: relationsOf(given),
    reach: reachOf(given),
    ...(cluster === undefined
      ? {}
      : {
          cluster: {
            id: clusterId,
            name: "prod",
            ...(cluster.short === undefined ? {} : { unread: cluster.short }),
          },
        }),
    now,
    days,
  });
  return contextLookup(contexts)(assetOf(given.in), finding);
}

const shown = (context: FindingContext): Row =>
  Object.fromEntries(contextQuestions.map((question) => [question, answerText(context[question])])) as unknown as Row;

describe("each finding's row is what a person wrote down", () => {
  for (const { words, given, row } of rows) {
    it(words, () => {
      const context = rowOf(given);
      const { runs, reachable, exposed, loaded, signed } = row;
      assert.deepEqual(shown(context), { exposed, reachable, runs, loaded, signed });
      for (const question of contextQuestions) {
        const { reason, answer: said, observedAt } = context[question];
        assert.ok(reason.length > 3, `${question}: ${said} needs its evidence`);
        if (question === "runs" && said !== "unknown") assert.ok(observedAt !== undefined, "it is dated");
      }
    });
  }

  it("there are forty of them, and each answer is among them", () => {
    assert.ok(rows.length >= 40);
    for (const question of contextQuestions) {
      const all = new Set(rows.map(({ row }) => row[question]));
      for (const one of ["yes", "no", "unknown"] as const) assert.ok(all.has(one), `${question} ${one}`);
    }
  });
});

function ranked({ name, severity = "critical", advice, exploited, epss, fixable, row = {} }: Ranked): FindingRow {
  const finding: Finding = findingOf(name, {
    severity,
    overThreshold: advice !== true,
    ...(exploited === undefined && epss === undefined
      ? {}
      : {
          priority: {
            score: (exploited === true ? 2 : 0) + (epss ?? 0),
            exploited: exploited === true,
            ...(epss === undefined ? {} : { epss }),
            reasons: [],
          },
        }),
    ...(fixable === true ? { fix: { kind: "instruction", text: "do it" } as const } : {}),
  });
  const context = Object.fromEntries(
    contextQuestions.map((question) => [question, answer(row[question] ?? "unknown")]),
  ) as unknown as FindingContext;
  return { finding, evaluation: evaluationOf("x/y", fileAsset("a")), context };
}

describe("the order is what a person wrote down", () => {
  for (const { words, order } of orders) {
    it(words, () => {
      const wanted = order.map(({ name }) => name);
      const all = order.map(ranked);
      for (const start of [all, all.toReversed(), [...all.slice(1), ...all.slice(0, 1)]]) {
        assert.deepEqual(
          start.toSorted(compareRows).map(({ finding }) => finding.subject),
          wanted,
        );
      }
    });
  }

  it("it is total: whatever is compared, and in whatever order it comes", () => {
    const said = fc.constantFrom("yes", "no", "unknown", "yes, stale", "no, stale");
    const one: fc.Arbitrary<Ranked> = fc.record(
      {
        name: fc.string({ minLength: 1, maxLength: 2 }),
        severity: fc.constantFrom("critical", "high", "unknown"),
        epss: fc.constantFrom(0, 0.1, 0.5),
        exploited: fc.constant(true),
        fixable: fc.constant(true),
        advice: fc.constant(true),
        row: fc.record(
          { runs: said, reachable: said, exposed: said, loaded: said, signed: said },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ["name"] },
    ) as fc.Arbitrary<Ranked>;
    fc.assert(
      fc.property(one, one, one, (a, b, c) => {
        const [x, y, z] = [ranked(a), ranked(b), ranked(c)];
        assert.equal(Math.sign(compareRows(x, y)), -Math.sign(compareRows(y, x)) || 0);
        if (compareRows(x, y) <= 0 && compareRows(y, z) <= 0) assert.ok(compareRows(x, z) <= 0);
        if (a.name !== b.name) assert.notEqual(compareRows(x, y), 0);
      }),
    );
  });
});
