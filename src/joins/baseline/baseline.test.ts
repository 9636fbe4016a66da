import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAsset } from "../../core/asset.ts";
import type { CheckDescription, Layer } from "../../core/check.ts";
import type { Evaluation, Verdict } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import { judgeControls, judgeLayers } from "./baseline.ts";
import { controls } from "./controls.ts";

function checkOf(id: string, layer: Layer, speaksTo: CheckDescription["controls"]): CheckDescription {
  return {
    id,
    title: `title of ${id}`,
    layer,
    category: "configuration",
    controls: speaksTo,
    severity: "high",
    documentation: { what: "", why: "", fix: "", references: [] },
    needs: {},
  };
}

const scan = checkOf("image/scan", "image", [2]);
const expired = checkOf("policy/expired", "policy", [2]);
const checks = [scan, expired];

function finding(subject: string, changes: Partial<Finding> = {}): Finding {
  return {
    check: scan.id,
    fingerprint: subject,
    overThreshold: true,
    subject,
    severity: "critical",
    title: subject,
    locations: [{ kind: "file", path: "x" }],
    matches: { ids: [subject] },
    evidence: {},
    ...changes,
  };
}

function evaluation(asset: string, verdict: Verdict, changes: Partial<Evaluation> = {}): Evaluation {
  return {
    check: scan.id,
    asset: fileAsset(asset),
    verdict,
    reason: `${verdict} it is`,
    findings: [],
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: "2026-01-01T00:00:00.000Z",
    ...changes,
  };
}

/** The second control: the one that checks speak to so far. */
function second(...evaluations: readonly Evaluation[]) {
  const control = judgeControls(evaluations, checks)[1];
  assert.ok(control !== undefined);
  return control;
}

test("there are ten, in order, and without a check of theirs all are unknown, each with a reason", () => {
  const judged = judgeControls([], checks);
  assert.deepEqual(
    judged.map(({ number }) => number),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  for (const { verdict, reason, coverage } of judged) {
    assert.equal(verdict, "unknown");
    assert.notEqual(reason, "");
    assert.deepEqual([coverage.judged, coverage.total], [0, 0]);
  }
});

test("a fail beats an unknown, an unknown beats a pass", () => {
  assert.equal(second(evaluation("a", "pass"), evaluation("b", "unknown"), evaluation("c", "fail")).verdict, "fail");
  assert.equal(second(evaluation("a", "pass"), evaluation("b", "unknown")).verdict, "unknown");
});

test("nothing passes while a part of the control is not looked at", () => {
  assert.ok(
    controls.every(({ unjudged }) => unjudged !== undefined),
    "the day that one can pass, test that it does",
  );
  const { verdict, reason } = second(evaluation("a", "pass"));
  assert.deepEqual([verdict, reason], ["unknown", controls[1]?.unjudged]);
});

test("the reason is that of what decided", () => {
  assert.equal(second(evaluation("a", "pass"), evaluation("b", "unknown")).reason, "b: unknown it is");
  const one = { findings: [finding("x")] };
  assert.equal(
    second(evaluation("a", "unknown"), evaluation("b", "fail", one)).reason,
    "1 finding at or over the threshold in b",
  );
  const two = { findings: [finding("x"), finding("y"), finding("z", { overThreshold: false })] };
  const scopes = [evaluation("a", "fail", one), evaluation("a", "fail", two)];
  assert.equal(second(...scopes).reason, "3 findings at or over the threshold in a");
  const many = ["a", "b", "c", "d", "e"].map((name) => evaluation(name, "fail", one));
  assert.match(second(...many).reason, /^5 findings at or over the threshold in a, b,? .*and \d more$/);
});

test("coverage counts assets, each once, judged where each of its evaluations is", () => {
  const { coverage } = second(
    evaluation("a", "pass", { scope: "npm" }),
    evaluation("a", "fail", { scope: "Debian:13" }),
    evaluation("b", "pass", { scope: "npm" }),
    evaluation("b", "unknown", { scope: "Debian:13" }),
    evaluation("c", "unknown"),
  );
  assert.deepEqual(coverage, { judged: 1, total: 3, noun: "images" });
});

test("a policy file speaks to a control, and is none of the images that it counts", () => {
  const { verdict, coverage } = second(evaluation("bulkhead.yaml", "fail", { check: expired.id }));
  assert.deepEqual([verdict, coverage.total], ["fail", 0]);
});

test("the worst three over the threshold are shown, worst first", () => {
  const { worst } = second(
    evaluation("a", "fail", { findings: [finding("c"), finding("low", { severity: "low" })] }),
    evaluation("b", "fail", { findings: [finding("under", { overThreshold: false }), finding("a"), finding("b")] }),
  );
  assert.deepEqual(
    worst.map(({ subject }) => subject),
    ["a", "b", "c"],
  );
});

test("a check that nobody described speaks to nothing", () => {
  assert.equal(second(evaluation("a", "fail", { check: "image/unheard-of" })).coverage.total, 0);
});

test("a layer is defended by the checks that looked at it, and judged by their verdicts", () => {
  const layers = judgeLayers([evaluation("a", "pass"), evaluation("b", "fail")], checks);
  const [image, registry] = layers;
  assert.deepEqual(image, { layer: "image", defends: ["title of image/scan"], verdict: "fail" });
  assert.deepEqual(registry, { layer: "registry", defends: [], verdict: "unknown" });
  assert.deepEqual(
    layers.map(({ layer }) => layer),
    ["image", "registry", "build", "workload", "cluster", "network", "runtime"],
  );
});
