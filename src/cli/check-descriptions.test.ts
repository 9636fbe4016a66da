import assert from "node:assert/strict";
import { test } from "node:test";
import { checks } from "../checks/index.ts";
import { descriptionsOf } from "./check-descriptions.ts";

test("every check is described, whatever it is run over", async () => {
  for (const { id } of checks)
    assert.deepEqual(
      (await descriptionsOf([id])).map((description) => description.id),
      [id],
    );
  const all = (await descriptionsOf(checks.map(({ id }) => id))).map(({ id }) => id);
  assert.deepEqual(all, checks.map(({ id }) => id).sort());
});

test("what no check is called has no description", async () => {
  assert.deepEqual(await descriptionsOf(["build/none", "none", ""]), []);
  assert.deepEqual(await descriptionsOf([]), []);
});
