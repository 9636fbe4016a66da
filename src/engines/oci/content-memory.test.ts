import assert from "node:assert/strict";
import { test } from "node:test";
import { POOLED } from "../../core/release.ts";
import { type ContentMemory, copyPart, createContentMemory, createContentRoom } from "./content-memory.ts";

const MIB = 1024 * 1024;

/** It is there to be taken. */
function take(memory: ContentMemory, bytes: number): Buffer {
  const taken = memory.take(bytes);
  assert.ok(taken !== undefined);
  assert.equal(taken.length, bytes);
  return taken;
}

test("what was given back serves the next, which is as long as it asks for", () => {
  const memory = createContentMemory();
  for (const most of [POOLED, 8 * MIB]) {
    const first = take(memory, 3 * most);
    memory.giveBack(first);
    const second = take(memory, 2 * most);
    assert.equal(second.buffer, first.buffer);
    memory.giveBack(second);
  }
  const last = take(memory, 5 * MIB);
  memory.end();
  assert.equal(last.length, 0);
});

test("what is small, and what is larger than any to be kept, has memory of its own", () => {
  const memory = createContentMemory();
  const usual = take(memory, 5 * MIB);
  memory.giveBack(usual);
  const small = take(memory, POOLED);
  assert.notEqual(small.buffer, usual.buffer);
  small.fill(1);
  memory.giveBack(small);
  assert.ok(small.every((byte) => byte === 1));
  const large = take(memory, 72 * MIB + 1);
  // Both are not held at a time.
  assert.equal(usual.length, 0);
  memory.giveBack(large);
  assert.equal(large.length, 0);
  memory.end();
});

test("several have parts of one piece, as many as there is room for, and wait in the order in which they came", () => {
  const room = createContentRoom();
  const [one, two, three, four] = [room.open(), room.open(), room.open(), room.open()];
  const first = take(one, 40 * MIB);
  const second = take(two, 30 * MIB);
  assert.equal(first.buffer, second.buffer);
  first[first.length - 1] = 1;
  second.fill(2, 0, 1);
  assert.equal(first.at(-1), 1);
  assert.equal(three.take(40 * MIB), undefined);
  // It would fit in, but another was first.
  two.giveBack(second);
  assert.equal(four.take(5 * MIB), undefined);
  one.giveBack(first);
  assert.equal(four.take(5 * MIB), undefined);
  take(three, 40 * MIB);
  take(four, 5 * MIB);
  // What is small waits for nobody.
  take(one, 4 * MIB);
  take(two, 4 * MIB);
});

test("what is larger than the piece waits until nobody has a part of it, and others until it was given back", () => {
  const room = createContentRoom();
  const [one, two] = [room.open(), room.open()];
  const part = take(one, 5 * MIB);
  assert.equal(two.take(80 * MIB), undefined);
  one.giveBack(part);
  assert.equal(one.take(5 * MIB), undefined);
  const large = take(two, 80 * MIB);
  assert.equal(part.length, 0);
  assert.equal(one.take(5 * MIB), undefined);
  two.giveBack(large);
  take(one, 5 * MIB);
});

test("who ends gives back what it had, and waits no more", () => {
  const room = createContentRoom();
  const [one, two, three] = [room.open(), room.open(), room.open()];
  const part = take(one, 60 * MIB);
  assert.equal(two.take(50 * MIB), undefined);
  assert.equal(three.take(20 * MIB), undefined);
  two.end();
  assert.equal(three.take(20 * MIB), undefined);
  one.end();
  one.end();
  assert.equal(part.length, 60 * MIB);
  take(three, 20 * MIB);
  three.end();
  assert.equal(part.length, 0);
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
