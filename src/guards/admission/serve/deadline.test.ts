import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { askedMilliseconds, createDeadline, innerMilliseconds } from "./deadline.ts";

test("the time that an API server gives is read as Go writes it", () => {
  for (const [query, milliseconds] of [
    ["timeout=10s", 10_000],
    ["a=b&timeout=1m0s", 60_000],
    ["timeout=1.5s", 1_500],
    ["timeout=250ms", 250],
    ["timeout=1h1m1s1ms", 3_661_001],
    ["", 10_000],
    ["timeout=", 10_000],
    ["timeout=10", 10_000],
    ["timeout=-1s", 10_000],
    ["timeout=1s%20", 10_000],
    ["nottimeout=1s", 10_000],
    [`timeout=${"9".repeat(50)}s`, 10_000],
  ] as const) {
    assert.equal(askedMilliseconds(query), milliseconds, query);
  }
});

test("every decision ends before the API server's time does", () => {
  for (const asked of [1, 50, 100, 200, 1_000, 5_000, 10_000, 30_000]) {
    const inner = innerMilliseconds(asked);
    assert.ok(inner >= 0 && inner <= asked - Math.min(asked, 100), `${asked} ${inner}`);
  }
  assert.deepEqual([1_000, 10_000, 30_000].map(innerMilliseconds), [900, 9_000, 29_000]);
});

test("a deadline ends by its time, at once where that is over, and before it where nobody waits", async () => {
  const timed = createDeadline(5);
  await once(timed.signal, "abort");
  assert.equal((timed.signal.reason as Error).name, "TimeoutError");
  assert.equal(createDeadline(0).signal.aborted, true);
  assert.equal(createDeadline(-1).signal.aborted, true);
  const early = createDeadline(100_000);
  early.abort();
  early.clear();
  assert.equal(early.signal.aborted, true);
});
