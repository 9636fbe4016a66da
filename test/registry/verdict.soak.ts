/** From the end of a push to the verdict that is stored of it, of images of some 50 MB as they are stored. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { findDockerRegistry } from "./docker-registry.ts";
import { withInstallation } from "./killed/installation.ts";
import { findPostgres } from "./postgres.ts";

const engine = findDockerRegistry();
const postgres = findPostgres();
const missing =
  engine === undefined ? "docker-registry is not installed" : postgres === undefined && "PostgreSQL is not installed";
const BOUND_MILLISECONDS = 5_000;
const MIB = 1024 * 1024;

/** 120 MiB, of which about 50 MB are left compressed: programs and texts are like that. */
function files(): Record<string, Buffer> {
  const file = () => Buffer.concat([randomBytes(0.4 * MIB), Buffer.alloc(0.6 * MIB, "a line as others\n")]);
  return Object.fromEntries(Array.from({ length: 120 }, (_, nth) => [`srv/data/${nth}.bin`, file()]));
}

test("an image of 50 MB has its verdict within seconds of its push", { skip: missing }, async (t) => {
  const options = { engine: engine as string, postgres: postgres as string, packages: ["flawed"] };
  await withInstallation(options, async ({ client, postgres }) => {
    const scans = async () => Number(await postgres.psql("select count(*) from scan"));
    await client.push({ repository: "shop/warm", tag: "v1", packages: {} }, AbortSignal.timeout(60_000));
    while ((await scans()) < 1) await delay(20);
    for (const nth of [1, 2, 3, 4, 5]) {
      const image = { repository: "shop/big", tag: `v${nth}`, packages: { flawed: "1.0.0" }, files: files() };
      await client.push(image, AbortSignal.timeout(120_000));
      const pushed = performance.now();
      while ((await scans()) < 1 + nth) await delay(20);
      const milliseconds = Math.round(performance.now() - pushed);
      t.diagnostic(`verdict ${milliseconds} ms after the push`);
      assert.equal((await client.pull("shop/big", `v${nth}`)).status, 403);
      assert.ok(milliseconds < BOUND_MILLISECONDS, `${milliseconds} ms`);
    }
  });
});
