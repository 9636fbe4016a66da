import assert from "node:assert/strict";
import { test } from "node:test";
import { POOLED } from "../../core/release.ts";
import { copyPart, createContentMemory } from "./content-memory.ts";

test("what was given back serves the next, which is as long as it asks for", () => {
  const memory = createContentMemory();
  const first = memory.take(3 * POOLED);
  memory.giveBack(first);
  const second = memory.take(2 * POOLED);
  assert.equal(second.buffer, first.buffer);
  assert.deepEqual([first.length, second.length], [3 * POOLED, 2 * POOLED]);
  memory.giveBack(second);
  memory.end();
  assert.equal(second.length, 0);
});

test("what is small, and what is larger than any to be kept, has memory of its own", () => {
  const memory = createContentMemory();
  const usual = memory.take(POOLED + 1);
  memory.giveBack(usual);
  const small = memory.take(POOLED);
  assert.notEqual(small.buffer, usual.buffer);
  small.fill(1);
  memory.giveBack(small);
  assert.ok(small.every((byte) => byte === 1));
  const large = memory.take(64 * 1024 * 1024 + 1);
  // Both are not held at a time.
  assert.equal(usual.length, 0);
  memory.giveBack(large);
  assert.equal(large.length, 0);
  memory.end();
});

test("any part is copied, also out of memory that threads share", () => {
  const bytes = Buffer.from(Array.from({ length: 7 }, (_, at) => at + 1));
  const shared = Buffer.from(new SharedArrayBuffer(bytes.length));
  bytes.copy(shared);
  for (const from of [bytes, shared]) {
    for (let start = 0; start < bytes.length; start++) {
      for (let end = start + 1; end <= bytes.length; end++) {
        const to = Buffer.alloc(bytes.length + 2);
        copyPart(from, to, 1, start, end);
        const part = bytes.subarray(start, end);
        assert.deepEqual(to, Buffer.concat([Buffer.alloc(1), part, Buffer.alloc(bytes.length + 1 - part.length)]));
      }
    }
  }
});
