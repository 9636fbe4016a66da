import assert from "node:assert/strict";
import { test } from "node:test";
import { POOLED, release, releaseBehind } from "./release.ts";

test("a chunk with memory of its own loses it", () => {
  const chunk = Buffer.alloc(100_000, 1);
  release(chunk);
  assert.equal(chunk.length, 0);
});

test("a part of a chunk, and what is small, stay as they are", () => {
  const chunk = Buffer.alloc(200_000, 1);
  for (const part of [chunk.subarray(0, 100_000), chunk.subarray(100_000), Buffer.from("in the pool")]) {
    const before = Buffer.from(part);
    release(part);
    assert.deepEqual(part, before);
  }
});

test("what bytes are cut from is given back where it is larger than the pool", () => {
  const cut = Buffer.allocUnsafeSlow(POOLED + 1).subarray(0, 10);
  releaseBehind(cut);
  assert.equal(cut.length, 0);
  const pooled = Buffer.from("in the pool");
  releaseBehind(pooled);
  assert.equal(pooled.toString(), "in the pool");
});
