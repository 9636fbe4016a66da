/** The short run of what needs an API server to be held against; `make soak READERS=rbac` is the long one. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { differential } from "../differential/rbac/differential.ts";
import { runDifferential } from "../differential/run.ts";
import { describeDifference } from "../differential/show.ts";
import { clusterMissing } from "./api-server.ts";

describe("who may do what", { skip: clusterMissing }, () => {
  after(() => differential.close?.());

  it("is answered as the API server's authorizer answers it", async () => {
    const outcome = await runDifferential(differential, { cases: differential.cases.short, seed: 1 });
    assert.deepEqual(outcome.differences.map(describeDifference), []);
    assert.ok(outcome.same > outcome.cases / 2, `${outcome.same} of ${outcome.cases} read alike`);
  });
});
