/**
 * What registries answered, in one SQLite file of the user's cache: what was read of each answer, with the registry's validators and
 * when it last was current. As the scan cache it saves work and decides nothing: one that is missing, locked, of another
 * version or broken costs time and no more.
 *
 * Table `answer(registry, name, kind, content, validators, checked, used)`: `content` is zstd-compressed JSON, `checked` and
 * `used` are seconds since 1970.
 */
import type { DatabaseSync } from "node:sqlite";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { readClock } from "../../core/clock.ts";
import { parseJson } from "../../core/parse-json.ts";
import { attempt, type CacheForm, clearCacheFile, openCacheFile } from "../cache-file.ts";
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

const FORM: CacheForm = {
  name: "the cache of package metadata",
  // "BHpk" in ASCII.
  applicationId: 0x4248706b,
  version: 1,
  tables: `
  create table answer (
    registry text, name text, kind text, content blob, validators text, checked integer, used integer,
    primary key (registry, name, kind)
  ) without rowid;
`,
};

/**
 * Opens or makes the cache; undefined where it cannot be used.
 *
 * @throws Problem (usage) `files.link` where a link is in its place
 */
export function openMetadataCache(path: string, now: Date = readClock()): MetadataCache | undefined {
  const database = openCacheFile(path, FORM);
  if (database === undefined) return undefined;
  return attempt(() => {
    forgetOld(database, now);
    return cacheOver(database, now);
  });
}

export const clearMetadataCache = clearCacheFile;

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
          content: parseJson(zstdDecompressSync(row.content as Uint8Array).toString("utf8")) as unknown,
          validators: parseJson(String(row.validators)) as Record<string, string>,
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
