import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Gap } from "../../core/evidence.ts";
import { evaluateDrift } from "../../evaluate/runtime/drift.ts";
import type { RunFile } from "../subjects/runtime.ts";
import { drift } from "./drift.ts";

const about = { pod: { namespace: "shop", name: "api", owner: { kind: "Deployment", name: "api" } } };
const at = "2026-03-01T00:00:00Z";

function evaluated(files: readonly RunFile[], gaps: readonly Gap[] = []) {
  const facts = { container: "api", image: `sha256:${"3".repeat(64)}`, executables: 4, files };
  const context = { policy: defaultPolicy, now: new Date("2026-03-02T00:00:00Z"), observedAt: at };
  const [evaluation] = evaluateDrift(about, facts, gaps, context);
  assert.equal(evaluation?.check, drift.id);
  return evaluation;
}

test("a program that the image does not hold fails the workload, wherever else it lay", () => {
  const { asset, verdict, findings } = evaluated([
    { path: "/tmp/miner", place: "written", count: 3 },
    { path: "/memfd:x (deleted)", place: "memory", count: 1 },
    { path: "/opt/tool", place: "absent", count: 1 },
  ]);
  assert.deepEqual([asset.lineage, verdict], ["cluster/Deployment/shop/api", "fail"]);
  assert.deepEqual(
    findings.map(({ title, severity }) => [title, severity]),
    [
      ["/memfd:x (deleted) was run: from memory, without a file", "high"],
      ["/opt/tool was run: no layer of the image has it", "high"],
      ["/tmp/miner was run: written since the container started", "high"],
    ],
  );
});

test("a program on a volume is told, and does not fail", () => {
  const { verdict, findings } = evaluated([{ path: "/data/tool", place: "volume", count: 1 }]);
  assert.deepEqual([verdict, findings.map(({ severity }) => severity)], ["pass", ["low"]]);
});

test("nothing found passes where everything was watched, and is unknown where something was missed", () => {
  assert.equal(evaluated([]).verdict, "pass");
  const missed = evaluated([], [{ code: "events.learned", reason: "2 events lost" }]);
  assert.deepEqual([missed.verdict, missed.reason], ["unknown", "2 events lost"]);
});
