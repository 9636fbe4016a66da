/** The guard, its worker and PostgreSQL killed at 20 random points under 500 pushes: nothing lost, nothing unscanned. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readClock } from "../../src/core/clock.ts";
import { findDockerRegistry } from "./docker-registry.ts";
import { runKilled } from "./killed/run.ts";
import { findPostgres } from "./postgres.ts";

const engine = findDockerRegistry();
const postgres = findPostgres();
const missing =
  engine === undefined ? "docker-registry is not installed" : postgres === undefined && "PostgreSQL is not installed";
const seed = Number(process.env.SEED ?? readClock().getTime() % 1_000_000);
const pushes = Number(process.env.PUSHES ?? 500);
const kills = Number(process.env.KILLS ?? 20);

test(`killed ${kills} times under ${pushes} pushes (seed ${seed})`, { skip: missing }, async (t) => {
  const found = await runKilled({
    ...{ pushes, kills, seed, engine: engine as string, postgres: postgres as string },
    onKilled: (what, pushed) => t.diagnostic(`${what} killed after ${pushed} pushes`),
  });
  t.diagnostic(`${found.tags} tags, ${found.retries} tries again, killed ${JSON.stringify(found.killed)}`);
  assert.deepEqual(found.faults, []);
  assert.equal(found.acknowledged, pushes);
  assert.equal(found.tags, pushes);
});
