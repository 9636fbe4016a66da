import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Problem } from "../../src/core/problem.ts";
import { until } from "../../src/core/until.fixture.ts";
import { madeDatabase } from "../../src/store/embedded.fixture.ts";
import { imageOf } from "../../src/store/image.fixture.ts";
import { openStore } from "../../src/store/open.ts";
import { findPostgres, type Postgres, startPostgres } from "./postgres.ts";
import { type StoreProcess, startStoreProcess } from "./worker-lines.ts";

test("a process that is killed while it writes to its folder loses nothing it was told is written", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-killed-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await madeDatabase(folder);
  const writer = startStoreProcess("claims", "a", { folder });
  await writer.said(50);
  // Its lock is the kernel's: no second process gets in while it lives.
  await assert.rejects(openStore({ folder }), (error) => error instanceof Problem && error.code === "store.locked");
  await writer.kill();
  const written = writer.lines.slice(1);
  assert.ok(written.length >= 49);
  const store = await openStore({ folder });
  for (const n of written) assert.equal(await store.locks.claim(`a ${n}`, "another"), n);
  await store.close();
});

const programs = findPostgres();

describe("over PostgreSQL", { skip: programs === undefined && "PostgreSQL is not installed" }, () => {
  let postgres: Postgres;
  before(async () => {
    postgres = await startPostgres(programs ?? "");
  });
  after(() => postgres.stop());

  test("of 1,000 jobs two processes do each once, and a third takes up what a killed one left", async () => {
    const store = await openStore({ url: postgres.url });
    const all = Array.from({ length: 1_000 }, (_, n) => ({ kind: "scan", key: `job ${n}`, about: { n } }) as const);
    await store.jobs.add(all);
    const [killed, one, two] = ["killed", "one", "two"].map((name) =>
      startStoreProcess("jobs", name, { url: postgres.url }),
    ) as [StoreProcess, StoreProcess, StoreProcess];
    await killed.said(30);
    await killed.kill();
    assert.deepEqual(await Promise.all([one.ended, two.ended]), [0, 0]);
    const done = [killed, one, two].flatMap(({ lines }) => lines.slice(1).map(Number));
    // What the killed one had done and could not say any more.
    assert.ok(done.length >= 999, `${done.length} of 1,000`);
    assert.equal(new Set(done).size, done.length);
    assert.deepEqual(await store.jobs.counts(), { waiting: 0, leased: 0, failed: 0 });
    await store.close();
  });

  test("a database that is killed while it is written to loses nothing that was said to be written", async () => {
    const store = await openStore({ url: postgres.url });
    const written: number[] = [];
    const failures: unknown[] = [];
    let isOver = false;
    const write = async (worker: number): Promise<void> => {
      for (let n = worker; !isOver; n += 8) {
        try {
          await store.images.save(imageOf(`killed/${n}`, "a"));
          await store.locks.claim(`killed ${n}`, String(n));
          written.push(n);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    const kill = async (): Promise<void> => {
      await postgres.kill();
      await postgres.start();
    };
    const endConnections = async (): Promise<void> => {
      await postgres.psql("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()");
    };
    const writers = Array.from({ length: 8 }, (_, worker) => write(worker));
    try {
      for (const end of [kill, kill, endConnections, kill, endConnections]) {
        const before = written.length;
        await until(() => written.length >= before + 60);
        await end();
      }
      const before = written.length;
      await until(() => written.length >= before + 60);
    } finally {
      // Else they would write for ever where the database did not come back.
      isOver = true;
      await Promise.all(writers);
    }
    for (const error of failures) {
      assert.ok(error instanceof Problem && error.code.startsWith("store."), String(error));
      assert.equal(error.kind, "unavailable");
    }
    const kept = await postgres.psql("select value from claim where name like 'killed %'");
    const scanned = await postgres.psql(
      "select substr(repository, 8) from image join scan on image_id = id where repository like 'killed/%'",
    );
    for (const has of [kept, scanned].map((lines) => new Set(lines.split("\n")))) {
      assert.deepEqual(
        written.filter((n) => !has.has(String(n))),
        [],
      );
    }
    const torn = await postgres.psql(
      "select count(*) from scan where (select count(*) from evaluation where evaluation.image_id = scan.image_id) <> 3",
    );
    assert.equal(torn.trim(), "0");
    await store.close();
  });
});
