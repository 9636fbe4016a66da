import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Ahead, beginShare, handedTo, type Share, startAhead, type Threads, takeShare } from "./threads.ts";

const square = (at: number) => at * at;
const squares = (count: number) => Array.from({ length: count }, (_, at) => square(at));

/** A thread that does so many pieces before it breaks off, and takes one more that it does not finish. */
function breakingAfter(finished: number): Threads {
  return {
    async run(_, input, onMessage) {
      let sent = 0;
      takeShare(input as Share, square, (message) => {
        if (sent++ === finished) throw new Error("out of memory");
        onMessage(message);
      });
    },
  };
}

test("whatever the other thread does and leaves, each piece is in the results once, in its place", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.nat(45), async (count, finished) => {
      const own: number[] = [];
      const results = await beginShare<number>(breakingAfter(finished), "squares", {}, count).finish((at) => {
        own.push(at);
        return square(at);
      });
      assert.deepEqual(results, squares(count));
      assert.equal(own.length, count - Math.min(count, finished));
    }),
  );
});

test("a thread that cannot start is no failure", async () => {
  const none: Threads = { run: () => Promise.reject(new Error("no more threads")) };
  assert.deepEqual(await beginShare<number>(none, "squares", {}, 5).finish(square), squares(5));
});

test("what this thread's work throws is thrown, and the other thread finds nothing left to take", async () => {
  let share: Share | undefined;
  const late: Threads = {
    async run(_, input) {
      share = input as Share;
    },
  };
  const work = beginShare<number>(late, "squares", {}, 9);
  await assert.rejects(
    work.finish((at) => {
      if (at === 2) throw new Error("a bug at the third");
      return square(at);
    }),
    /a bug at the third/,
  );
  const sent: unknown[] = [];
  takeShare(share as Share, square, (message) => sent.push(message));
  assert.deepEqual(sent, []);
});

test("one begins with the first piece and the other with the last, and each piece is done once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.nat(45), async (count, finished) => {
      const own: number[] = [];
      const work = beginShare<number>(breakingAfter(finished), "squares", {}, count, { fromEnd: true });
      const results = await work.finish((at) => {
        own.push(at);
        return square(at);
      });
      assert.deepEqual(results, squares(count));
      const others = Math.min(count, finished);
      assert.deepEqual(
        own,
        Array.from({ length: count - others }, (_, at) => at),
      );
    }),
  );
});

test("of work that is abandoned nothing is left to take, and a piece may be left to the first thread", async () => {
  const seen: number[] = [];
  let share: Share | undefined;
  const late: Threads = {
    async run(_, input, onMessage) {
      share = input as Share;
      takeShare(share, (at) => (at % 2 === 0 ? undefined : square(at)), onMessage);
    },
  };
  assert.deepEqual(
    await beginShare<number>(late, "squares", {}, 5).finish((at) => {
      seen.push(at);
      return square(at);
    }),
    squares(5),
  );
  assert.deepEqual(seen, [0, 2, 4]);
  const idle: Threads = {
    async run(_, input) {
      share = input as Share;
    },
  };
  await beginShare<number>(idle, "squares", {}, 9).abandon();
  takeShare(share as Share, square, () => assert.fail("nothing is left"));
});

test("a thread that is started ahead is handed its work, or ends without any", async () => {
  let worked = 0;
  const other: Threads = {
    async run(_, input, onMessage) {
      const work = await handedTo<Share>(input as Ahead);
      if (work === undefined) return;
      takeShare(work, square, (message) => {
        worked += 1;
        onMessage(message);
      });
    },
  };
  const ahead = startAhead(other, "squares", {});
  // All of it is the other's.
  const work = beginShare<number>(ahead.threads, "squares", {}, 7, { turns: ahead.turns });
  while (worked < 7) await new Promise(setImmediate);
  assert.deepEqual(await work.finish(square), squares(7));
  await ahead.end();
  assert.equal(worked, 7);

  await startAhead(other, "squares", {}).end();
  assert.equal(worked, 7);
  const none: Threads = { run: () => Promise.reject(new Error("no more threads")) };
  const missing = startAhead(none, "squares", {});
  assert.deepEqual(await beginShare<number>(missing.threads, "squares", {}, 5).finish(square), squares(5));
  await missing.end();
});
