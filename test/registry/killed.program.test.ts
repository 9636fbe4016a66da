/** The short form of `killed.soak.ts`: each of the three killed once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { findDockerRegistry } from "./docker-registry.ts";
import { runKilled } from "./killed/run.ts";
import { findPostgres } from "./postgres.ts";

const engine = findDockerRegistry();
const postgres = findPostgres();
const missing =
  engine === undefined ? "docker-registry is not installed" : postgres === undefined && "PostgreSQL is not installed";

test("guard, worker and PostgreSQL killed while images are pushed: nothing is lost or unscanned", {
  skip: missing,
}, async () => {
  const { faults, tags, acknowledged, killed } = await runKilled({
    ...{ pushes: 40, kills: 3, seed: 7, engine: engine as string, postgres: postgres as string },
  });
  assert.deepEqual(faults, []);
  assert.deepEqual([tags, acknowledged], [40, 40]);
  assert.ok(killed.guard > 0 && killed.worker > 0 && killed.postgres > 0);
});
