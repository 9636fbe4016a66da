import assert from "node:assert/strict";
import { test } from "node:test";
import { bounds } from "../bounds.ts";
import { SyscallEvent } from "../event.ts";
import { codes } from "../types/codes.ts";
import { StartedCalls } from "./started.ts";

function start(tid: number, size: number): SyscallEvent {
  const event = new SyscallEvent();
  event.code = codes.open - 1;
  event.tid = tid;
  event.bytes = Buffer.alloc(size, 0x61);
  event.parameters = 1;
  event.starts[0] = 0;
  event.lengths[0] = size;
  return event;
}

test("starts are kept up to a number and a size of all; the oldest goes, and is counted", () => {
  const calls = new StartedCalls();
  for (let tid = 0; tid < bounds.startedCalls + 3; tid++) calls.keep(start(tid, 10));
  assert.equal(calls.evicted, 3);
  assert.deepEqual([calls.take(2, codes.open), calls.take(3, codes.open)?.lengths[0]], [undefined, 10]);
  const large = new StartedCalls();
  const size = 1024 * 1024;
  const most = bounds.startedBytes / size;
  for (let tid = 0; tid < most + 2; tid++) large.keep(start(tid, size));
  assert.equal(large.evicted, 2);
  // One that alone is over the bound stays: its thread is in that call.
  large.keep(start(1_000_000, bounds.startedBytes + 1));
  assert.equal(large.take(1_000_000, codes.open)?.lengths[0], bounds.startedBytes + 1);
  assert.equal(large.take(5, codes.open), undefined);
});

test("a thread that ended is forgotten without a loss, and a start is its own call's", () => {
  const calls = new StartedCalls();
  calls.keep(start(7, 10));
  assert.equal(calls.take(7, codes.close), undefined);
  calls.forget(7);
  assert.deepEqual([calls.take(7, codes.open), calls.evicted], [undefined, 0]);
});
