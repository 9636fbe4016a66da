import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { isEvidenceProblem } from "../../../../core/problem.ts";
import { runs } from "../../../../core/runs.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { adler32 } from "./adler32.ts";
import { ndbFile } from "./ndb.fixture.ts";
import { type NdbEntry, readNdb } from "./ndb.ts";

const BLOBS = [Buffer.from("first"), Buffer.alloc(20, 1), Buffer.alloc(5000, 2)];
const SLOT_BYTES = 16;
const BROKEN = { code: "contents.ndb-broken", kind: "input" };

/** Entries up to a problem, and its text. */
function read(bytes: Buffer): { entries: NdbEntry[]; problem?: string } {
  const entries: NdbEntry[] = [];
  try {
    for (const entry of readNdb(bytes)) entries.push(entry);
    return { entries };
  } catch (error) {
    assert.ok(isEvidenceProblem(error), String(error));
    return { entries, problem: `${error.place}: ${error.message}` };
  }
}

function changed(at: number, value: number): Buffer {
  const bytes = ndbFile(BLOBS);
  bytes.writeUInt32LE(value, at);
  return bytes;
}

describe("NDB", () => {
  test("gives the blobs in the order of their slots", () => {
    assert.deepEqual(read(ndbFile(BLOBS)), { entries: BLOBS });
    assert.deepEqual(read(ndbFile([])), { entries: [] });
  });

  const headers: readonly [title: string, bytes: Buffer][] = [
    ["too short", Buffer.alloc(31)],
    ["another magic", changed(0, 0)],
    ["another version", changed(4, 1)],
    ["no slots", changed(12, 0)],
  ];
  for (const [title, bytes] of headers) {
    test(`refuses ${title}`, () => assert.throws(() => [...readNdb(bytes)], BROKEN));
  }

  const FIRST_SLOT = 32;
  const FIRST_BLOB = 4096;
  const blobs: readonly [title: string, bytes: Buffer, fault: RegExp][] = [
    ["beyond the end", changed(FIRST_SLOT + 8, 100_000), /^lies outside the file/],
    ["among the slots", changed(FIRST_SLOT + 8, 3), /^lies outside the file/],
    ["empty", changed(FIRST_SLOT + 12, 0), /^does not begin/],
    ["without its start", changed(FIRST_BLOB, 0), /^does not begin/],
    ["of another package", changed(FIRST_BLOB + 4, 9), /^is of another package/],
    ["of another length", changed(FIRST_BLOB + 12, 50), /^is not of the length/],
    ["with another byte", changed(FIRST_BLOB + 16, 50), /^has a wrong checksum/],
    ["without its end", changed(FIRST_BLOB + 48 - 4, 50), /^does not end/],
  ];
  for (const [title, bytes, fault] of blobs) {
    test(`a blob ${title} is said, and the others are there`, () => {
      const { entries, problem } = read(bytes);
      assert.equal(problem, undefined);
      const [first] = entries;
      assert.ok(first !== undefined && "fault" in first);
      assert.match(first.fault, fault);
      assert.deepEqual(entries.slice(1), BLOBS.slice(1));
    });
  }

  test("two slots of one package, and blobs larger than the file together", () => {
    assert.match(read(changed(FIRST_SLOT + 16 + 4, 1)).problem ?? "", /has a slot already/);
    const overlapping = ndbFile(Array.from({ length: 8 }, () => Buffer.alloc(4000)));
    for (let slot = 0; slot < 8; slot++) {
      overlapping.writeUInt32LE(256, 32 + 16 * slot + 8);
      overlapping.writeUInt32LE((overlapping.length - 4096) / 16, 32 + 16 * slot + 12);
    }
    assert.match(read(overlapping).problem ?? "", /more bytes than the file has/);
  });

  test("a file that ends among its slots was cut off", () => {
    assert.match(read(ndbFile(BLOBS).subarray(0, 2000)).problem ?? "", /cut off/);
    assert.match(read(changed(12, 5)).problem ?? "", /slot/);
  });

  test("whatever the bytes, blobs, faults or a problem", () => {
    fc.assert(
      fc.property(mutatedBytes(ndbFile(BLOBS)), (bytes) => {
        const { entries } = read(bytes);
        assert.ok(entries.length <= bytes.length / SLOT_BYTES);
        const blobs = entries.filter((entry) => entry instanceof Uint8Array);
        assert.ok(blobs.reduce((sum, blob) => sum + blob.length, 0) <= bytes.length);
      }),
      runs(500),
    );
  });

  test("free slots that claim a package are faults, one each", () => {
    const bytes = ndbFile(BLOBS);
    for (let slot = 5; slot < 13; slot++) bytes.writeUInt32LE(100 + slot, 32 + SLOT_BYTES * slot + 4);
    const { entries, problem } = read(bytes);
    assert.equal(problem, undefined);
    assert.equal(entries.length, BLOBS.length + 8);
    assert.ok(entries.slice(BLOBS.length).every((entry) => "fault" in entry));
  });
});

test("Adler-32 is the one that zlib writes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
      assert.equal(adler32(bytes), deflateSync(bytes).readUInt32BE(deflateSync(bytes).length - 4));
    }),
    runs(50),
  );
  assert.equal(
    adler32(Buffer.alloc(100_000, 0xff)),
    deflateSync(Buffer.alloc(100_000, 0xff)).readUInt32BE(deflateSync(Buffer.alloc(100_000, 0xff)).length - 4),
  );
});
