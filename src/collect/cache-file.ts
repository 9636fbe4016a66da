/** A cache in one SQLite file of the user's: one that is missing, locked, of another version or broken costs time and no more. */
import { chmodSync, closeSync, openSync, readSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makePrivateFolder, refuseLink } from "../engines/files/write.ts";

export interface CacheForm {
  /** What a refusal calls it: `the scan cache`. */
  readonly name: string;
  /** Four bytes that tell it from any other SQLite file. */
  readonly applicationId: number;
  /** Raised when what is kept changes its meaning. */
  readonly version: number;
  /** Statements that make its tables. */
  readonly tables: string;
}

const SUFFIXES = ["", "-wal", "-shm", "-journal"];

/**
 * Opens or makes the file; undefined where it cannot be used.
 *
 * @throws Problem (usage) `files.link` where a link is in its place: SQLite would write to what it leads to
 */
export function openCacheFile(path: string, form: CacheForm): DatabaseSync | undefined {
  for (const suffix of SUFFIXES) refuseLink(path + suffix, form.name);
  try {
    makePrivateFolder(dirname(path));
    const opened = openOrMake(path, form);
    if (opened !== undefined || !isOurs(path, form)) return opened;
    clearCacheFile(path);
    return openOrMake(path, form);
  } catch {
    return undefined;
  }
}

export function clearCacheFile(path: string): void {
  for (const suffix of SUFFIXES) rmSync(path + suffix, { force: true });
}

/**
 * Undefined where the file is broken, of another format or none of ours. Throws where it cannot be had, as while
 * another process holds it locked.
 */
function openOrMake(path: string, { applicationId, version, tables }: CacheForm): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: 2_000 });
  const schema = `${tables} pragma application_id = ${applicationId}; pragma user_version = ${version};`;
  try {
    database.exec("pragma synchronous = off");
    if (isEmpty(database)) {
      // What is forgotten makes the file smaller; it has to be said before there is a table.
      database.exec("pragma auto_vacuum = incremental; pragma journal_mode = wal; begin immediate");
      // Another process may have made the tables meanwhile.
      database.exec(isEmpty(database) ? `${schema} commit` : "commit");
      chmodSync(path, 0o600);
    }
    if (pragma(database, "application_id") === applicationId && pragma(database, "user_version") === version) {
      return database;
    }
  } catch (error) {
    if (!isBroken(error)) {
      database.close();
      throw error;
    }
  }
  database.close();
  return undefined;
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0];
}

function isEmpty(database: DatabaseSync): boolean {
  return database.prepare("select 1 from sqlite_schema limit 1").get() === undefined;
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const BROKEN = new Set([11, 26]);

function isBroken(error: unknown): boolean {
  // The low byte of an extended result code is its primary one.
  return error instanceof Error && "errcode" in error && BROKEN.has(Number(error.errcode) & 0xff);
}

/** What `--cache` names by mistake is not thrown away. The id stands at byte 68 (SQLite, "The Database Header"). */
function isOurs(path: string, { applicationId }: CacheForm): boolean {
  const header = Buffer.alloc(72);
  const descriptor = openSync(path, "r");
  try {
    return readSync(descriptor, header) === header.length && header.readInt32BE(68) === applicationId;
  } finally {
    closeSync(descriptor);
  }
}

/** A cache that fails is a cache that has nothing. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
