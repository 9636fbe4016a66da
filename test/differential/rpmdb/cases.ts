/** Databases of rpm with what an attacker would change in them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { adler32 } from "../../../src/engines/contents/packages/rpm/adler32.ts";
import type { Random } from "../random.ts";
import { makeSeed } from "./seed.ts";

/** What a case holds: its first byte says which database, behind it the length of that, and then its log. */
export interface RpmCase {
  readonly backend: "sqlite" | "ndb";
  readonly database: Buffer;
  readonly log?: Buffer;
}

export function packed({ backend, database, log }: RpmCase): Buffer {
  const head = Buffer.alloc(5);
  head[0] = backend === "sqlite" ? 0x73 : 0x6e;
  head.writeUInt32BE(database.length, 1);
  return Buffer.concat([head, database, ...(log === undefined ? [] : [log])]);
}

export function unpacked(bytes: Buffer): RpmCase {
  const length = bytes.length < 5 ? 0 : bytes.readUInt32BE(1);
  const log = bytes.subarray(5 + length);
  return {
    backend: bytes[0] === 0x73 ? "sqlite" : "ndb",
    database: bytes.subarray(5, 5 + length),
    ...(log.length > 0 ? { log } : {}),
  };
}

export function rpmCase(random: Random): Buffer {
  if (random.once(3)) return packed({ backend: "ndb", database: ndbCase(random) });
  if (random.once(2)) return packed({ backend: "sqlite", database: spoiledSqlite(random) });
  return packed({ backend: "sqlite", ...statedSqlite(random) });
}

/** Bytes of the file's header, the schema, the table's root, or the headers. */
function spoiledSqlite(random: Random): Buffer {
  const bytes = Buffer.from(makeSeed().sqlite);
  const from = random.pick([0, 0, 100, 4096, 4096, 8192, 12_288, bytes.length - 16_384]);
  for (let times = 1 + random.below(3); times > 0; times--) {
    const span = from === 0 ? 100 : 4096;
    bytes[(from + random.below(span)) % bytes.length] = random.pick([0, 1, 2, 5, 13, 255, random.below(256)]);
  }
  return random.once(10) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

const STATEMENTS = [
  "DELETE FROM Packages WHERE hnum = 2",
  "UPDATE Packages SET hnum = hnum + 5000000000",
  "UPDATE Packages SET blob = CAST(blob AS TEXT) WHERE hnum = 1",
  "INSERT INTO Packages (blob) VALUES ('text')",
  "INSERT INTO Packages (blob) SELECT blob FROM Packages",
  "INSERT INTO Packages (blob) VALUES (zeroblob(70000))",
  "CREATE TRIGGER t AFTER INSERT ON Packages BEGIN DELETE FROM Packages; END",
  "CREATE INDEX i ON Packages(blob)",
  "CREATE VIEW v AS SELECT * FROM Packages",
  "ALTER TABLE Packages RENAME TO Real; CREATE VIEW Packages AS SELECT hnum, blob FROM Real WHERE hnum > 1",
  "ALTER TABLE Packages RENAME TO Real; CREATE VIEW Packages AS SELECT hnum, blob FROM Real",
  "ALTER TABLE Packages ADD COLUMN more BLOB",
  "ALTER TABLE Packages RENAME COLUMN blob TO other; ALTER TABLE Packages ADD COLUMN blob BLOB",
  "CREATE TABLE Other (blob BLOB, hnum INTEGER PRIMARY KEY); INSERT INTO Other (hnum, blob) SELECT hnum, blob FROM Packages; DROP TABLE Packages; ALTER TABLE Other RENAME TO Packages",
  "CREATE TABLE Other (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL) WITHOUT ROWID; INSERT INTO Other SELECT hnum, blob FROM Packages; DROP TABLE Packages; ALTER TABLE Other RENAME TO Packages",
  // Hidden behind a column of the same place, and behind a name that only stands beside the statement.
  "CREATE TABLE Other (hnum INTEGER PRIMARY KEY, decoy BLOB, blob BLOB NOT NULL); INSERT INTO Other SELECT hnum, (SELECT blob FROM Packages WHERE hnum = 1), blob FROM Packages; DROP TABLE Packages; ALTER TABLE Other RENAME TO Packages",
  "CREATE TABLE Decoy (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL); INSERT INTO Decoy SELECT hnum, blob FROM Packages WHERE hnum = 1; PRAGMA writable_schema = ON; UPDATE sqlite_schema SET name = CASE name WHEN 'Decoy' THEN 'Packages' ELSE 'Decoy' END WHERE name IN ('Decoy', 'Packages')",
  "PRAGMA page_size = 512; VACUUM",
  "PRAGMA page_size = 65536; VACUUM",
  "PRAGMA user_version = 7",
  "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET name = 'Swapped' WHERE name = 'Packages'",
  "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'Installtid') WHERE name = 'Packages'",
  "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE Packages (blob BLOB, hnum INTEGER)' WHERE name = 'Packages'",
  "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET type = 'index' WHERE name = 'Packages'",
] as const;

/** Changes that SQLite itself makes, some of which stay in the log. */
function statedSqlite(random: Random): { readonly database: Buffer; readonly log?: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "rpmdb-case-"));
  try {
    const path = join(folder, "rpmdb.sqlite");
    writeFileSync(path, makeSeed().sqlite);
    const inLog = random.once(2);
    const database = new DatabaseSync(path, { enableForeignKeyConstraints: false, defensive: false });
    try {
      // rpm leaves its databases in this mode.
      database.exec(`PRAGMA journal_mode = ${inLog ? "WAL; PRAGMA wal_autocheckpoint = 0" : "DELETE"}`);
      for (let times = 1 + random.below(2); times > 0; times--) {
        try {
          database.exec(random.pick(STATEMENTS));
        } catch {
          // One statement may take away what the next one changes.
        }
      }
      const bytes = readFileSync(path);
      if (!inLog) return { database: bytes };
      const log = Buffer.from(readFileSync(`${path}-wal`));
      if (random.once(3) && log.length > 0) log[random.below(log.length)] = random.below(256);
      if (random.once(4)) bytes[random.pick([18, 19])] = 1;
      return { database: bytes, log: random.once(4) ? log.subarray(0, random.below(log.length)) : log };
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ndbCase(random: Random): Buffer {
  const bytes = Buffer.from(makeSeed().ndb);
  for (let times = random.below(3); times > 0; times--) {
    const at = random.once(2) ? random.below(128) : 4096 + random.below(bytes.length - 4096);
    bytes[at] = random.pick([0, 1, 2, 255, random.below(256)]);
  }
  // A changed blob with a checksum that holds.
  if (random.once(2)) {
    const slot = 32 + 16 * random.below(3);
    const start = bytes.readUInt32LE(slot + 8) * 16;
    const end = start + bytes.readUInt32LE(slot + 12) * 16;
    if (start >= 4096 && end <= bytes.length && end > start + 48) {
      bytes[start + 16 + random.below(Math.min(600, end - start - 28))] = random.below(256);
      bytes.writeUInt32LE(adler32(bytes.subarray(start, end - 12)), end - 12);
    }
  }
  return random.once(10) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}
