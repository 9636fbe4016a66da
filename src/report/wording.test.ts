import assert from "node:assert/strict";
import { test } from "node:test";
import { fileAsset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { packagesScope } from "../core/scope.ts";
import { layerText, withoutQuiet } from "./wording.ts";

function passed(asset: string, check: string, changes: Partial<Evaluation> = {}): Evaluation {
  const nothing = { findings: [], excepted: [], evidence: {}, gaps: [] };
  const observedAt = "2026-01-01T00:00:00.000Z";
  return { check, asset: fileAsset(asset), verdict: "pass", reason: "no findings", observedAt, ...nothing, ...changes };
}

test("a layer names what fails, and all that looked where that is few", () => {
  assert.equal(layerText({ layer: "image", verdict: "unknown", defends: [], failing: [] }), "nothing found");
  assert.equal(layerText({ layer: "image", verdict: "pass", defends: ["A", "B"], failing: [] }), "A, B");
  const many = ["A", "B", "C", "D", "E", "F", "G"];
  assert.equal(layerText({ layer: "image", verdict: "pass", defends: many, failing: [] }), "7 checks");
  assert.equal(layerText({ layer: "image", verdict: "fail", defends: many, failing: ["B"] }), "1 of 7 checks fail: B");
});

test("many checks that passed over one asset without a word are folded, and nothing else is", () => {
  const quiet = ["b", "a", "c", "d", "e"].map((check) => passed("Dockerfile", check));
  const gap = { code: "x", reason: "x" };
  const told = [
    passed("Dockerfile", "f", { gaps: [gap] }),
    passed("Dockerfile", "g", { verdict: "unknown" }),
    passed("Dockerfile", "h", { scope: packagesScope("npm") }),
    ...["a", "b", "c", "d"].map((check) => passed("other", check)),
  ];
  const parted = withoutQuiet([...quiet, ...told], false);
  assert.deepEqual(parted.told, told);
  assert.deepEqual(parted.quiet, [{ asset: fileAsset("Dockerfile"), checks: ["a", "b", "c", "d", "e"] }]);
  assert.deepEqual(withoutQuiet(quiet, true), { told: quiet, quiet: [] });
});
