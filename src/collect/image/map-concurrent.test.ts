import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { mapConcurrent } from "./map-concurrent.ts";

async function all<R>(results: AsyncIterable<R>): Promise<R[]> {
  const list: R[] = [];
  for await (const result of results) list.push(result);
  return list;
}

test("gives the results in order, and has no more than asked for under way", async () => {
  const doors = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const begun: number[] = [];
  const results = all(
    mapConcurrent([0, 1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      await doors[item]?.promise;
      return item * 10;
    }),
  );
  assert.deepEqual(begun, [0, 1]);
  doors[1]?.resolve();
  doors[0]?.resolve();
  for (const door of doors) door.resolve();
  assert.deepEqual(await results, [0, 10, 20, 30, 40]);
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
});

test("the first failure in order is thrown once what was under way has been told to stop", async () => {
  const ended: number[] = [];
  const results = all(
    mapConcurrent([0, 1, 2, 3], 3, async (item, signal) => {
      if (item === 1) throw new Error("one");
      if (item === 2) {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        ended.push(item);
        throw new Error("two");
      }
      return item;
    }),
  );
  await assert.rejects(results, /one/);
  assert.deepEqual(ended, [2]);
});

test("nothing is begun for nothing", async () => {
  assert.deepEqual(await all(mapConcurrent([], 2, () => assert.fail())), []);
});

test("of the next few the largest is begun first, and the results are in order", async () => {
  const begun: number[] = [];
  const doors = Array.from({ length: 6 }, () => Promise.withResolvers<void>());
  const results = all(
    mapConcurrent(
      [3, 1, 4, 5, 9, 2],
      2,
      async (item) => {
        await doors[begun.push(item) - 1]?.promise;
        return item;
      },
      (size) => size,
    ),
  );
  // The first four are near enough.
  assert.deepEqual(begun, [5, 4]);
  doors[1]?.resolve();
  await setImmediate();
  assert.deepEqual(begun, [5, 4, 3]);
  for (const door of doors) door.resolve();
  assert.deepEqual(await results, [3, 1, 4, 5, 9, 2]);
  assert.deepEqual(begun.toSorted(), [1, 2, 3, 4, 5, 9]);
});

test("no more are begun ahead of one that takes long than can be held, and none once it failed", async () => {
  const first = Promise.withResolvers<void>();
  const begun: number[] = [];
  const results = all(
    mapConcurrent([0, 1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      if (item > 0) return item;
      await first.promise;
      throw new Error("the first");
    }),
  );
  await setImmediate();
  assert.deepEqual(begun, [0, 1, 2, 3]);
  first.resolve();
  await assert.rejects(results, /the first/);
  assert.deepEqual(begun, [0, 1, 2, 3]);
});
