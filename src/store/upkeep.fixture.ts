/** How a database is counted and tidied: over each kind of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { readClock } from "../core/clock.ts";
import type { Database } from "./database.ts";
import { imageOf } from "./image.fixture.ts";
import { storeOver } from "./open.ts";

const day = 86_400_000;

/** @param open - an empty database, or one whose counts may change by what others do before and after alone */
export function tidiesUp(open: () => Promise<Database>): void {
  test("what nobody asks for any more goes after its days, and nothing else", async () => {
    const database = await open();
    const { images, audit, jobs, counts, retain } = storeOver(database);
    const now = readClock();
    const at = new Date(now.getTime() - 10 * day);
    const [there, gone] = [imageOf("tidy/there", "a"), imageOf("tidy/gone", "a")] as const;
    for (const image of [there, gone]) {
      await images.saw({ repository: image.repository, digest: image.digest, tag: "t", mediaType: "m", at });
      await images.save(image);
    }
    await images.gone(gone);
    await sql`update image set gone_at = ${at}::timestamptz where repository = 'tidy/gone'`.execute(database.kysely);
    await images.savesRunning([there.digest], at, "tidy");
    audit.write({ time: at, said: "old" });
    audit.write({ time: now, said: "new" });
    await audit.flush();
    await jobs.add([
      { kind: "scan", about: {}, key: "tidy failed" },
      { kind: "scan", about: {}, key: "tidy waits" },
    ]);
    await sql`update job set failed_at = ${at}::timestamptz where key = 'tidy failed'`.execute(database.kysely);
    const rules = { now, auditDays: 11, goneDays: 11, failedDays: 11, runningDays: 11 };
    // Of what was there before.
    await retain(rules);
    const before = await counts();
    assert.ok(before.oldestDue !== undefined && before.oldestDue <= readClock());

    await retain(rules);
    assert.deepEqual(await counts(), before);

    await retain({ now, auditDays: 9, goneDays: 9, failedDays: 9, runningDays: 9 });
    const left = await counts();
    assert.deepEqual(
      [before.gone - left.gone, before.audit - left.audit, before.jobs.failed - left.jobs.failed],
      [1, 1, 1],
    );
    assert.deepEqual(
      [left.images, left.scanned, left.jobs.waiting],
      [before.images, before.scanned, before.jobs.waiting],
    );
    assert.equal(await images.get(gone), undefined);
    assert.deepEqual(await images.get(there), there);
    assert.equal(await images.runs(there.digest, at), false);
    assert.equal((await audit.list({ limit: 1 }))[0]?.entry.said, "new");
    for (const job of await jobs.take("tidy", 100, 60_000)) await jobs.done(job, "tidy");
  });
}
