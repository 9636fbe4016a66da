import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../../core/runs.fixture.ts";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { berkeleyFile } from "./berkeley.fixture.ts";
import { headerBlob, rpmHeader, stringTag } from "./header.fixture.ts";
import { ndbFile } from "./ndb.fixture.ts";
import { rpm } from "./rpm.ts";
import { createPackages, insertPackages, writeSqlite } from "./sqlite.fixture.ts";

const DATABASE = "var/lib/rpm/rpmdb.sqlite";
const LOG = `${DATABASE}-wal`;

function databaseOf(...blobs: Buffer[]): Buffer {
  return writeSqlite((open) => createPackages(open, blobs)).database;
}

function read(database: Buffer, companions: Readonly<Record<string, Buffer>> = {}) {
  return factsOf(rpm, DATABASE, database, companions);
}

describe("rpmdb.sqlite", () => {
  test("reads packages with epoch, module and source", () => {
    const database = databaseOf(
      rpmHeader({ name: "nodejs", version: "20.1.0", epoch: 1, module: "nodejs:20:1:c:x86_64", ballast: 9000 }),
      rpmHeader({ name: "python3-libs", sourceRpm: "python3.9-3.9.1-2.el9.src.rpm" }),
    );
    const common = { type: "rpm", architecture: "x86_64", licenses: ["MIT"], supplier: "Example Vendor" };
    assert.deepEqual(read(database), {
      kind: "packages",
      packages: [
        {
          ...common,
          name: "nodejs",
          version: "1:20.1.0-1.el9",
          source: { name: "nodejs", version: "20.1.0-1.el9" },
          module: "nodejs:20:1:c:x86_64",
        },
        {
          ...common,
          name: "python3-libs",
          version: "1.0-1.el9",
          source: { name: "python3.9", version: "3.9.1-2.el9" },
        },
      ],
      unread: [],
    });
  });

  test("keys that rpm trusts are no packages", () => {
    assert.deepEqual(packagesOf(read(databaseOf(rpmHeader({ name: "gpg-pubkey" })))), []);
  });

  test("the source is the package itself where its file name says nothing", () => {
    for (const sourceRpm of ["", "(none)", "a.src.rpm", "a-1.src.rpm", "-1-1.src.rpm", "a-1-1.x86_64.rpm"]) {
      const [found] = packagesOf(read(databaseOf(rpmHeader({ name: "a", sourceRpm }))));
      assert.deepEqual(found?.source, { name: "a", version: "1.0-1.el9" }, sourceRpm);
    }
    const [found] = packagesOf(read(databaseOf(rpmHeader({ name: "a", sourceRpm: "b-c-1-2.nosrc.rpm" }))));
    assert.deepEqual(found?.source, { name: "b-c", version: "1-2" });
  });

  test("says which headers cannot be read; the rest is still there", () => {
    const database = databaseOf(
      Buffer.from("no header"),
      headerBlob([stringTag(1000, "a"), stringTag(1001, "1")]),
      headerBlob([stringTag(1000, "a"), stringTag(1002, "1")]),
      headerBlob([stringTag(1001, "1"), stringTag(1002, "1")]),
      rpmHeader({ name: "good" }),
    );
    const facts = read(database);
    assert.deepEqual(
      packagesOf(facts).map(({ name }) => name),
      ["good"],
    );
    assert.deepEqual(
      unreadOf(facts)
        .map((sentence) => sentence.slice(0, 40))
        .sort(),
      [
        "a header (a) states no release",
        "a header (a) states no version",
        "a header cannot be read: its index has 1",
        "a header states no name",
      ],
    );
  });

  test("a broken database is unreadable, one that breaks off keeps what was read", () => {
    assert.equal(read(Buffer.from("SQLite format 3"))?.kind, "unreadable");
    const database = databaseOf(rpmHeader({ name: "a" }), rpmHeader({ name: "b", ballast: 20_000 }));
    // Page 4 is the first of b's overflow pages; the chain now leads back into the table.
    assert.equal(database.readUInt32BE(3 * 4096), 5);
    database.writeUInt32BE(2, 3 * 4096);
    const facts = read(database);
    assert.deepEqual(
      packagesOf(facts).map(({ name }) => name),
      ["a"],
    );
    assert.match(unreadOf(facts)[0] ?? "", /^page 2: used twice$/);
  });

  test("the write-ahead log of the same layer counts", () => {
    const written = writeSqlite((open) => createPackages(open, [rpmHeader({ name: "a" })]), {
      inLog: (open) => insertPackages(open, [rpmHeader({ name: "b" })]),
    });
    const log = written.log ?? assert.fail("SQLite wrote no log");
    const names = (facts: ReturnType<typeof read>) => packagesOf(facts).map(({ name }) => name);
    assert.deepEqual(names(read(written.database)), ["a"]);
    assert.deepEqual(names(read(written.database, { [LOG]: log })), ["a", "b"]);
    assert.deepEqual(rpm.companions?.(DATABASE), [LOG, `${DATABASE}-journal`]);
  });

  test("a log alone in its layer changes a database that it cannot be read with", () => {
    assert.equal(factsOf(rpm, LOG, Buffer.alloc(100))?.kind, "unreadable");
    assert.deepEqual(packagesOf(factsOf(rpm, LOG, Buffer.alloc(100), { [DATABASE]: Buffer.alloc(0) })), []);
    assert.deepEqual(packagesOf(factsOf(rpm, LOG, Buffer.alloc(0))), []);
    assert.deepEqual(rpm.companions?.(LOG), [DATABASE]);
    const hot = Buffer.from("d9d505f920a163d700000001", "hex");
    assert.equal(factsOf(rpm, `${DATABASE}-journal`, hot)?.kind, "unreadable");
    assert.deepEqual(packagesOf(factsOf(rpm, `${DATABASE}-journal`, Buffer.alloc(512))), []);
    assert.deepEqual(packagesOf(factsOf(rpm, `${DATABASE}-journal`, hot, { [DATABASE]: Buffer.alloc(0) })), []);
  });

  test("a hot journal means that a transaction was not finished", () => {
    const database = databaseOf(rpmHeader({ name: "a" }));
    const journal = Buffer.from("d9d505f920a163d700000001", "hex");
    assert.deepEqual(unreadOf(read(database, { [`${DATABASE}-journal`]: journal })), [
      "a transaction on it was not finished",
    ]);
    assert.deepEqual(unreadOf(read(database, { [`${DATABASE}-journal`]: Buffer.alloc(512) })), []);
  });

  test("whatever the bytes, an answer", () => {
    const seed = databaseOf(rpmHeader({ name: "a", epoch: 1 }), rpmHeader({ name: "b", ballast: 6000 }));
    const kinds = new Set(["packages", "unreadable"]);
    fc.assert(
      fc.property(mutatedBytes(seed), (bytes) => assert.ok(kinds.has(read(bytes)?.kind ?? ""))),
      runs(200),
    );
  });
});

