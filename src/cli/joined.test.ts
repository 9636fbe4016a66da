import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evaluation } from "../core/evaluation.ts";
import { EvaluationList } from "../core/evaluations.ts";
import type { ControlResult } from "../core/report.ts";
import { type Joins, joinedOver } from "./joined.ts";

test("with a baseline the controls alone are computed again, over what it has", () => {
  const failed = {
    check: "a/b",
    verdict: "fail",
    findings: [{ locations: [], evidence: {} }],
    excepted: [],
    gaps: [],
  } as unknown as Evaluation;
  const evaluations = new EvaluationList();
  evaluations.push(failed);
  const calls: string[] = [];
  const join: Joins = {
    controls(all, checks, excluded) {
      const [one] = [...all];
      calls.push(`controls ${one?.verdict} ${one?.findings.length} ${checks.length} ${excluded}`);
      return [{ number: 2, verdict: one?.verdict } as unknown as ControlResult];
    },
    others() {
      calls.push("others");
      return { layers: [] };
    },
  };
  const beside = { checks: [], excluded: 3, contexts: undefined };
  assert.deepEqual(joinedOver(join, evaluations, beside, false), {
    controls: [{ number: 2, verdict: "fail" }],
    layers: [],
  });
  assert.deepEqual(calls.splice(0), ["controls fail 1 0 3", "others"]);
  assert.deepEqual(joinedOver(join, evaluations, beside, true), {
    controls: [{ number: 2, verdict: "fail", before: "pass" }],
    layers: [],
  });
  assert.deepEqual(calls, ["controls fail 1 0 3", "others", "controls pass 0 0 3"]);
});
