import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScanStep } from "../../engines/pipelines/model.ts";
import { nonBlockingScan } from "./non-blocking-scan.ts";

const step: ScanStep = { pipeline: ".github/workflows/ci.yml", job: "scan", line: 7, column: 9, scanner: "trivy" };

test("a scan that blocks is no finding, one that is ignored is", () => {
  const now = new Date(0);
  assert.deepEqual([...nonBlockingScan.evaluate({ scans: [step] }, now)], []);
  const [finding, ...more] = nonBlockingScan.evaluate(
    { scans: [step, { ...step, ignored: "the step may fail" }] },
    now,
  );
  assert.deepEqual(more, []);
  assert.equal(finding?.title, "trivy findings do not fail the job: the step may fail");
  assert.deepEqual(finding?.locations, [{ kind: "file", path: step.pipeline, line: 7, column: 9 }]);
});