describe("Packages.db and Packages", () => {
  const headers = [
    rpmHeader({ name: "a", ballast: 9000 }),
    rpmHeader({ name: "gpg-pubkey" }),
    rpmHeader({ name: "b" }),
  ];
  const formats: readonly [path: string, database: Buffer][] = [
    ["usr/lib/sysimage/rpm/Packages.db", ndbFile(headers)],
    ["var/lib/rpm/Packages", berkeleyFile(headers)],
  ];
  for (const [path, database] of formats) {
    const facts = factsOf(rpm, path, database);
    test(`${path}: the same packages as in a SQLite database`, () => {
      assert.deepEqual(facts, read(databaseOf(...headers)));
      assert.equal(packagesOf(facts).length, 2);
    });

    test(`${path}: what is no database is unreadable`, () => {
      for (const content of ["", "no database", Buffer.alloc(10_000)]) {
        assert.equal(factsOf(rpm, path, content)?.kind, "unreadable");
      }
    });
  }
});

describe("what a package owns", () => {
  test("regular files that may declare other packages", () => {
    const header = rpmHeader({
      name: "a",
      files: [
        ["/usr/bin/", "a", 0o100755],
        ["/usr/bin/", "link", 0o120777],
        ["/usr/share/doc/", "README", 0o100644],
        ["/usr/lib/node_modules/b/", "package.json", 0o100644],
      ],
    });
    const [found] = packagesOf(read(databaseOf(header)));
    assert.deepEqual(found?.owns, ["usr/bin/a", "usr/lib/node_modules/b/package.json"]);
  });
});

