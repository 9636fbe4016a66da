/** From whatever schema a database has to ours: forward only, one replica at a time, in one transaction. */
import { type Kysely, sql } from "kysely";
import { Problem } from "../core/problem.ts";
import type { Tables } from "./tables.ts";

export interface Migration {
  /** From 1 without gaps. */
  readonly number: number;
  readonly name: string;
  /**
   * What a program must know to work with a database that has this: a replica of the release before runs beside the new ones while
   * they are replaced, so this is lower than the number wherever that one still can.
   */
  readonly oldest: number;
  readonly statements: readonly string[];
}

/** Any number that nothing else of the database takes; "bulk" in ASCII. */
const LOCK = 0x62756c6b;

/**
 * @param place - of the database, for the Problem
 * @returns how many were run
 */
export async function migrate(
  kysely: Kysely<Tables>,
  migrations: readonly Migration[],
  place: string,
): Promise<number> {
  return kysely.transaction().execute(async (transaction) => {
    await sql`select set_config('statement_timeout', '0', true), set_config('lock_timeout', '60s', true)`.execute(
      transaction,
    );
    // All replicas start at once; whoever comes second finds the work done.
    await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(transaction);
    await sql`create table if not exists migration (
      number integer primary key,
      name text not null,
      oldest integer not null,
      applied_at timestamptz not null default now()
    )`.execute(transaction);
    const applied = await transaction.selectFrom("migration").select(["number", "oldest"]).execute();
    const ours = migrations.at(-1)?.number ?? 0;
    const needed = Math.max(0, ...applied.map(({ oldest }) => oldest));
    if (needed > ours) throw newerSchema(place, needed, ours);
    const has = new Set(applied.map(({ number }) => number));
    const missing = migrations.filter(({ number }) => !has.has(number));
    for (const { number, name, oldest, statements } of missing) {
      for (const statement of statements) await sql.raw(statement).execute(transaction);
      await transaction.insertInto("migration").values({ number, name, oldest }).execute();
    }
    return missing.length;
  });
}

function newerSchema(place: string, needed: number, ours: number): Problem {
  return new Problem({
    kind: "usage",
    code: "store.newer-schema",
    place,
    cause: `the database has a schema that needs version ${needed}, and this program knows ${ours}`,
    remedy: "run the release that wrote it, or a newer one",
  });
}
