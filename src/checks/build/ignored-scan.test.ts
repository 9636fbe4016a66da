import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScanStep } from "../../engines/pipelines/model.ts";
import { ignoredScan } from "./ignored-scan.ts";

const step: ScanStep = { pipeline: ".github/workflows/ci.yml", job: "scan", line: 7, column: 9, scanner: "trivy" };

test("a scan that blocks is no finding, one that is ignored is", () => {
  const now = new Date(0);
  assert.deepEqual([...ignoredScan.evaluate({ scans: [step] }, now)], []);
  const [finding, ...more] = ignoredScan.evaluate({ scans: [step, { ...step, ignored: "the step may fail" }] }, now);
  assert.deepEqual(more, []);
  assert.equal(finding?.title, "What trivy finds stops nothing: the step may fail");
  assert.deepEqual(finding?.locations, [{ kind: "file", path: step.pipeline, line: 7, column: 9 }]);
});
