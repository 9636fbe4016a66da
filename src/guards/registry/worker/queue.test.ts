import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { memoryStore } from "../../../store/memory.fixture.ts";
import type { Job } from "../../../store/model.ts";
import { bounds } from "./bounds.ts";
import { type EndedJob, startQueue, type Work } from "./queue.ts";

/** Resolves when its work is begun, and lets the test end it. */
function held() {
  const begun = Promise.withResolvers<AbortSignal>();
  const end = Promise.withResolvers<string>();
  const work: Work = (_job, signal) => {
    begun.resolve(signal);
    signal.addEventListener("abort", () => end.reject(signal.reason));
    return end.promise;
  };
  return { work, begun: begun.promise, end: (outcome: string) => end.resolve(outcome) };
}

function begin(t: TestContext, store: ReturnType<typeof memoryStore>, worker: string, work: Work, parallel = 1) {
  const ended: EndedJob[] = [];
  const { promise, resolve } = Promise.withResolvers<EndedJob>();
  const queue = startQueue({
    store,
    worker,
    work: { mirror: work },
    parallel,
    pollMilliseconds: 5,
    onEnded(each) {
      ended.push(each);
      resolve(each);
    },
    onEvent: (text) => assert.fail(text),
  });
  t.after(() => queue.stop(0));
  return { queue, ended, first: promise };
}

const job = (key: string) => ({ kind: "mirror", about: { key }, key }) as const;

test("a job whose lease ran out is another's: what the first then finds changes nothing", async (t) => {
  let time = Date.parse("2026-01-10T00:00:00Z");
  const store = memoryStore(() => new Date(time));
  const one = held();
  const first = begin(t, store, "one", one.work);
  await store.jobs.add([job("slow")]);
  await one.begun;
  time += bounds.leaseMilliseconds + 1;
  const two = held();
  const second = begin(t, store, "two", two.work);
  await two.begun;
  one.end("done");
  assert.equal((await first.first).outcome, "lost");
  assert.equal((await store.jobs.counts()).leased, 1);
  two.end("done");
  assert.equal((await second.first).outcome, "done");
  assert.deepEqual(await store.jobs.counts(), { waiting: 0, leased: 0, failed: 0 });
});

test("no more are under way than may be, and each is done once by whichever worker", async (t) => {
  const store = memoryStore();
  const done: string[] = [];
  let [under, most] = [0, 0];
  const all = Promise.withResolvers<void>();
  const work: Work = async ({ about }: Job) => {
    under += 1;
    most = Math.max(most, under);
    await new Promise((resolve) => setImmediate(resolve));
    under -= 1;
    done.push(String(about.key));
    if (done.length === 60) all.resolve();
    return "done";
  };
  await store.jobs.add(Array.from({ length: 60 }, (_, nth) => job(`job ${nth}`)));
  begin(t, store, "one", work, 2);
  begin(t, store, "two", work, 2);
  await all.promise;
  assert.equal(new Set(done).size, 60);
  assert.ok(most <= 4, String(most));
});

test("a job that nobody here does is given back", async (t) => {
  const store = memoryStore();
  const { first } = begin(t, store, "one", async () => "done");
  await store.jobs.add([{ kind: "scan", about: {}, key: "scan" }]);
  assert.deepEqual([(await first).kind, (await first).outcome], ["scan", "failed"]);
  assert.equal((await store.jobs.counts()).waiting, 1);
});
