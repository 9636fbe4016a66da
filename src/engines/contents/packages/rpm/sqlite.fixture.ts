import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** For tests: the bytes of a database that SQLite itself wrote, and of the files beside it while it is open. */
export interface WrittenDatabase {
  readonly database: Buffer;
  /** In WAL mode: what is not in the database yet. */
  readonly log?: Buffer;
}

/**
 * @param options - `pragmas` run first; `inLog` runs in WAL mode after `write`, and stays in the log
 */
export function writeSqlite(
  write: (database: DatabaseSync) => void,
  options: { readonly pragmas?: readonly string[]; readonly inLog?: (database: DatabaseSync) => void } = {},
): WrittenDatabase {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-sqlite-"));
  try {
    const path = join(folder, "test.sqlite");
    const database = new DatabaseSync(path);
    try {
      for (const pragma of options.pragmas ?? []) database.exec(`PRAGMA ${pragma}`);
      write(database);
      if (options.inLog === undefined) return { database: readFileSync(path) };
      database.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
      options.inLog(database);
      return { database: readFileSync(path), log: readFileSync(`${path}-wal`) };
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** rpm's own table, filled with blobs. */
export function createPackages(database: DatabaseSync, blobs: readonly Buffer[]): void {
  database.exec("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)");
  insertPackages(database, blobs);
}

export function insertPackages(database: DatabaseSync, blobs: readonly Buffer[]): void {
  database.exec("BEGIN");
  const insert = database.prepare("INSERT INTO Packages (blob) VALUES (?)");
  for (const blob of blobs) insert.run(blob);
  database.exec("COMMIT");
}
