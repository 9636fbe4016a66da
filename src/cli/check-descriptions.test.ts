import assert from "node:assert/strict";
import { test } from "node:test";
import { checks } from "../checks/index.ts";
import { fileAsset } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { descriptionsFor, everyDescription } from "./check-descriptions.ts";

test("every check is described, whatever folder it stands in", async () => {
  const all = (await everyDescription()).map(({ id }) => id);
  assert.deepEqual(all.sort(), checks.map(({ id }) => id).sort());
  for (const { id } of checks) {
    const evaluation = { check: id, asset: fileAsset("x") } as Evaluation;
    assert.ok(
      (await descriptionsFor([evaluation])).some((description) => description.id === id),
      id,
    );
  }
  assert.deepEqual(await descriptionsFor([]), []);
});
