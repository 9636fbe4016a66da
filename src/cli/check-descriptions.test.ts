import assert from "node:assert/strict";
import { test } from "node:test";
import { checks } from "../checks/index.ts";
import { descriptionsOf } from "./check-descriptions.ts";

test("every check is described, whatever folder it stands in", async () => {
  for (const { id } of checks) {
    assert.ok(
      (await descriptionsOf([id])).some((description) => description.id === id),
      id,
    );
  }
  const all = (await descriptionsOf(checks.map(({ id }) => id))).map(({ id }) => id);
  assert.deepEqual(all, checks.map(({ id }) => id).sort());
  assert.deepEqual(await descriptionsOf([]), []);
});

test("what docker's audit names loads no check of clusters", async () => {
  const loaded = (await descriptionsOf(["cluster/engine-settings", "cluster/engine-insecure-registry"])).map(
    ({ id }) => id,
  );
  assert.deepEqual(
    loaded.filter((id) => !id.startsWith("cluster/engine-")),
    [],
  );
});