describe("where and in which formats", () => {
  test("wants the database in the three folders", () => {
    for (const folder of ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"]) {
      assert.ok(rpm.wants(`${folder}/rpmdb.sqlite`));
    }
    assert.ok(!rpm.wants("srv/var/lib/rpm/rpmdb.sqlite"));
    assert.ok(!rpm.wants("Packages"));
    assert.ok(!rpm.wants("var/lib/apt/Packages"));
  });

  test("wants what it reads together, since only wanted files are kept", () => {
    for (const path of [DATABASE, LOG, `${DATABASE}-journal`]) {
      for (const companion of rpm.companions?.(path) ?? []) {
        assert.ok(rpm.wants(companion));
        assert.ok(rpm.basenames?.includes(companion.slice(companion.lastIndexOf("/") + 1)));
      }
    }
  });
});

/**
 * What `rpm -qa` lists of these is not what stands in the rows of the table `Packages`, so nothing in them is believed.
 * test/differential/rpmdb holds such databases against rpm itself.
 */
describe("a schema that is not rpm's", () => {
  const header = rpmHeader({ name: "bash" });
  const cases: readonly [title: string, statements: string][] = [
    ["columns in another order", "CREATE TABLE Packages (blob BLOB, hnum INTEGER PRIMARY KEY)"],
    ["a column more", "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, decoy BLOB, blob BLOB NOT NULL)"],
    ["a generated column", "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, other BLOB, blob BLOB AS (other))"],
    ["no rowids", "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL) WITHOUT ROWID"],
    ["a view", "CREATE TABLE Other (hnum INTEGER PRIMARY KEY, blob BLOB); CREATE VIEW Packages AS SELECT * FROM Other"],
    ["nothing of that name", "CREATE TABLE Other (hnum INTEGER PRIMARY KEY, blob BLOB)"],
  ];
  for (const [title, statements] of cases) {
    test(title, () => {
      const { database } = writeSqlite((open) => open.exec(statements));
      const facts = read(database);
      assert.equal(facts?.kind === "unreadable" && facts.code, "contents.rpm-database-broken", title);
    });
  }

  const beside: readonly [title: string, statements: string][] = [
    ["a trigger", "CREATE TRIGGER t AFTER INSERT ON Packages BEGIN SELECT 1; END"],
    ["a view of another name", "CREATE VIEW v AS SELECT 1"],
    ["an index that covers the columns", "CREATE INDEX i ON Packages(blob)"],
  ];
  for (const [title, statements] of beside) {
    test(`${title} beside the table`, () => {
      const { database } = writeSqlite((open) => {
        createPackages(open, [header]);
        open.exec(statements);
      });
      assert.equal(read(database)?.kind, "unreadable");
    });
  }

  test("a name that is another's in the statement", () => {
    const { database } = writeSqlite((open) => {
      createPackages(open, [header]);
      open.exec("CREATE TABLE 'Decoyed' (hnum INTEGER)");
      open.enableDefensive?.(false);
      open.exec("PRAGMA writable_schema = ON");
      open.exec("UPDATE sqlite_schema SET name = 'Swapped' WHERE name = 'Decoyed'");
    });
    assert.equal(read(database)?.kind, "unreadable");
  });

  test("rpm's own tables and indexes beside it are as they should be", () => {
    const { database } = writeSqlite((open) => {
      createPackages(open, [header]);
      open.exec(
        "CREATE TABLE 'Name' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL, " +
          "FOREIGN KEY (hnum) REFERENCES 'Packages'(hnum)); CREATE INDEX 'Name_key_idx' ON 'Name'(key ASC)",
      );
    });
    assert.deepEqual(
      packagesOf(read(database)).map(({ name }) => name),
      ["bash"],
    );
  });
});
