/** What every queue does, whatever it is kept in. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readClock } from "../core/clock.ts";
import type { Job, Store } from "./model.ts";
import { MAX_ATTEMPTS, pauseSeconds } from "./queue-bounds.ts";

const lease = 60_000;

/**
 * @param open - one store for all tests; nothing else may use its queue meanwhile
 * @param pass - lets so much time pass for the queue
 */
export function queuesJobs(open: () => Promise<Store>, pass: (milliseconds: number) => Promise<void>): void {
  let opened: Promise<Store> | undefined;
  /** Each begins and ends with an empty queue. */
  const over = (title: string, body: (store: Store) => Promise<void>): void => {
    test(title, async () => {
      opened ??= open();
      const store = await opened;
      await pass(86_400_000);
      for (const job of await store.jobs.take("before", 1_000, lease)) await store.jobs.done(job, "before");
      await body(store);
      await pass(86_400_000);
      for (const job of await store.jobs.take("after", 1_000, lease)) await store.jobs.done(job, "after");
    });
  };
  const scan = (key: string, about: Job["about"] = {}, more: { priority?: number; notBefore?: Date } = {}) =>
    ({ kind: "scan", key, about, ...more }) as const;

  over("jobs come by urgency, then as they were added, and each to one worker", async ({ jobs }) => {
    await jobs.add([scan("a", { n: 1 }), scan("b", { n: 2 })]);
    await jobs.add([scan("c", { n: 3 }, { priority: 5 })]);
    const first = await jobs.take("one", 2, lease);
    const second = await jobs.take("two", 2, lease);
    assert.deepEqual(
      first.map(({ about, attempts, kind }) => [about, attempts, kind]),
      [
        [{ n: 3 }, 1, "scan"],
        [{ n: 1 }, 1, "scan"],
      ],
    );
    assert.deepEqual(
      second.map(({ about }) => about),
      [{ n: 2 }],
    );
    assert.deepEqual(await jobs.take("one", 2, lease), []);
    assert.deepEqual(await jobs.counts(), { waiting: 0, leased: 3, failed: 0 });
    for (const job of first) assert.equal(await jobs.done(job, "one"), true);
    for (const job of second) {
      assert.equal(await jobs.done(job, "one"), false);
      assert.equal(await jobs.done(job, "two"), true);
      assert.equal(await jobs.done(job, "two"), false);
    }
    assert.deepEqual(await jobs.counts(), { waiting: 0, leased: 0, failed: 0 });
  });

  over(
    "one that waits is added once, as urgent as the most urgent and about what the last is about",
    async ({ jobs }) => {
      await jobs.add([scan("same", { n: 1 }, { priority: 1 }), scan("same", { n: 2 })]);
      await jobs.add([scan("same", { n: 3 }), scan("other", {})]);
      const taken = await jobs.take("one", 10, lease);
      assert.deepEqual(
        taken.map(({ about }) => about),
        [{ n: 3 }, {}],
      );
    },
  );

  over("one that is added while it is done is done again, and not at once", async ({ jobs }) => {
    await jobs.add([scan("same", { n: 1 })]);
    const [first] = await jobs.take("one", 10, lease);
    await jobs.add([scan("same", { n: 2 })]);
    assert.deepEqual(await jobs.take("two", 10, lease), []);
    assert.ok(first !== undefined && (await jobs.done(first, "one")));
    const [second] = await jobs.take("two", 10, lease);
    assert.deepEqual(second?.about, { n: 2 });
  });

  over("what is not due yet is not taken", async ({ jobs }) => {
    await jobs.add([scan("later", {}, { notBefore: new Date(readClock().getTime() + 10 * 86_400_000) })]);
    assert.deepEqual(await jobs.take("one", 10, lease), []);
    assert.deepEqual(await jobs.counts(), { waiting: 1, leased: 0, failed: 0 });
    await jobs.add([scan("later")]);
    assert.equal((await jobs.take("one", 10, lease)).length, 1);
  });

  over("a lease that ran out is another's, and the first hears of it", async ({ jobs }) => {
    await jobs.add([scan("lost")]);
    const [first] = await jobs.take("one", 10, lease);
    assert.ok(first !== undefined);
    await pass(lease / 2);
    assert.equal(await jobs.extend(first, "one", lease), true);
    await pass(lease / 2);
    assert.deepEqual(await jobs.take("two", 10, lease), []);
    await pass(lease);
    const [second] = await jobs.take("two", 10, lease);
    assert.deepEqual([second?.id, second?.attempts], [first.id, 2]);
    assert.equal(await jobs.extend(first, "one", lease), false);
    assert.equal(await jobs.done(first, "one"), false);
    await jobs.failed(first, "one", "too late");
    assert.deepEqual(await jobs.counts(), { waiting: 0, leased: 1, failed: 0 });
  });

  over("what failed comes again later each time, and is given up at last", async ({ jobs, counts }) => {
    await jobs.add([scan("bad")]);
    for (let tries = 1; tries <= MAX_ATTEMPTS; tries++) {
      const [job] = await jobs.take("one", 10, lease);
      assert.equal(job?.attempts, tries);
      await jobs.failed(job, "one", `no answer \u0000 ${tries}`);
      assert.deepEqual(await jobs.take("one", 10, lease), []);
      await pass(1_000 * pauseSeconds(tries) + 1_000);
    }
    assert.deepEqual(await jobs.counts(), { waiting: 0, leased: 0, failed: 1 });
    assert.equal((await counts()).jobs.failed, 1);
    // It may be asked for again; when it is done the failure is history.
    await jobs.add([scan("bad")]);
    const [again] = await jobs.take("one", 10, lease);
    assert.equal(again?.attempts, 1);
    assert.equal(await jobs.done(again, "one"), true);
    assert.deepEqual(await jobs.counts(), { waiting: 0, leased: 0, failed: 0 });
  });

  over("what failed and was added anew meanwhile is done once", async ({ jobs }) => {
    await jobs.add([scan("same", { n: 1 })]);
    const [first] = await jobs.take("one", 10, lease);
    await jobs.add([scan("same", { n: 2 })]);
    assert.ok(first !== undefined);
    await jobs.failed(first, "one", "no answer");
    const [second, ...more] = await jobs.take("one", 10, lease);
    assert.deepEqual([second?.about, second?.attempts, more], [{ n: 2 }, 1, []]);
  });

  over("a job whose workers all end before it is done is given up", async ({ jobs }) => {
    await jobs.add([scan("killer")]);
    for (let tries = 1; tries <= MAX_ATTEMPTS; tries++) {
      assert.equal((await jobs.take("one", 10, lease)).length, 1);
      await pass(lease + 1_000);
    }
    assert.deepEqual(await jobs.take("one", 10, lease), []);
    assert.deepEqual(await jobs.counts(), { waiting: 0, leased: 0, failed: 1 });
    await jobs.add([scan("killer")]);
    const [again] = await jobs.take("one", 10, lease);
    assert.ok(again !== undefined && (await jobs.done(again, "one")));
  });
}
