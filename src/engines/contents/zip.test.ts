import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isEvidenceProblem } from "../../core/problem.ts";
import { type ZipEntry as Entry, zipOf } from "../vulnerability/database/zip.fixture.ts";
import { mutatedBytes } from "./mutated-bytes.fixture.ts";
import { readZipEntry, zipEntries } from "./zip.ts";

const ENTRIES: readonly Entry[] = [
  { name: "a.txt", content: "a".repeat(1000) },
  { name: "folder/", content: "", stored: true },
  { name: "folder/b.txt", content: "stored", stored: true },
];
const BROKEN = { code: "contents.zip-broken", kind: "input" };

/** Name → content. */
function read(bytes: Buffer): Record<string, string> {
  return Object.fromEntries([...zipEntries(bytes)].map((entry) => [entry.name, readZipEntry(bytes, entry).toString()]));
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
      const [entry] = zipEntries(bytes);
      assert.ok(entry !== undefined);
      assert.throws(() => readZipEntry(bytes, entry), { ...BROKEN, place: "a.txt" });
    });
  }

  test("refuses what is none, or was cut off", () => {
    const whole = zipOf(ENTRIES);
    for (const end of [0, 10, whole.length - 1]) assert.throws(() => [...zipEntries(whole.subarray(0, end))], BROKEN);
    assert.throws(() => [...zipEntries(Buffer.alloc(100_000))], BROKEN);
    assert.throws(() => [...zipEntries(Buffer.from("PK\x05\x06".repeat(20_000)))], BROKEN);
  });

  test("refuses a directory of more entries than it has room for, or than anyone needs", () => {
    const bytes = zipOf(ENTRIES);
    bytes.writeUInt16LE(4, bytes.length - 12);
    assert.throws(() => [...zipEntries(bytes)], BROKEN);
    const wide = zipOf([], { zip64: true });
    const record = wide.length - 22 - 20 - 56;
    wide.writeBigUInt64LE(0xffffffffffffffffn, record + 32);
    assert.throws(() => [...zipEntries(wide)], BROKEN);
  });

  for (const zip64 of [false, true]) {
    test(`whatever the bytes${zip64 ? " of Zip64" : ""}, entries or a problem`, () => {
      fc.assert(
        fc.property(mutatedBytes(zipOf(ENTRIES, { zip64 })), (bytes) => {
          try {
            for (const entry of zipEntries(bytes)) readZipEntry(bytes, entry);
          } catch (error) {
            assert.ok(isEvidenceProblem(error), String(error));
          }
        }),
        { numRuns: 500 },
      );
    });
  }
});
