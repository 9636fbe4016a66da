/**
 * What registries answered, in one SQLite file of the user's cache: what was read of each answer, with the registry's validators and
 * when it last was current. As the scan cache it saves work and decides nothing: one that is missing, locked, of another
 * version or broken costs time and no more.
 *
 * Table `answer(registry, name, kind, content, validators, checked, used)`: `content` is zstd-compressed JSON, `checked` and
 * `used` are seconds since 1970.
 */
import { chmodSync, closeSync, openSync, readSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { makePrivateFolder, refuseLink } from "../../engines/files/write.ts";
import { bounds } from "./bounds.ts";

/** What one answer is about. */
export interface AnswerKey {
  /** The registry's URL. */
  readonly registry: string;
  readonly name: string;
  /** Which of its documents. */
  readonly kind: string;
}

export interface KeptAnswer {
  /** As JSON.parse returns it. */
  readonly content: unknown;
  /** `if-none-match` and `if-modified-since` for the next time. */
  readonly validators: Readonly<Record<string, string>>;
  readonly checkedAt: Date;
}

export interface MetadataCache {
  answer(key: AnswerKey): KeptAnswer | undefined;
  store(key: AnswerKey, answer: KeptAnswer): void;
  close(): void;
}

/** "BHpk" in ASCII: tells the cache from any other SQLite file. */
const APPLICATION_ID = 0x4248706b;
/** Raised when what is kept changes its meaning. */
const FORMAT = 1;

const SCHEMA = `
  create table answer (
    registry text, name text, kind text, content blob, validators text, checked integer, used integer,
    primary key (registry, name, kind)
  ) without rowid;
  pragma application_id = ${APPLICATION_ID};
  pragma user_version = ${FORMAT};
`;

/**
 * Opens or makes the cache; undefined where it cannot be used.
 *
 * @throws Problem (usage) `files.link` where a link is in its place
 */
export function openMetadataCache(path: string, now: Date = new Date()): MetadataCache | undefined {
  for (const suffix of SUFFIXES) refuseLink(path + suffix, "the cache of package metadata");
  try {
    makePrivateFolder(dirname(path));
    const database = opened(path) ?? anew(path);
    if (database === undefined) return undefined;
    forgetOld(database, now);
    return cacheOver(database, now);
  } catch {
    return undefined;
  }
}

const SUFFIXES = ["", "-wal", "-shm", "-journal"];

export function clearMetadataCache(path: string): void {
  for (const suffix of SUFFIXES) rmSync(path + suffix, { force: true });
}

/** Of another version: it holds nothing that could not be asked for again. A file of somebody else's is left alone. */
function anew(path: string): DatabaseSync | undefined {
  if (!isOurs(path)) return undefined;
  clearMetadataCache(path);
  return opened(path);
}

/** Undefined where the file is none of ours. Throws where it cannot be had. */
function opened(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout: 2_000 });
  try {
    database.exec("pragma synchronous = off");
    if (isEmpty(database)) {
      database.exec("pragma journal_mode = wal; begin immediate");
      // Another process may have made the table meanwhile.
      database.exec(isEmpty(database) ? `${SCHEMA} commit` : "commit");
      chmodSync(path, 0o600);
    }
    if (pragma(database, "application_id") === APPLICATION_ID && pragma(database, "user_version") === FORMAT) {
      return database;
    }
  } catch (error) {
    database.close();
    if (!isBroken(error)) throw error;
    return undefined;
  }
  database.close();
  return undefined;
}

/** The id stands at byte 68 (SQLite, "The Database Header"). */
function isOurs(path: string): boolean {
  const header = Buffer.alloc(72);
  const descriptor = openSync(path, "r");
  try {
    return readSync(descriptor, header) === header.length && header.readInt32BE(68) === APPLICATION_ID;
  } finally {
    closeSync(descriptor);
  }
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
  return error instanceof Error && "errcode" in error && BROKEN.has(Number(error.errcode) & 0xff);
}

const DAY_SECONDS = 24 * 60 * 60;

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function forgetOld(database: DatabaseSync, now: Date): void {
  database.prepare("delete from answer where used < ?").run(seconds(now) - bounds.keptDays * DAY_SECONDS);
  const row = database.prepare("select coalesce(sum(length(content)), 0) as bytes from answer").get();
  // Half of it, by the time of its last use, so that this is no work of every run.
  if (Number(row?.bytes) > bounds.cacheBytes) {
    database.exec(
      "delete from answer where used <= (select used from answer order by used limit 1 offset (select count(*) / 2 from answer))",
    );
  }
}

function cacheOver(database: DatabaseSync, now: Date): MetadataCache {
  /** A cache that fails is a cache that has nothing. */
  function attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch {
      return undefined;
    }
  }
  const used = seconds(now);
  const select = database.prepare(
    "select content, validators, checked, used from answer where registry = ? and name = ? and kind = ?",
  );
  const touch = database.prepare("update answer set used = ? where registry = ? and name = ? and kind = ?");
  const insert = database.prepare("insert or replace into answer values (?, ?, ?, ?, ?, ?, ?)");
  return {
    answer: ({ registry, name, kind }) =>
      attempt(() => {
        const row = select.get(registry, name, kind);
        if (row === undefined) return undefined;
        // By the day: to forget in months it need not be written at every look.
        if (Number(row.used) < used - DAY_SECONDS) touch.run(used, registry, name, kind);
        return {
          content: JSON.parse(zstdDecompressSync(row.content as Uint8Array).toString("utf8")) as unknown,
          validators: JSON.parse(String(row.validators)) as Record<string, string>,
          checkedAt: new Date(Number(row.checked) * 1000),
        };
      }),
    store: ({ registry, name, kind }, { content, validators, checkedAt }) => {
      attempt(() =>
        insert.run(
          registry,
          name,
          kind,
          zstdCompressSync(Buffer.from(JSON.stringify(content))),
          JSON.stringify(validators),
          seconds(checkedAt),
          used,
        ),
      );
    },
    close: () => attempt(() => database.close()),
  };
}
