import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isEvidenceProblem } from "../../../../core/problem.ts";
import { runs } from "../../../../core/runs.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { createPackages, insertPackages, writeSqlite } from "./sqlite.fixture.ts";
import { openSqlite } from "./sqlite.ts";
import { readWriteAheadLog } from "./write-ahead-log.ts";

const BROKEN = { code: "contents.sqlite-broken", kind: "input" };

function blobsOf(database: Buffer, log?: Buffer): string[] {
  return [...openSqlite(database, log).rows("Packages")]
    .map(([, blob]) => (Buffer.isBuffer(blob) ? blob.toString("hex") : assert.fail("no blob")))
    .sort();
}

function sortedHex(blobs: readonly Buffer[]): string[] {
  return blobs.map((blob) => blob.toString("hex")).sort();
}

/** Lengths around the edges of what fits a page, and the chains of several. */
const LENGTHS = [1, 100, 470, 480, 490, 940, 4050, 4060, 4061, 4062, 4096, 8200, 70_000];
const BLOBS = LENGTHS.map((length, index) => Buffer.alloc(length, index + 1));

describe("tables of a database that SQLite wrote", () => {
  for (const pageSize of [512, 1024, 4096, 65_536]) {
    test(`pages of ${pageSize} bytes`, () => {
      const { database } = writeSqlite((open) => createPackages(open, BLOBS), { pragmas: [`page_size = ${pageSize}`] });
      assert.deepEqual(blobsOf(database), sortedHex(BLOBS));
    });
  }

  test("a tree of several levels", () => {
    const many = Array.from({ length: 3000 }, (_, index) => Buffer.from(`row ${index}`));
    const { database } = writeSqlite((open) => createPackages(open, many), { pragmas: ["page_size = 512"] });
    assert.deepEqual(blobsOf(database), sortedHex(many));
  });

  test("freed pages and auto-vacuum's own are not rows", () => {
    const { database } = writeSqlite(
      (open) => {
        createPackages(open, [...BLOBS, ...BLOBS]);
        open.exec(`DELETE FROM Packages WHERE hnum > ${BLOBS.length}`);
      },
      { pragmas: ["auto_vacuum = 2", "page_size = 1024"] },
    );
    assert.deepEqual(blobsOf(database), sortedHex(BLOBS));
  });

  for (const encoding of ["UTF-8", "UTF-16le", "UTF-16be"]) {
    test(`values of every type, in ${encoding}`, () => {
      const integers = [0, 1, -1, 127, -128, 32_767, -8_388_608, 2 ** 31, 2 ** 40, -(2 ** 47)];
      const { database } = writeSqlite(
        (open) => {
          open.exec("CREATE TABLE Mixed (a, b, c, d)");
          const insert = open.prepare("INSERT INTO Mixed VALUES (?, ?, ?, ?)");
          for (const integer of integers) insert.run(integer, "tëxt \u{1f6a2}", 1.5, null);
          insert.run(2n ** 62n, "", Buffer.alloc(0), 3);
        },
        { pragmas: [`encoding = '${encoding}'`] },
      );
      assert.deepEqual(
        [...openSqlite(database).rows("mixed")],
        [
          ...integers.map((integer) => [integer, "tëxt \u{1f6a2}", 1.5, undefined]),
          [2n ** 62n, "", Buffer.alloc(0), 3],
        ],
      );
    });
  }

  test("whatever the rows, the same rows", () => {
    const blobs = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 20 });
    fc.assert(
      fc.property(blobs, fc.constantFrom(512, 1024, 4096), (rows, pageSize) => {
        const buffers = rows.map((row) => Buffer.from(row));
        const { database } = writeSqlite((open) => createPackages(open, buffers), {
          pragmas: [`page_size = ${pageSize}`, "journal_mode = OFF", "synchronous = OFF"],
        });
        assert.deepEqual(blobsOf(database), sortedHex(buffers));
      }),
      { numRuns: 20 },
    );
  });
});

describe("write-ahead log", () => {
  const later = [Buffer.from("in the log"), Buffer.alloc(9000, 7)];
  const { database, log = assert.fail("SQLite wrote no log") } = writeSqlite((open) => createPackages(open, BLOBS), {
    inLog: (open) => {
      open.exec("DELETE FROM Packages WHERE hnum = 1");
      for (const blob of later) insertPackages(open, [blob]);
    },
  });
  const pageSize = 4096;
  const frameBytes = 24 + pageSize;

  test("its pages outrank the database's", () => {
    assert.deepEqual(blobsOf(database), sortedHex(BLOBS));
    assert.deepEqual(blobsOf(database, log), sortedHex([...BLOBS.slice(1), ...later]));
  });

  test("holds the whole of a database that was never checkpointed", () => {
    const fresh = writeSqlite(() => {}, { inLog: (open) => createPackages(open, BLOBS) });
    assert.deepEqual(blobsOf(Buffer.alloc(0), fresh.log), sortedHex(BLOBS));
  });

  test("a cut transaction does not count", () => {
    const cut = log.subarray(0, log.length - 1);
    assert.deepEqual(blobsOf(database, cut), sortedHex([...BLOBS.slice(1), ...later.slice(0, 1)]));
  });

  test("frames from before a checkpoint, of another salt, do not count", () => {
    const stale = Buffer.from(log);
    stale.writeUInt32BE(1, log.length - frameBytes + 8);
    assert.deepEqual(blobsOf(database, stale), blobsOf(database, log.subarray(0, log.length - frameBytes)));
  });

  test("a frame that fails its checksum ends the log", () => {
    const flipped = Buffer.from(log);
    flipped[32 + 24 + 100] = (log[32 + 24 + 100] as number) ^ 1;
    assert.equal(readWriteAheadLog(flipped), undefined);
    assert.deepEqual(blobsOf(database, flipped), sortedHex(BLOBS));
  });

  test("an empty one, or one whose header is broken, holds nothing", () => {
    assert.equal(readWriteAheadLog(Buffer.alloc(0)), undefined);
    assert.equal(readWriteAheadLog(log.subarray(0, 31)), undefined);
    const flipped = Buffer.from(log);
    flipped[20] = (log[20] as number) ^ 1;
    assert.equal(readWriteAheadLog(flipped), undefined);
  });

  test("whatever the log, rows or a problem", () => {
    fc.assert(
      fc.property(mutatedBytes(log), (bytes) => readsOrRefuses(database, bytes)),
      runs(60),
    );
  });
});

