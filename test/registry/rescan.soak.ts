/** A new advisory about what 1,000 images have: how long until the last of them is not pulled any more. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { findDockerRegistry } from "./docker-registry.ts";
import { withInstallation } from "./killed/installation.ts";
import { findPostgres } from "./postgres.ts";

const engine = findDockerRegistry();
const postgres = findPostgres();
const missing =
  engine === undefined ? "docker-registry is not installed" : postgres === undefined && "PostgreSQL is not installed";
const images = Number(process.env.IMAGES ?? 1_000);
/** Of each image; as many as those of an ordinary Node.js service. */
const packages = Number(process.env.PACKAGES ?? 300);
const BOUND_MILLISECONDS = 60_000;

test(`a new advisory blocks ${images} images of ${packages} packages`, { skip: missing }, async (t) => {
  const names = Array.from({ length: packages }, (_, nth) => `package-${nth}`);
  // Of a third of them something is known that is fixed already.
  const known = names.filter((_, nth) => nth % 3 === 0);
  const installed = Object.fromEntries([...names.map((name) => [name, "2.0.0"]), ["flawed", "1.0.0"]]);
  const options = { engine: engine as string, postgres: postgres as string, packages: known };
  await withInstallation(options, async ({ client, postgres, advise }) => {
    const pushed = Array.from({ length: images }, (_, nth) => ({ repository: `shop/app-${nth % 20}`, tag: `v${nth}` }));
    const rest = pushed.values();
    const lane = async () => {
      for (const image of rest) await client.push({ ...image, packages: installed }, AbortSignal.timeout(180_000));
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    const count = async (where: string) => Number(await postgres.psql(`select count(*) from scan where ${where}`));
    const began = performance.now();
    while ((await count("true")) < images) await delay(200);
    t.diagnostic(`scanned ${Math.round(performance.now() - began)} ms after the last push`);
    const statuses = async () => {
      const found = new Set<number>();
      for (const { repository, tag } of pushed.filter((_, nth) => nth % 50 === 0)) {
        found.add((await client.pull(repository, tag)).status);
      }
      return [...found];
    };
    assert.deepEqual(await statuses(), [200]);
    await advise(2, [...known, "flawed"]);
    const advised = performance.now();
    while ((await count("database_digest >= '2026-01-02'")) < images) await delay(200);
    assert.deepEqual(await statuses(), [403]);
    const milliseconds = Math.round(performance.now() - advised);
    t.diagnostic(`blocked ${milliseconds} ms after the advisory`);
    const { text } = await client.pull("shop/app-0", "v0");
    assert.match(text, /GHSA-flawed/);
    assert.ok(milliseconds < BOUND_MILLISECONDS, `${milliseconds} ms`);
  });
});
