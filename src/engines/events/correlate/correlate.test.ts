import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bounds } from "./bounds.ts";
import { createSequence } from "./sequence.ts";
import { createThreshold } from "./threshold.ts";

const seen = (seconds: number, text = "curl") => ({ time: seconds * 1000, text });

test("a sequence fires where its steps come in order, for one key, within the time", () => {
  const fires = (first: number, last: number, key = "a") => {
    const sequence = createSequence(1, 30);
    sequence.step(0, "a", seen(first));
    return sequence.last(key, last * 1000)?.map(({ text }) => text);
  };
  assert.deepEqual(fires(0, 30), ["curl"]);
  assert.equal(fires(0, 30.001), undefined);
  assert.equal(fires(0, 10, "b"), undefined);
  assert.equal(createSequence(1, 30).last("a", 0), undefined);
});

test("of three steps the second counts only after the first, and the time runs from the first", () => {
  const sequence = createSequence(2, 30);
  sequence.step(1, "a", seen(0, "chmod"));
  sequence.step(0, "a", seen(5, "curl"));
  assert.equal(sequence.last("a", 6_000), undefined, "chmod came before curl");
  sequence.step(1, "a", seen(7, "chmod"));
  assert.equal(sequence.last("a", 36_000), undefined, "31 s after curl");
  sequence.step(0, "a", seen(40, "curl"));
  sequence.step(1, "a", seen(41, "chmod"));
  assert.deepEqual(
    sequence.last("a", 42_000)?.map(({ text }) => text),
    ["curl", "chmod"],
  );
  assert.equal(sequence.last("a", 42_001), undefined, "it is told once");
});

test("of chains that overlap the one that began last counts", () => {
  const sequence = createSequence(1, 10);
  sequence.step(0, "a", seen(0));
  sequence.step(0, "a", seen(8));
  assert.deepEqual(sequence.last("a", 15_000), [seen(8)]);
});

test("a threshold fires at its count within the time, and then is silent for as long", () => {
  const threshold = createThreshold(3, 10);
  const hits = [0, 6, 11, 15, 20, 26, 27, 28].map((seconds) => threshold.hit("a", seconds * 1000));
  //             1  2   2   3    -   1   2   3
  assert.deepEqual(hits, [false, false, false, true, false, false, false, true]);
  assert.equal(threshold.hit("b", 16_000), false);
});

test("with `distinct` only different values count", () => {
  const threshold = createThreshold(3, 10);
  assert.equal(threshold.hit("a", 0, "22"), false);
  assert.equal(threshold.hit("a", 1, "22"), false);
  assert.equal(threshold.hit("a", 2, "80"), false);
  assert.equal(threshold.hit("a", 3, "22"), false);
  assert.equal(threshold.hit("a", 4, "443"), true);
});

test("a threshold says what counting all hits says", () => {
  const hit = fc.record({ wait: fc.nat(4), key: fc.constantFrom("a", "b"), value: fc.constantFrom("1", "2", "3") });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      fc.array(hit, { maxLength: 60 }),
      (count, isDistinct, hits) => {
        const threshold = createThreshold(count, 5);
        const past: { time: number; key: string; value: string }[] = [];
        const silent = new Map<string, number>();
        let time = 0;
        for (const { wait, key, value } of hits) {
          time += wait * 1000;
          let expected = false;
          if (time >= (silent.get(key) ?? 0)) {
            past.push({ time, key, value });
            const recent = past.filter((one) => one.key === key && time - one.time <= 5000);
            const number = isDistinct ? new Set(recent.map((one) => one.value)).size : recent.length;
            expected = number >= count;
            if (expected) {
              silent.set(key, time + 5000);
              for (const one of past) if (one.key === key) one.key = "";
            }
          }
          assert.equal(threshold.hit(key, time, isDistinct ? value : undefined), expected);
        }
      },
    ),
  );
});

test("endlessly many keys and values stay within the bounds, and what is forgotten is counted", () => {
  const sequence = createSequence(2, 60);
  const threshold = createThreshold(bounds.count, 3600);
  for (let one = 0; one < 3 * bounds.keys; one++) {
    sequence.step(0, `key ${one}`, seen(0));
    // A later step of a key that has no first one takes no room.
    sequence.step(1, `other ${one}`, seen(0));
    threshold.hit(`key ${one}`, 0);
  }
  assert.equal(sequence.keys, bounds.keys);
  assert.equal(sequence.evicted, 2 * bounds.keys);
  assert.equal(threshold.keys, bounds.keys);
  assert.equal(threshold.evicted, 2 * bounds.keys);
  const wide = createThreshold(bounds.count, 3600);
  for (let key = 0; key < 50; key++) {
    for (let one = 0; one < bounds.count - 1; one++) wide.hit(`key ${key}`, one, `value ${one}`);
  }
  assert.ok(wide.keys <= Math.ceil(bounds.bytes / ((bounds.count - 1) * 64)) + 1, String(wide.keys));
  assert.ok(wide.evicted > 0);
  const long = createSequence(2, 60);
  for (let key = 0; key < bounds.keys; key++) {
    const text = `${key}`.padEnd(10_000, "x");
    for (const step of [0, 1]) long.step(step, `key ${key}`, { time: key, text });
  }
  assert.ok(long.keys < bounds.bytes / (3 * bounds.stepLength), String(long.keys));
  assert.equal(long.keys + long.evicted, bounds.keys);
});
