import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import { guarded, pullPolicy, pushImage, saveScan, scanner, told } from "./gate.fixture.ts";

test("in quarantine an image waits for its first scan, though what is unknown is served; who scans it does not", async (t) => {
  const { registry } = defaultPolicy;
  const unknown = { gate: { unknown: "audit" } } as const;
  const free = await guarded(t, pullPolicy(unknown));
  pushImage(free, "a", "1");
  assert.equal((await free.pull("1")).action, "allow");
  const held = await guarded(
    t,
    pullPolicy({ ...unknown, policy: { registry: { ...registry, quarantine: ["shop/*"] } } }),
  );
  const image = pushImage(held, "a", "1");
  for (const reference of ["1", image.digest]) {
    const { action, refusal, outcomes } = await held.pull(reference);
    assert.equal(action, "refuse");
    assert.match(refusal?.message ?? "", /Image of shop\/web is in quarantine until its first scan/);
    assert.deepEqual(outcomes.map(({ check, action }) => [check, action])[0], ["registry/image-quarantined", "deny"]);
  }
  assert.equal((await held.pull("1", { principal: scanner })).action, "allow");
  await saveScan(held, image.digest);
  assert.equal(told(await held.pull("1")), "allow policy");
});
