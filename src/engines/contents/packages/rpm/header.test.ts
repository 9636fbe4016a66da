import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isEvidenceProblem } from "../../../../core/problem.ts";
import { runs } from "../../../../core/runs.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { headerBlob, int32Tag, rpmHeader, stringTag } from "./header.fixture.ts";
import { readRpmHeader } from "./header.ts";

const BROKEN = { code: "contents.rpm-header-broken", kind: "input" };

describe("rpm header", () => {
  test("gives the tags that identify a package", () => {
    assert.deepEqual(readRpmHeader(rpmHeader({ name: "a", epoch: 2, module: "a:1:2:3:x86_64", ballast: 5000 })), {
      name: "a",
      version: "1.0",
      release: "1.el9",
      epoch: 2,
      vendor: "Example Vendor",
      license: "MIT",
      architecture: "x86_64",
      sourceRpm: "a-1.0-1.el9.src.rpm",
      modularityLabel: "a:1:2:3:x86_64",
    });
  });

  test("takes the first string of an array and of translated texts", () => {
    const blob = headerBlob([stringTag(1000, "a\0b", 8), stringTag(1014, "MIT\0x", 9)]);
    assert.deepEqual(readRpmHeader(blob), { name: "a", license: "MIT" });
  });

  test("the later of two counts", () => {
    assert.equal(readRpmHeader(headerBlob([stringTag(1000, "a"), stringTag(1000, "b")])).name, "b");
  });

  const broken: readonly [title: string, blob: Buffer][] = [
    ["shorter than its counts", Buffer.alloc(7)],
    ["no entries", Buffer.alloc(8)],
    ["more entries than bytes", withCounts(headerBlob([stringTag(1000, "a")]), 1000, 2)],
    ["more entries than rpm allows", withCounts(Buffer.alloc(2_000_000), 0x10000, 2)],
    ["a store beyond the end", withCounts(headerBlob([stringTag(1000, "a")]), 1, 1000)],
    ["the largest counts there are", withCounts(headerBlob([stringTag(1000, "a")]), 0xffffffff, 0xffffffff)],
    ["a string that is not terminated", headerBlob([{ tag: 1000, type: 6, count: 1, value: Buffer.from("a") }])],
    ["an offset beyond the store", withOffset(headerBlob([stringTag(1000, "a")]), 100)],
    ["an epoch that runs over the store", withOffset(headerBlob([int32Tag(1003, 1)]), 2)],
    ["a name that is a number", headerBlob([int32Tag(1000, 1)])],
    ["an epoch that is a string", headerBlob([stringTag(1003, "1")])],
    ["a tag without a value", headerBlob([{ ...stringTag(1000, "a"), count: 0 }])],
  ];
  for (const [title, blob] of broken) {
    test(`refuses ${title}`, () => assert.throws(() => readRpmHeader(blob), BROKEN));
  }

  test("a tag that is repeated to the limit costs one look", () => {
    const long = stringTag(1014, "x".repeat(100_000));
    const blob = headerBlob([long, ...Array.from({ length: 60_000 }, () => stringTag(1000, ""))]);
    // All the entries point to the long text.
    for (let entry = 1; entry <= 60_000; entry++) blob.writeUInt32BE(0, 8 + 16 * entry + 8);
    assert.ok((readRpmHeader(blob).name ?? "").length < 100_000);
  });

  test("whatever the bytes, a header or a problem", () => {
    fc.assert(
      fc.property(mutatedBytes(rpmHeader({ name: "a", epoch: 1, ballast: 20 })), (bytes) => {
        try {
          readRpmHeader(bytes);
        } catch (error) {
          assert.ok(isEvidenceProblem(error), String(error));
        }
      }),
      runs(500),
    );
  });
});

function withCounts(blob: Buffer, entries: number, storeBytes: number): Buffer {
  blob.writeUInt32BE(entries, 0);
  blob.writeUInt32BE(storeBytes, 4);
  return blob;
}

function withOffset(blob: Buffer, offset: number): Buffer {
  blob.writeUInt32BE(offset, 16);
  return blob;
}
