import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRecent } from "./recent.ts";
import { runs } from "./runs.fixture.ts";

test("what was asked for least lately goes first", () => {
  const recent = createRecent<string, number>(3);
  for (const [key, value] of [
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ] as const)
    recent.set(key, value, 1);
  assert.equal(recent.get("a"), 1);
  recent.set("d", 4, 1);
  assert.deepEqual(
    ["a", "b", "c", "d"].map((key) => recent.get(key)),
    [1, undefined, 3, 4],
  );
});

test("what is heavier than the limit is kept until the next comes", () => {
  const recent = createRecent<string, string>(10);
  recent.set("small", "s", 1);
  recent.set("large", "l", 100);
  assert.deepEqual([recent.get("small"), recent.get("large")], [undefined, "l"]);
  recent.set("next", "n", 1);
  assert.deepEqual([recent.get("large"), recent.get("next")], [undefined, "n"]);
});

test("an answer is what was put in last, and all together never weigh more than the limit", () => {
  const step = fc.record({
    key: fc.integer({ min: 0, max: 5 }),
    value: fc.nat(),
    weight: fc.integer({ min: 0, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const recent = createRecent<number, number>(8);
      const last = new Map<number, { value: number; weight: number }>();
      for (const { key, value, weight } of steps) {
        recent.set(key, value, weight);
        last.set(key, { value, weight });
        assert.equal(recent.get(key), value);
        let total = 0;
        for (const [other, put] of last) {
          const found = recent.get(other);
          if (found === undefined) continue;
          assert.equal(found, put.value);
          total += put.weight;
        }
        assert.ok(total <= 8);
      }
    }),
  );
});

test("what goes and what stays is what a list that is kept in order says, whatever is asked for", () => {
  const step = fc.record({ key: fc.nat(9), weight: fc.option(fc.nat(4), { nil: undefined }) });
  let gone = 0;
  fc.assert(
    fc.property(fc.array(step, { size: "medium" }), (steps) => {
      const recent = createRecent<number, number>(12);
      let list: { readonly key: number; readonly value: number; readonly weight: number }[] = [];
      for (const [value, { key, weight }] of steps.entries()) {
        const at = list.find((each) => each.key === key);
        const others = list.filter((each) => each !== at);
        if (weight === undefined) {
          assert.equal(recent.get(key), at?.value);
          list = at === undefined ? list : [...others, at];
          continue;
        }
        recent.set(key, value, weight);
        list = [...others, { key, value, weight }];
        while (list.length > 1 && list.reduce((sum, each) => sum + each.weight, 0) > 12) {
          list.shift();
          gone++;
        }
      }
      for (const { key, value } of list) assert.equal(recent.get(key), value);
      for (let key = 0; key < 10; key++) {
        if (!list.some((each) => each.key === key)) assert.equal(recent.get(key), undefined);
      }
    }),
    runs(100),
  );
  assert.ok(gone > 0);
});
