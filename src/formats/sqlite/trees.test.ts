import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { RecordBuilder } from "./record.ts";
import { integerIndexTree, type PageSink, tableTree } from "./trees.ts";

/** Small pages make high trees of few entries. */
const PAGE = 512;

interface Growing {
  readonly pages: PageSink;
  rootOf(name: string): number;
}

/** A database that `write` fills behind SQLite's back, as SQLite finds it. */
function built(schema: string, write: (growing: Growing) => void, look: (database: DatabaseSync) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-trees-"));
  try {
    const path = join(folder, "built.db");
    const roots = new Map<unknown, number>();
    const empty = new DatabaseSync(path);
    empty.exec(`PRAGMA page_size = ${PAGE}; ${schema}`);
    for (const row of empty.prepare("SELECT name, rootpage FROM sqlite_schema").all()) {
      roots.set(row.name, Number(row.rootpage));
    }
    empty.close();
    let bytes = readFileSync(path);
    const added: Buffer[] = [];
    const before = bytes.length / PAGE;
    const pages: PageSink = {
      pageSize: PAGE,
      next: () => before + added.length + 1,
      append: (page) => before + added.push(Buffer.from(page)),
      replace: (number, page) => bytes.set(page, (number - 1) * PAGE),
    };
    write({ pages, rootOf: (name) => roots.get(name) as number });
    bytes = Buffer.concat([bytes, ...added]);
    bytes.writeUInt32BE(before + added.length, 28);
    writeFileSync(path, bytes);
    const database = new DatabaseSync(path);
    try {
      assert.deepEqual(database.prepare("PRAGMA integrity_check").all().map(Object.values), [["ok"]]);
      look(database);
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Value = null | number | string;

function addRow(
  builder: RecordBuilder,
  tree: ReturnType<typeof tableTree>,
  rowid: number,
  row: readonly Value[],
): void {
  builder.begin();
  for (const value of row) {
    if (value === null) builder.null();
    else if (typeof value === "number") builder.integer(value);
    else {
      const bytes = Buffer.from(value);
      builder.bytes(bytes, 0, bytes.length);
    }
  }
  builder.finish();
  tree.add(rowid, builder);
}

test("trees: SQLite reads each row as it was put in, of whatever length", () => {
  const edges = [0, 1, 2, 127, 128, 32_767, 32_768, 8_388_607, 8_388_608, 2 ** 31 - 1, 2 ** 31, 2 ** 47, 2 ** 53 - 1];
  const integer = fc.oneof(fc.constantFrom(...edges.flatMap((each) => [each, -each])), fc.maxSafeInteger());
  const text = fc.oneof(
    { weight: 6, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    { weight: 1, arbitrary: fc.nat(3 * PAGE).map((length) => "x".repeat(length)) },
    { weight: 1, arbitrary: fc.nat(40).map((more) => "é".repeat((PAGE - 60) / 2 + more)) },
  );
  const value: fc.Arbitrary<Value> = fc.oneof(fc.constant(null), integer, text);
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value), { size: "max", maxLength: 200 }), (rows) => {
      built(
        "CREATE TABLE t (a, b, c);",
        ({ pages, rootOf }) => {
          const tree = tableTree(pages, rootOf("t"));
          const builder = new RecordBuilder();
          for (const [nth, row] of rows.entries()) addRow(builder, tree, 2 * nth, row);
          tree.finish();
        },
        (database) => {
          const read = database.prepare("SELECT rowid, a, b, c FROM t").all().map(Object.values);
          assert.deepEqual(
            read,
            rows.map((row, nth) => [2 * nth, ...row.map((each) => (Object.is(each, -0) ? 0 : each))]),
          );
        },
      );
    }),
    runs(60),
  );
});

test("trees: a table and its index of any number of rows", () => {
  const counts = [...Array(160).keys(), 1_000, 3_000, 20_000];
  built(
    counts.map((count) => `CREATE TABLE t${count} (v INTEGER); CREATE INDEX i${count} ON t${count} (v);`).join("\n"),
    ({ pages, rootOf }) => {
      const builder = new RecordBuilder();
      for (const count of counts) {
        const table = tableTree(pages, rootOf(`t${count}`));
        const index = integerIndexTree(pages, rootOf(`i${count}`));
        for (let row = 1; row <= count; row++) {
          addRow(builder, table, row, [row >> 1]);
          index.add(row >> 1, row);
        }
        table.finish();
        index.finish();
      }
    },
    (database) => {
      for (const count of counts) {
        const one = database.prepare(
          `SELECT count(*) AS n, count(DISTINCT v) AS d FROM t${count} INDEXED BY i${count}`,
        );
        assert.deepEqual({ ...one.get() }, { n: count, d: count === 0 ? 0 : (count >> 1) + 1 });
        const last = database.prepare(`SELECT max(rowid) AS n FROM t${count} INDEXED BY i${count} WHERE v = ?`);
        assert.equal(last.get(count >> 1)?.n, count === 0 ? null : count);
        database.exec(`INSERT INTO t${count} VALUES (-1); DELETE FROM t${count} WHERE v = 0`);
      }
      assert.deepEqual(database.prepare("PRAGMA integrity_check").all().map(Object.values), [["ok"]]);
    },
  );
});
