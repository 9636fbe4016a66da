/** What the scan cache forgets: what nobody asked for in months, and beyond its size what was asked for longest ago. */
import type { DatabaseSync } from "node:sqlite";

export interface CacheLimits {
  /** Days since an entry was last used. */
  readonly days: number;
  /** Of the file. */
  readonly bytes: number;
}

/** Some thousand images; whoever wants another size prunes to it (`bulkhead cache prune`). */
export const cacheLimits: CacheLimits = { days: 90, bytes: 1024 ** 3 };

export interface Pruned {
  readonly entries: number;
  /** By how much the file is smaller. */
  readonly bytes: number;
}

/** So far below the limit that this is no work of every run: four fifths. */
const LEFT = 0.8;
const DAY_SECONDS = 24 * 60 * 60;

/** Tables, and the column that is large where there is one. */
const tables = { layer: "scan", image: "inventory", secrets: "found", verified: undefined, stamp: undefined } as const;

/**
 * One transaction, so that another process sees all of it or nothing; it throws where that one holds the file too long.
 *
 * @param now - seconds since 1970
 */
export function pruneCache(database: DatabaseSync, now: number, { days, bytes }: CacheLimits): Pruned {
  const before = fileBytes(database);
  let entries = 0;
  database.exec("begin immediate");
  try {
    const oldest = now - days * DAY_SECONDS;
    for (const table of Object.keys(tables)) {
      entries += Number(database.prepare(`delete from ${table} where used < ?`).run(oldest).changes);
    }
    const over = usedBytes(database) - bytes;
    if (over > 0) entries += forgetOldest(database, over + bytes * (1 - LEFT));
    database.prepare("delete from upkeep").run();
    database.prepare("insert into upkeep values (?)").run(now);
    database.exec("commit");
  } catch (error) {
    database.exec("rollback");
    throw error;
  }
  database.exec("pragma incremental_vacuum");
  database.exec("pragma wal_checkpoint(truncate)");
  return { entries, bytes: Math.max(0, before - fileBytes(database)) };
}

/** At the end of a run that stored something: by size where there is too much, by age once a day. */
export function keepWithin(database: DatabaseSync, now: number, limits: CacheLimits = cacheLimits): void {
  const last = Number(database.prepare("select max(at) as at from upkeep").get()?.at ?? 0);
  if (usedBytes(database) > limits.bytes || last < now - DAY_SECONDS) pruneCache(database, now, limits);
}

/** The entries that were used longest ago, as many as come to these bytes. Returns how many they were. */
function forgetOldest(database: DatabaseSync, bytes: number): number {
  const large = Object.entries(tables).flatMap(([table, column]) => (column === undefined ? [] : [{ table, column }]));
  const sizes = large.map(({ table, column }) => `select used, length(${column}) as size from ${table}`);
  let sum = 0;
  let until = 0;
  for (const row of database.prepare(`${sizes.join(" union all ")} order by used`).iterate()) {
    if (sum >= bytes && Number(row.used) > until) break;
    sum += Number(row.size);
    until = Number(row.used);
  }
  let entries = 0;
  for (const { table } of large) {
    entries += Number(database.prepare(`delete from ${table} where used <= ?`).run(until).changes);
  }
  return entries;
}

function usedBytes(database: DatabaseSync): number {
  return (pragma(database, "page_count") - pragma(database, "freelist_count")) * pragma(database, "page_size");
}

function fileBytes(database: DatabaseSync): number {
  return pragma(database, "page_count") * pragma(database, "page_size");
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0]);
}
