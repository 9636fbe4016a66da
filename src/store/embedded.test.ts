import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Problem } from "../core/problem.ts";
import { keepsWhatItIsGiven } from "./contract.fixture.ts";
import type { Database } from "./database.ts";
import { openDatabase, openStore, storeOver } from "./open.ts";
import { passFor } from "./pass.fixture.ts";
import { queuesJobs } from "./queue.fixture.ts";
import { tidiesUp } from "./upkeep.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-store-"));
let database: Promise<Database> | undefined;

const opened = async () => {
  database ??= openDatabase({ folder });
  return storeOver(await database);
};

after(async () => {
  await (await database)?.close();
  rmSync(folder, { recursive: true, force: true });
});

queuesJobs(opened, async (milliseconds) => {
  if (database !== undefined) await passFor(await database, milliseconds);
});
keepsWhatItIsGiven(opened);
tidiesUp(async () => {
  await opened();
  return database as Promise<Database>;
});

test("a folder that is open already says so, and which way out there is", async () => {
  await opened();
  await assert.rejects(openStore({ folder }), (error) => {
    assert.ok(error instanceof Problem);
    assert.equal(
      error.line(),
      `store.locked: ${folder}: another process has the database open (end that process, or give both a PostgreSQL with --database-url-file FILE)`,
    );
    return true;
  });
});

test("a directory that holds something else is named, and its lock is given back", async (t) => {
  const other = mkdtempSync(join(tmpdir(), "bulkhead-other-"));
  t.after(() => rmSync(other, { recursive: true, force: true }));
  mkdirSync(join(other, "data"));
  writeFileSync(join(other, "data", "PG_VERSION"), "9.6\n");
  for (const _ of [1, 2]) await assert.rejects(openStore({ folder: other }), { code: "store.failed" });
});

test("what was written is there when it is opened again, and its lock is free", async () => {
  const store = await opened();
  assert.equal(await store.locks.claim("kept", "1"), "1");
  await store.close();
  await assert.rejects(store.ping(), { code: "store.unavailable" });
  database = undefined;
  assert.equal(await (await opened()).locks.claim("kept", "2"), "1");
});
