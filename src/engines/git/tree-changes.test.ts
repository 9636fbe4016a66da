import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { treeOf } from "./pack.fixture.ts";
import { eachTreeEntry } from "./tree.ts";
import { treeChanges } from "./tree-changes.ts";

/** Few names and ids, so that trees are alike; ids that hold what looks like entries. */
const entry = fc.tuple(
  fc.constantFrom("100644", "40000", "120000"),
  fc.constantFrom(...Array.from({ length: 40 }, (_, n) => `name-${n}`)),
  fc.constantFrom("31".repeat(20), "3100".repeat(10), "00".repeat(20), "2031003120".repeat(4), "ab".repeat(20)),
);

/** A tree, and trees made of it by replacing, adding or removing a few entries. */
const versions = fc.tuple(
  fc.array(entry, { minLength: 30, maxLength: 60 }),
  fc.array(fc.array(fc.tuple(fc.nat(59), fc.nat(2), fc.array(entry, { maxLength: 2 })), { maxLength: 3 }), {
    minLength: 1,
    maxLength: 5,
  }),
);

test("every entry that the last tree did not have is told", () => {
  fc.assert(
    fc.property(versions, ([first, changes]) => {
      const differing = treeChanges(20);
      let entries = first;
      let known = new Set<string>();
      for (const change of [[], ...changes]) {
        for (const [at, removed, added] of change) entries = entries.toSpliced(at, removed, ...added);
        const bytes = treeOf(...entries);
        const now = new Set<string>();
        eachTreeEntry(bytes, 20, (kind, within, nameAt, nameEnd, idAt) => {
          now.add(`${kind} ${within.toString("latin1", nameAt, nameEnd)} ${within.toString("hex", idAt, idAt + 20)}`);
        });
        const told = new Set<string>();
        const whole = differing.each("", bytes, (kind, within, nameAt, nameEnd, idAt) => {
          told.add(`${kind} ${within.toString("latin1", nameAt, nameEnd)} ${within.toString("hex", idAt, idAt + 20)}`);
        });
        assert.ok(whole);
        assert.deepEqual(told.difference(now).size, 0, "what it does not hold is not told");
        assert.deepEqual(now.difference(known).difference(told).size, 0, "what is new is told");
        known = now;
      }
    }),
    runs(300),
  );
});

test("of a tree with one new entry few are told", () => {
  const differing = treeChanges(20);
  const entries = Array.from({ length: 500 }, (_, n) => ["100644", `file${n}`, "ab".repeat(20)] as const);
  let told = 0;
  const each = (): boolean => differing.each("folder/", treeOf(...entries), () => void told++);
  each();
  assert.equal(told, 500);
  told = 0;
  entries[250] = ["100644", "file250", "cd".repeat(20)];
  each();
  assert.ok(told >= 1 && told <= 2, String(told));
});

test("a tree that breaks the format is said to, and the next one is read against the last whole one", () => {
  const differing = treeChanges(20);
  const entries = Array.from({ length: 50 }, (_, n) => ["100644", `file${n}`, "ab".repeat(20)] as const);
  const whole = treeOf(...entries);
  assert.equal(
    differing.each("", whole, () => {}),
    true,
  );
  assert.equal(
    differing.each("", whole.subarray(0, -1), () => {}),
    false,
  );
  const added: string[] = [];
  const more = treeOf(...entries, ["100644", "new", "ab".repeat(20)]);
  differing.each("", more, (_, within, nameAt, nameEnd) => void added.push(within.toString("latin1", nameAt, nameEnd)));
  assert.ok(added.includes("new"));
});
