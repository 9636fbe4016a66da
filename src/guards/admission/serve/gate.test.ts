import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { createGate } from "./gate.ts";

const limits = { running: 2, runningBytes: 100, waiting: 2, waitingBytes: 100 };
const never = new AbortController().signal;

/** What has been answered by now. */
async function settled<Value>(promise: Promise<Value>): Promise<Value | "waiting"> {
  return await Promise.race([promise, new Promise<"waiting">((resolve) => setImmediate(resolve, "waiting"))]);
}

test("so many are decided at once, so many wait in order, and one more is turned away", async () => {
  const gate = createGate(limits);
  assert.equal(await gate.enter(1, never), "entered");
  assert.equal(await gate.enter(1, never), "entered");
  const [third, fourth] = [gate.enter(1, never), gate.enter(1, never)];
  assert.equal(await gate.enter(1, never), "full");
  assert.deepEqual([gate.running(), gate.waiting(), await settled(third)], [2, 2, "waiting"]);
  gate.leave(1);
  assert.equal(await third, "entered");
  assert.equal(await settled(fourth), "waiting");
  gate.leave(1);
  assert.equal(await fourth, "entered");
});

test("large reviews take more room, and one alone has it whatever its size", async () => {
  const gate = createGate(limits);
  assert.equal(await gate.enter(1_000, never), "entered");
  const small = gate.enter(60, never);
  assert.equal(await gate.enter(60, never), "full");
  gate.leave(1_000);
  assert.equal(await small, "entered");
  const second = gate.enter(60, never);
  assert.equal(await settled(second), "waiting");
  gate.leave(60);
  assert.equal(await second, "entered");
});

test("what waited past its time is not begun, and gives its place to others", async () => {
  const gate = createGate({ ...limits, running: 1, waiting: 1 });
  assert.equal(await gate.enter(1, AbortSignal.abort()), "late");
  await gate.enter(1, never);
  const deadline = new AbortController();
  const waiting = gate.enter(1, deadline.signal);
  deadline.abort();
  assert.equal(await waiting, "late");
  const next = gate.enter(1, never);
  gate.leave(1);
  assert.equal(await next, "entered");
  deadline.abort();
  assert.deepEqual([gate.running(), gate.waiting()], [1, 0]);
});

test("whatever comes and goes, the limits hold and nothing is left over", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 120 }), late: fc.boolean(), leaves: fc.boolean() })),
      async (steps) => {
        const gate = createGate(limits);
        const entered: number[] = [];
        const all: Promise<unknown>[] = [];
        for (const { bytes, late, leaves } of steps) {
          const deadline = new AbortController();
          const entry = gate.enter(bytes, deadline.signal).then((outcome) => {
            if (outcome === "entered") entered.push(bytes);
          });
          all.push(entry);
          await settled(entry);
          if (late) deadline.abort();
          const [leaving] = leaves ? entered.splice(0, 1) : [];
          if (leaving !== undefined) gate.leave(leaving);
          await settled(Promise.resolve());
          const sum = entered.reduce((total, one) => total + one, 0);
          assert.ok(entered.length <= 2 && (entered.length <= 1 || sum <= 100), `${entered}`);
          assert.equal(gate.running(), entered.length);
          assert.ok(gate.waiting() <= 2);
        }
        while (entered.length > 0) {
          gate.leave(entered.shift() as number);
          await settled(Promise.resolve());
        }
        await Promise.all(all);
        assert.deepEqual([gate.running(), gate.waiting()], [0, 0]);
      },
    ),
    runs(100),
  );
});
