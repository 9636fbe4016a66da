import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { mutatedBytes } from "../../engines/contents/mutated-bytes.fixture.ts";
import { readZipEntry, zipEntries } from "./read.ts";
import { inMemory, type ZipRules } from "./source.ts";
import { type ZipEntry as Entry, zipOf } from "./zip.fixture.ts";

const RULES: ZipRules = {
  entries: 100,
  directoryBytes: 10_000,
  entryBytes: 1_000_000,
  refuse: ({ place, cause, over }) => new Problem({ kind: "input", code: over ? "over" : "broken", place, cause }),
};
const EXACT: ZipRules = { ...RULES, exact: true };

const ENTRIES: readonly Entry[] = [
  { name: "a.txt", content: "a".repeat(1000) },
  { name: "folder/", content: "", stored: true },
  { name: "folder/b.txt", content: "stored", stored: true },
];
const BROKEN = { kind: "input" };

/** Name → content. */
function read(bytes: Buffer, rules = RULES): Record<string, string> {
  const source = inMemory(bytes);
  const entries = [...zipEntries(source, rules)];
  return Object.fromEntries(entries.map((entry) => [entry.name, readZipEntry(source, entry, rules).toString()]));
}

const CONTENTS = Object.fromEntries(ENTRIES.map(({ name, content }) => [name, content]));

describe("a zip archive in memory", () => {
  test("gives its entries, stored and deflated", () => assert.deepEqual(read(zipOf(ENTRIES)), CONTENTS));
  test("with Zip64", () => assert.deepEqual(read(zipOf(ENTRIES, { zip64: true })), CONTENTS));
  test("with a comment, one that looks like an end record too", () => {
    assert.deepEqual(read(zipOf(ENTRIES, { comment: `PK\x05\x06${"x".repeat(30)}` })), CONTENTS);
  });
  test("without entries", () => assert.deepEqual(read(zipOf([])), {}));

  for (const zip64 of [false, true]) {
    test(`behind a script that starts it${zip64 ? ", with Zip64" : ""}`, () => {
      const script = Buffer.from("#!/bin/sh\nexec java -jar $0\n");
      assert.deepEqual(read(Buffer.concat([script, zipOf(ENTRIES, { zip64 })])), CONTENTS);
    });
  }

  const lies: readonly [title: string, entry: Partial<Entry>][] = [
    ["is longer than it states", { claimedSize: 999 }],
    ["is shorter than it states", { claimedSize: 1001 }],
    ["states 300 MiB", { claimedSize: 300 * 1024 * 1024 }],
    ["is stored in another size", { stored: true, claimedSize: 10 }],
    ["has another checksum", { checksum: 1 }],
    ["is encrypted", { encrypted: true }],
    ["is of another method", { method: 12 }],
    ["is not deflated", { stored: true, method: 8 }],
  ];
  for (const [title, lie] of lies) {
    test(`refuses an entry that ${title}`, () => {
      const bytes = zipOf([{ name: "a.txt", content: "a".repeat(1000), ...lie }]);
      const [entry] = zipEntries(inMemory(bytes), RULES);
      assert.ok(entry !== undefined);
      assert.throws(() => readZipEntry(inMemory(bytes), entry, RULES), { ...BROKEN, place: "a.txt" });
    });
  }

  test("refuses what is none, or was cut off", () => {
    const whole = zipOf(ENTRIES);
    for (const end of [0, 10, whole.length - 1])
      assert.throws(() => [...zipEntries(inMemory(whole.subarray(0, end)), RULES)], BROKEN);
    assert.throws(() => [...zipEntries(inMemory(Buffer.alloc(100_000)), RULES)], BROKEN);
    assert.throws(() => [...zipEntries(inMemory(Buffer.from("PK\x05\x06".repeat(20_000))), RULES)], BROKEN);
  });

  test("refuses a directory of more entries than it has room for, or than anyone needs", () => {
    const bytes = zipOf(ENTRIES);
    bytes.writeUInt16LE(4, bytes.length - 12);
    assert.throws(() => [...zipEntries(inMemory(bytes), RULES)], BROKEN);
    const wide = zipOf([], { zip64: true });
    const record = wide.length - 22 - 20 - 56;
    wide.writeBigUInt64LE(0xffffffffffffffffn, record + 32);
    assert.throws(() => [...zipEntries(inMemory(wide), RULES)], BROKEN);
  });

  const inexact: readonly [title: string, bytes: Buffer][] = [
    ["has more entries than it counts", withCount(ENTRIES.length - 1)],
    ["is followed by something", Buffer.concat([zipOf(ENTRIES), Buffer.from("x")])],
    ["follows something", Buffer.concat([Buffer.from("#!/bin/sh\n"), zipOf(ENTRIES)])],
  ];
  for (const [title, bytes] of inexact) {
    test(`that ${title} is refused by exact rules alone`, () => {
      assert.deepEqual(read(bytes), CONTENTS);
      assert.throws(() => read(bytes, EXACT), { code: "broken" });
      assert.deepEqual(read(zipOf(ENTRIES, { zip64: true }), EXACT), CONTENTS);
    });
  }

  test("over a bound is refused as that", () => {
    const bytes = zipOf(ENTRIES);
    for (const bound of [{ entries: 2 }, { directoryBytes: 10 }, { entryBytes: 5 }]) {
      assert.throws(() => read(bytes, { ...RULES, ...bound }), { code: "over" }, JSON.stringify(bound));
    }
  });

  test("with a directory that is longer than what is read of it at once", () => {
    const many = Array.from({ length: 12_000 }, (_, index) => ({ name: `${index}-${"n".repeat(100)}`, content: "" }));
    const rules = { ...EXACT, entries: many.length, directoryBytes: 1e8 };
    assert.equal(Object.keys(read(zipOf(many, { zip64: true }), rules)).length, many.length);
  });

  for (const zip64 of [false, true]) {
    test(`whatever the bytes${zip64 ? " of Zip64" : ""}, entries or a problem`, () => {
      fc.assert(
        fc.property(mutatedBytes(zipOf(ENTRIES, { zip64 })), (bytes) => {
          try {
            for (const entry of zipEntries(inMemory(bytes), RULES)) readZipEntry(inMemory(bytes), entry, RULES);
          } catch (error) {
            assert.ok(isEvidenceProblem(error), String(error));
          }
        }),
        runs(500),
      );
    });
  }
});

function withCount(count: number): Buffer {
  const bytes = zipOf(ENTRIES);
  bytes.writeUInt16LE(count, bytes.length - 12);
  return bytes;
}
