import assert from "node:assert/strict";
import { test } from "node:test";
import { checks } from "../../checks/index.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import type { LifecycleState, LifecycleStepName, LifecycleStepResult } from "../../core/lifecycle.ts";
import { lifecycleOf } from "./lifecycle.ts";
import { theatre } from "./theatre.ts";

const seen = (step: LifecycleStepName, state: LifecycleState): LifecycleStepResult => ({
  step,
  state,
  reason: "seen",
  places: [],
});

function evaluation(check: string, ...subjects: readonly string[]): Evaluation {
  const findings = subjects.map(
    (subject): Finding => ({
      check,
      fingerprint: subject,
      overThreshold: false,
      subject,
      severity: "medium",
      title: `${subject} found`,
      locations: [{ kind: "file", path: "a.yml", line: 3 }],
      matches: { ids: [check] },
      evidence: {},
    }),
  );
  return {
    check,
    asset: fileAsset("lifecycle"),
    verdict: "pass",
    reason: "",
    findings,
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: "2026-01-01T00:00:00.000Z",
  };
}

const of = (step: LifecycleStepName, state: LifecycleState, ...evaluations: readonly Evaluation[]) =>
  lifecycleOf([seen(step, state)], evaluations).map(
    (one) => `${one.state}: ${one.short ?? ""} ${one.reason} ${one.places.length}`,
  );

test("a finding makes a step theatre, with what it found and where", () => {
  assert.deepEqual(of("sign", "exists", evaluation("build/signed-never-verified", "a")), [
    "theatre: never verified a found 1",
  ]);
  assert.deepEqual(of("sign", "exists", evaluation("build/signed-never-verified", "a", "b")), [
    "theatre: never verified a found (and 1 more) 1",
  ]);
  assert.deepEqual(of("sign", "exists", evaluation("build/signed-never-verified")), ["exists:  seen 0"]);
  assert.deepEqual(of("sign", "unknown", evaluation("build/sbom-never-read", "a")), ["unknown:  seen 0"]);
});

test("what was tried and refused is verified, whatever the objects say", () => {
  const tried = evaluation("cluster/unverified-image-admitted");
  const never = evaluation("build/signed-never-verified", "a");
  assert.deepEqual(of("sign", "exists", never, tried), ["exists:  seen 0"]);
  assert.deepEqual(of("admit", "absent", tried), ["blocks:  unsigned images were tried and refused 0"]);
  assert.match(of("sign", "exists", never, { ...tried, verdict: "unknown" })[0] ?? "", /^theatre/);
});

test("the outermost cause is told", () => {
  const late = evaluation("build/scan-after-release", "late");
  const silent = evaluation("build/non-blocking-scan", "silent");
  assert.deepEqual(of("scan", "exists", late, silent), ["theatre: blocks nothing silent found (and 1 more) 1"]);
});

test("a scan that blocks makes up for one beside it that does not", () => {
  assert.deepEqual(of("scan", "blocks", evaluation("build/non-blocking-scan", "a")), ["blocks:  seen 0"]);
  assert.deepEqual(of("scan", "blocks", evaluation("build/scan-of-other-image", "a")), [
    "theatre: another image a found 1",
  ]);
});

test("a detector that leaves out a node is no theatre of the others", () => {
  assert.deepEqual(of("detect", "exists", evaluation("cluster/runtime-detection", "falco/DaemonSet/falco")), [
    "exists:  seen 0",
  ]);
  assert.deepEqual(of("detect", "exists", evaluation("cluster/runtime-detection", "falco/DaemonSet/falco rules")), [
    "theatre: watches nothing falco/DaemonSet/falco rules found 1",
  ]);
});

test("every check that it listens to is there", () => {
  const ids = new Set(checks.map(({ id }) => id));
  assert.deepEqual(
    [...theatre.keys()].filter((id) => !ids.has(id)),
    [],
  );
});