describe("broken databases", () => {
  const PAGE = 1024;
  const written = writeSqlite((open) => createPackages(open, BLOBS), { pragmas: [`page_size = ${PAGE}`] }).database;
  /** SQLite gives the first table the second page. */
  const root = PAGE;
  const small = writeSqlite((open) => createPackages(open, [Buffer.from("a"), Buffer.alloc(5000)]), {
    pragmas: [`page_size = ${PAGE}`],
  }).database;

  function changed(original: Buffer, change: (bytes: Buffer) => void): Buffer {
    const bytes = Buffer.from(original);
    change(bytes);
    return bytes;
  }

  test("are as these tests take them to be", () => {
    assert.equal(written.readUInt8(root), 0x05);
    assert.equal(small.readUInt8(root), 0x0d);
  });

  const broken: readonly [title: string, bytes: Buffer][] = [
    ["an empty file", Buffer.alloc(0)],
    ["another format", changed(written, (bytes) => bytes.write("SQLite format 4"))],
    ["a page size that is no power of two", changed(written, (bytes) => bytes.writeUInt16BE(1000, 16))],
    ["a page size of zero", changed(written, (bytes) => bytes.writeUInt16BE(0, 16))],
    ["a read version of the future", changed(written, (bytes) => bytes.writeUInt8(3, 19))],
    ["too few usable bytes", changed(written, (bytes) => bytes.writeUInt16BE(512, 16) && bytes.writeUInt8(255, 20))],
    ["other payload fractions", changed(written, (bytes) => bytes.writeUInt8(65, 21))],
    ["an unknown encoding", changed(written, (bytes) => bytes.writeUInt32BE(9, 56))],
    ["a file that was cut off", written.subarray(0, written.length - PAGE)],
    ["a page of no table", changed(written, (bytes) => bytes.writeUInt8(0x0a, root))],
    ["a tree that contains itself", changed(written, (bytes) => bytes.writeUInt32BE(2, root + 8))],
    ["a child that is not there", changed(written, (bytes) => bytes.writeUInt32BE(99_999, root + 8))],
    ["a child of number zero", changed(written, (bytes) => bytes.writeUInt32BE(0, root + 8))],
    ["more cells than fit", changed(small, (bytes) => bytes.writeUInt16BE(600, root + 3))],
    ["a cell outside its page", changed(small, (bytes) => bytes.writeUInt16BE(1022, root + 8))],
    ["an overflow page of two cells", changed(small, (bytes) => bytes.copyWithin(root + 8, root + 10, root + 12))],
  ];
  for (const [title, bytes] of broken) {
    test(`refuses ${title}`, () => assert.throws(() => blobsOf(bytes), BROKEN));
  }

  test("refuses a table that it does not have", () => {
    assert.throws(() => [...openSqlite(written).rows("Basenames")], BROKEN);
  });

  test("refuses cells that share their bytes, before they multiply the work", () => {
    const many = changed(small, (bytes) => {
      const cell = bytes.readUInt16BE(root + 8);
      bytes.writeUInt16BE(400, root + 3);
      for (let index = 0; index < 400; index++) bytes.writeUInt16BE(cell, root + 8 + 2 * index);
      // The cell, with 400 pointers before it, now claims 600 bytes of payload.
      bytes.set([0x84, 0x58], root + cell);
    });
    assert.throws(() => [...openSqlite(many).rows("Packages")], BROKEN);
  });

  test("the rows before the broken place are handed out", () => {
    const rows: unknown[] = [];
    assert.throws(() => {
      for (const row of openSqlite(changed(small, (bytes) => bytes.fill(0xff, 3 * PAGE, 3 * PAGE + 4))).rows(
        "Packages",
      )) {
        rows.push(row);
      }
    }, BROKEN);
    assert.equal(rows.length, 1);
  });

  test("whatever the bytes, rows or a problem", () => {
    fc.assert(
      fc.property(mutatedBytes(small), (bytes) => readsOrRefuses(bytes)),
      runs(300),
    );
    fc.assert(
      fc.property(mutatedBytes(small.subarray(0, 2 * PAGE)), (bytes) => readsOrRefuses(bytes)),
      {
        ...runs(300),
      },
    );
  });
});

function readsOrRefuses(database: Buffer, log?: Buffer): void {
  try {
    blobsOf(database, log);
  } catch (error) {
    assert.ok(isEvidenceProblem(error) || (error instanceof assert.AssertionError && error.message === "no blob"));
  }
}
