import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { fileAsset } from "../../core/asset.ts";
import type { SubjectCheck } from "../../core/check.ts";
import { absent, type Evidence, type Gap, present } from "../../core/evidence.ts";
import { runOverEach } from "./over-each.ts";

interface Facts {
  readonly number: number;
  readonly word: string;
}

const at = "2026-11-01T00:00:00.000Z";
const now = new Date("2026-11-25T00:00:00Z");
const context = { asset: fileAsset("package-lock.json"), policy: defaultPolicy, now, noun: "package" };
const documentation = { what: "", why: "", fix: "", references: [] };

const odd: SubjectCheck<Facts> = {
  ...{ id: "build/odd", title: "Odd", layer: "build", category: "configuration", controls: [], severity: "high" },
  ...{ documentation, subject: "number", needs: { number: "partial" } },
  *evaluate({ number }: Pick<Facts, "number">) {
    if (number % 2 === 0) return;
    yield {
      ...{ subject: String(number), severity: "high", title: `${number} is odd`, evidence: {} },
      ...{ locations: [{ kind: "file", path: "a" }], matches: { ids: ["build/odd"] } },
    };
  },
};
const worded: SubjectCheck<Facts> = { ...odd, id: "build/worded", needs: { number: "partial", word: "complete" } };

function item(number: number, more: Partial<Record<keyof Facts, Evidence<never>>> = {}) {
  return { name: `p${number} 1.0.0`, evidence: { number: present(number, at), ...more } };
}

test("one evaluation holds the findings of all items, and what was looked at", () => {
  const [one, ...others] = runOverEach([odd], [item(1), item(2), item(3)], context);
  assert.equal(others.length, 0);
  assert.deepEqual([one?.verdict, one?.findings.map(({ subject }) => subject)], ["fail", ["1", "3"]]);
  assert.deepEqual(one?.evidence, { packages: "3 of 3" });
  assert.equal(one?.observedAt, at);
});

test("a check that needs what nobody looked for is left out, item by item", () => {
  assert.deepEqual(runOverEach([worded], [item(1)], context), []);
  const some = runOverEach([worded], [item(1), item(3, { word: present("x" as never, at) })], context);
  assert.deepEqual(
    some.map(({ findings, evidence }) => [findings.length, evidence.packages]),
    [[1, "1 of 1"]],
  );
  assert.deepEqual(runOverEach([odd], [], context), []);
  const picky = { ...odd, applies: ({ number }: Pick<Facts, "number">) => number > 5 };
  assert.deepEqual(runOverEach([picky], [item(1)], context), []);
});

test("what is missing of hundreds is one gap, with their count and some names", () => {
  const missing = absent<never>({ code: "packages.offline", reason: "not asked", remedy: "ask" });
  const items = Array.from({ length: 400 }, (_, index) => item(2 * index, { number: missing }));
  const [one] = runOverEach([odd], [...items, item(2)], context);
  assert.equal(one?.verdict, "unknown");
  assert.deepEqual(one?.gaps, [
    {
      code: "packages.offline",
      reason: "400 packages (p0 1.0.0, p2 1.0.0, p4 1.0.0, …): not asked",
      remedy: "ask",
    },
  ]);
  // A finding proves the fail all the same.
  assert.equal(runOverEach([odd], [...items, item(1)], context)[0]?.verdict, "fail");
});

test("reasons that are each item's own are one gap of their code, and a gap of all is told as it is", () => {
  const whole: Gap = { code: "advisories.no-coverage", reason: "no advisories for npm" };
  const items = Array.from({ length: 9 }, (_, index) =>
    item(2, { number: absent<never>({ code: "packages.answer", reason: `answer ${index}` }, whole) }),
  );
  const [one] = runOverEach([odd], items, { ...context, common: new Set([whole]) });
  assert.deepEqual(
    one?.gaps.map(({ reason }) => reason),
    ["no advisories for npm", "9 packages (p2 1.0.0, …): answer 0, and 8 like it"],
  );
});

test("a gap of two needs of one item counts once, and partial evidence for a complete need is not evaluated", () => {
  const gap = { code: "packages.answer", reason: "cut off" };
  const partial = {
    number: present(1 as never, at, { gaps: [gap] }),
    word: present("x" as never, at, { gaps: [gap] }),
  };
  const [one] = runOverEach([worded], [item(1, partial)], context);
  assert.deepEqual([one?.verdict, one?.findings.length], ["unknown", 0]);
  assert.deepEqual(one?.gaps[0]?.reason, "1 package (p1 1.0.0): cut off");
  assert.deepEqual(runOverEach([odd], [item(1, partial)], context)[0]?.verdict, "fail");
});

test("the evidence is as old as its oldest, and stale with the first that is", () => {
  const old = present(2 as never, "2026-01-01T00:00:00.000Z", {
    validUntil: "2026-01-08T00:00:00.000Z",
    renewal: "run `bulkhead db update`",
  });
  const [one] = runOverEach([odd], [item(2), item(4, { number: old })], context);
  assert.equal(one?.verdict, "unknown");
  assert.deepEqual(
    one?.gaps.map(({ code, remedy }) => [code, remedy]),
    [["evidence.stale", "run `bulkhead db update`"]],
  );
  assert.match(one?.gaps[0]?.reason ?? "", /^number: data from 2026-01-01/);
  assert.equal(one?.observedAt, "2026-01-01T00:00:00.000Z");
  const [complete] = runOverEach([{ ...odd, needs: { number: "complete" } }], [item(1, { number: old })], context);
  assert.deepEqual([complete?.verdict, complete?.findings.length], ["unknown", 0]);
});

test("what a check is not about is no gap of it, as far as that can be told without what is missing", () => {
  const gone = { number: absent<never>({ code: "packages.offline", reason: "not asked" }) };
  const byWord = { ...worded, applies: ({ word }: Facts) => word === "wanted" };
  const named = (word: string) => item(1, { ...gone, word: present(word as never, at) });
  assert.deepEqual(runOverEach([byWord], [named("other")], context), []);
  assert.equal(runOverEach([byWord], [named("wanted")], context)[0]?.verdict, "unknown");
  const byNumber = { ...odd, applies: ({ number }: Facts) => number > 5 };
  assert.equal(runOverEach([byNumber], [item(1, gone)], context)[0]?.verdict, "unknown");
});

test("a date that cannot be read is over, whatever the dates of the others", () => {
  const until = (number: number, validUntil: string) =>
    item(number, { number: present(number as never, at, { validUntil }) });
  for (const items of [
    [until(2, "2099-01-01T00:00:00Z"), until(4, "soon")],
    [until(2, "soon"), until(4, "2099-01-01T00:00:00Z")],
    [until(2, "2099-01-01T00:00:00Z"), until(4, "2026-11-01T00:00:00+14:00")],
  ]) {
    const [one] = runOverEach([odd], items, context);
    assert.deepEqual([one?.verdict, one?.gaps[0]?.code], ["unknown", "evidence.stale"]);
  }
});
