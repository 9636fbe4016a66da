import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { createFlights, LATE, within } from "./flights.ts";
import { createLanes } from "./lanes.ts";

const never = new AbortController().signal;
const codeOf = (work: Promise<unknown>) => work.then(String, (error: Problem) => error.code);

test("work of one key is done once while it is under way, and again after", async () => {
  const flights = createFlights(1_000, "admission.closed");
  let done = 0;
  const work = async () => {
    done += 1;
    return done;
  };
  assert.deepEqual(
    await Promise.all([flights.run("a", work), flights.run("a", work), flights.run("b", work)]),
    [1, 1, 2],
  );
  assert.equal(await flights.run("a", work), 3);
  assert.equal(flights.size, 0);
});

test("work that fails fails for all who wait, and is forgotten", async () => {
  const flights = createFlights(1_000, "admission.closed");
  const fail = async (): Promise<never> => {
    throw new Problem({ kind: "unavailable", code: "registry.broken", place: "a", cause: "no" });
  };
  const both = [flights.run("a", fail), flights.run("a", fail)];
  assert.deepEqual(await Promise.all(both.map(codeOf)), ["registry.broken", "registry.broken"]);
  assert.equal(await flights.run("a", async () => 1), 1);
});

test("work ends after its own time and when all is closed, and not with one who waits", async () => {
  const hang = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  assert.equal(await codeOf(createFlights(1, "admission.closed").run("a", hang)), "registry.timeout");
  const flights = createFlights(60_000, "admission.closed");
  const ends = new AbortController();
  const work = flights.run("a", hang);
  const waiting = within(work, ends.signal);
  ends.abort();
  assert.equal(await waiting, LATE);
  assert.equal(flights.size, 1);
  flights.close();
  assert.equal(await codeOf(work), "admission.closed");
  assert.equal(await codeOf(flights.run("b", async () => 1)), "admission.closed");
});

test("who waits gets what there is, or nothing where the time is over", async () => {
  const hang = new Promise<never>(() => undefined);
  assert.equal(await within(Promise.resolve(1), never), 1);
  assert.equal(await within(hang, never, 1), LATE);
  assert.equal(await within(Promise.resolve(1), AbortSignal.abort()), LATE);
  await assert.rejects(within(Promise.reject(new Error("no")), never), /no/);
});

test("so many of one host and of all hosts run at a time, each host in its order", async () => {
  const lanes = createLanes({ hostLanes: 2, lanes: 3, waiting: 10, code: "admission.overload" });
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (host: string, name: string) =>
    lanes.run(host, never, async () => {
      running.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
    });
  const all = [start("a", "a1"), start("a", "a2"), start("a", "a3"), start("b", "b1"), start("c", "c1")];
  await new Promise(setImmediate);
  assert.deepEqual(running, ["a1", "a2", "b1"]);
  ends.get("b1")?.();
  await new Promise(setImmediate);
  assert.deepEqual(running, ["a1", "a2", "b1", "c1"]);
  ends.get("a1")?.();
  await new Promise(setImmediate);
  assert.deepEqual(running, ["a1", "a2", "b1", "c1", "a3"]);
  for (const name of ["a2", "a3", "c1"]) ends.get(name)?.();
  await Promise.all(all);
});

test("who gives up leaves the line, and a line that is too long is not joined", async () => {
  const lanes = createLanes({ hostLanes: 1, lanes: 10, waiting: 1, code: "admission.overload" });
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = lanes.run("a", never, () => promise);
  const ends = new AbortController();
  const second = codeOf(lanes.run("a", ends.signal, async () => "ran"));
  assert.equal(await codeOf(lanes.run("a", never, async () => "ran")), "admission.overload");
  ends.abort(new Problem({ kind: "unavailable", code: "registry.timeout", place: "a", cause: "late" }));
  assert.equal(await second, "registry.timeout");
  const third = lanes.run("a", never, async () => "ran");
  resolve();
  await first;
  assert.equal(await third, "ran");
  await assert.rejects(
    lanes.run("a", never, async () => {
      throw new Error("broken");
    }),
    /broken/,
  );
  assert.equal(await lanes.run("a", never, async () => "ran"), "ran");
});
