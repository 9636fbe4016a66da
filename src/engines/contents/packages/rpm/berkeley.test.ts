import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isEvidenceProblem } from "../../../../core/problem.ts";
import { runs } from "../../../../core/runs.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { berkeleyFile } from "./berkeley.fixture.ts";
import { type BerkeleyRecord, readBerkeley } from "./berkeley.ts";

const VALUES = [Buffer.from("short"), Buffer.alloc(5000, 2), Buffer.alloc(486, 3)];
const BROKEN = { code: "contents.berkeley-broken", kind: "input" };

/** Records up to a problem, and its text. */
function read(bytes: Buffer): { records: BerkeleyRecord[]; problem?: string } {
  const records: BerkeleyRecord[] = [];
  try {
    for (const record of readBerkeley(bytes)) records.push(record);
    return { records };
  } catch (error) {
    assert.ok(isEvidenceProblem(error), String(error));
    return { records, problem: `${error.place}: ${error.message}` };
  }
}

function changed(change: (bytes: Buffer) => void): Buffer {
  const bytes = berkeleyFile(VALUES);
  change(bytes);
  return bytes;
}

/** Pages of the fixture: metadata, unused, the counter, VALUES[0], VALUES[1] and its overflow pages. */
const LONG = 4 * 512;
const OVERFLOW = 5 * 512;

describe("Berkeley DB hash", () => {
  for (const order of ["little", "big"] as const) {
    test(`gives all records of a ${order}-endian file`, () => {
      const { records, problem } = read(berkeleyFile(VALUES, order));
      assert.equal(problem, undefined);
      assert.deepEqual(
        records.slice(1).map(({ data }) => data),
        VALUES,
      );
      const keys = records.map(({ key }) => (order === "little" ? key.readUInt32LE() : key.readUInt32BE()));
      assert.deepEqual(keys, [0, 1, 2, 3]);
    });
  }

  const refused: readonly [title: string, bytes: Buffer][] = [
    ["too short", Buffer.alloc(71)],
    ["another magic", changed((bytes) => bytes.writeUInt32LE(0x053162, 12))],
    ["another version", changed((bytes) => bytes.writeUInt32LE(5, 16))],
    ["pages of no power of two", changed((bytes) => bytes.writeUInt32LE(513, 20))],
    ["pages of no bytes", changed((bytes) => bytes.writeUInt32LE(0, 20))],
    ["an encrypted file", changed((bytes) => bytes.writeUInt8(1, 24))],
    ["a first page of another type", changed((bytes) => bytes.writeUInt8(13, 25))],
    ["pages with checksums", changed((bytes) => bytes.writeUInt8(1, 26))],
  ];
  for (const [title, bytes] of refused) {
    test(`refuses ${title}`, () => assert.throws(() => [...readBerkeley(bytes)], BROKEN));
  }

  const broken: readonly [title: string, bytes: Buffer, problem: RegExp][] = [
    ["more items than fit", changed((bytes) => bytes.writeUInt16LE(400, LONG + 20)), /^page 4: 400 items/],
    ["a key without data", changed((bytes) => bytes.writeUInt16LE(1, LONG + 20)), /^page 4: .*without data/],
    ["an item beyond the page", changed((bytes) => bytes.writeUInt16LE(512, LONG + 26)), /^page 4: item 0/],
    ["an item among the offsets", changed((bytes) => bytes.writeUInt16LE(27, LONG + 28)), /^page 4: item 1/],
    ["items that overlap", changed((bytes) => bytes.writeUInt16LE(511, LONG + 28)), /^page 4: item 1/],
    ["a duplicate item", changed((bytes) => bytes.writeUInt8(2, LONG + 512 - 5 - 12)), /^page 4: .* type 2/],
    ["a chain that ends early", changed((bytes) => bytes.writeUInt32LE(0, OVERFLOW + 16)), /end early/],
    ["a chain to itself", changed((bytes) => bytes.writeUInt32LE(5, OVERFLOW + 16)), /^page 5: used twice/],
    ["a chain beyond the file", changed((bytes) => bytes.writeUInt32LE(999, OVERFLOW + 16)), /^page 999/],
    ["a chain of other pages", changed((bytes) => bytes.writeUInt32LE(2, OVERFLOW + 16)), /^page 2: .* type 13/],
    ["an overflow page with nothing", changed((bytes) => bytes.writeUInt16LE(0, OVERFLOW + 22)), /^page 5: it holds 0/],
    ["one with too much", changed((bytes) => bytes.writeUInt16LE(600, OVERFLOW + 22)), /^page 5: it holds 600/],
    ["an item of 4 GiB", changed((bytes) => bytes.writeUInt32LE(0xffffffff, LONG + 512 - 5 - 4)), /4294967295/],
  ];
  for (const [title, bytes, problem] of broken) {
    test(`${title}: what came before has been handed out`, () => {
      const got = read(bytes);
      assert.match(got.problem ?? "", problem);
      assert.equal(got.records.length, 2);
    });
  }

  test("a file that ends early was cut off", () => {
    const whole = berkeleyFile(VALUES);
    const { records, problem } = read(whole.subarray(0, whole.length - 1));
    assert.equal(records.length, 3);
    assert.match(problem ?? "", /^page \d+: (?:there|the pages)/);
    assert.match(read(whole.subarray(0, 4 * 512)).problem ?? "", /cut off$/);
  });

  test("whatever the bytes, records or a problem", () => {
    fc.assert(
      fc.property(mutatedBytes(berkeleyFile(VALUES)), (bytes) => {
        assert.ok(read(bytes).records.length <= 300);
      }),
      runs(500),
    );
  });
});
