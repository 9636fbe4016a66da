/** The queue: a table, with a lease for each job that is being done. Times are the database's, so that replicas' clocks do not matter. */
import { sql, type Transaction } from "kysely";
import { parseJson } from "../core/parse-json.ts";
import { asked, type Database, LONG_MILLISECONDS, written } from "./database.ts";
import type { Job, JobQueue } from "./model.ts";
import { MAX_ATTEMPTS, pauseSeconds } from "./queue-bounds.ts";
import { storable } from "./scan-rows.ts";
import type { Tables } from "./tables.ts";

const LARGEST_REASON = 2_000;
const JOBS_AT_ONCE = 1_000;

export function jobQueue(database: Database): JobQueue {
  return {
    add: (jobs) => add(database, jobs),
    take: (worker, limit, leaseMilliseconds) =>
      asked(
        database,
        async (kysely) => {
          await giveUpAbandoned(database);
          const { rows } = await sql<JobRow>`
            update job set worker = ${worker}, attempts = attempts + 1,
              leased_until = clock_timestamp() + ${leaseMilliseconds}::int * interval '1 millisecond'
            where id in (
              select id from job due
              where failed_at is null and not_before <= clock_timestamp()
                and (worker is null or leased_until < clock_timestamp())
                and (worker is not null or not exists (
                  select 1 from job taken
                  where taken.key = due.key and taken.worker is not null and taken.failed_at is null
                ))
              order by priority desc, not_before, id limit ${Math.min(limit, JOBS_AT_ONCE)}::int
              for update skip locked
            )
            returning id::text as id, kind, about, attempts, priority, not_before`.execute(kysely);
          // What an update returns is in no order.
          return rows
            .sort((a, b) => b.priority - a.priority || +a.not_before - +b.not_before || Number(a.id) - Number(b.id))
            .map(jobOf);
        },
        LONG_MILLISECONDS,
      ),
    extend: (job, worker, leaseMilliseconds) =>
      asked(database, async (kysely) => {
        const { rows } = await sql`
          update job set leased_until = clock_timestamp() + ${leaseMilliseconds}::int * interval '1 millisecond'
          where id = ${job.id}::bigint and worker = ${worker} and failed_at is null returning 1 as held`.execute(
          kysely,
        );
        return rows.length > 0;
      }),
    done: (job, worker) =>
      asked(database, async (kysely) => {
        // What of the same key was given up has been done after all.
        const { rows } = await sql`
          with mine as (
            delete from job where id = ${job.id}::bigint and worker = ${worker} and failed_at is null returning key
          ), history as (
            delete from job where failed_at is not null and key in (select key from mine)
          )
          select 1 as done from mine`.execute(kysely);
        return rows.length > 0;
      }),
    failed: (job, worker, reason) => failed(database, job, worker, storable(reason).slice(0, LARGEST_REASON)),
    counts: () =>
      asked(database, async (kysely) => {
        const { rows } = await sql<{ waiting: number; leased: number; failed: number }>`
          select count(*) filter (where failed_at is not null)::int as failed,
            count(*) filter (where failed_at is null and leased_until > clock_timestamp())::int as leased,
            count(*) filter (where failed_at is null and (leased_until is null or leased_until <= clock_timestamp()))::int
              as waiting
          from job`.execute(kysely);
        return rows[0] ?? { waiting: 0, leased: 0, failed: 0 };
      }),
  };
}

interface JobRow {
  readonly id: string;
  readonly kind: string;
  readonly about: string;
  readonly attempts: number;
  readonly priority: number;
  readonly not_before: Date;
}

function jobOf({ id, kind, about, attempts }: JobRow): Job {
  return { id, kind: kind as Job["kind"], about: parseJson(about) as Job["about"], attempts };
}

async function add(database: Database, jobs: Parameters<JobQueue["add"]>[0]): Promise<void> {
  if (jobs.length === 0) return;
  const byKey = new Map<string, (typeof jobs)[number]>();
  for (const job of jobs) {
    const before = byKey.get(job.key);
    byKey.set(job.key, before === undefined ? job : merged(before, job));
  }
  // In one order, so that two replicas never wait for each other.
  const all = [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  await written(database, async (transaction, changes) => {
    for (let at = 0; at < all.length; at += JOBS_AT_ONCE) await insert(transaction, all.slice(at, at + JOBS_AT_ONCE));
    changes.push({ kind: "job" });
  });
}

async function insert(transaction: Transaction<Tables>, jobs: Parameters<JobQueue["add"]>[0]): Promise<void> {
  await sql`
    insert into job (key, kind, about, priority, not_before)
    select key, kind, about, priority, coalesce(nullif(not_before, '')::timestamptz, clock_timestamp())
    from unnest(
      ${jobs.map(({ key }) => key)}::text[], ${jobs.map(({ kind }) => kind)}::text[],
      ${jobs.map(({ about }) => JSON.stringify(about))}::text[], ${jobs.map(({ priority }) => priority ?? 0)}::int[],
      ${jobs.map(({ notBefore }) => notBefore?.toISOString() ?? "")}::text[]
    ) as given (key, kind, about, priority, not_before)
    on conflict (key) where worker is null and failed_at is null do update set
      kind = excluded.kind, about = excluded.about, priority = greatest(job.priority, excluded.priority),
      not_before = least(job.not_before, excluded.not_before)`.execute(transaction);
}

type Added = Parameters<JobQueue["add"]>[0][number];

/** As urgent as the more urgent one, about what the later one is about. */
function merged(a: Added, { notBefore, ...b }: Added): Added {
  const priority = Math.max(a.priority ?? 0, b.priority ?? 0);
  if (a.notBefore === undefined || notBefore === undefined) return { ...b, priority };
  return { ...b, priority, notBefore: a.notBefore < notBefore ? a.notBefore : notBefore };
}

/** Whoever did them ended each time before it could say that it failed. */
async function giveUpAbandoned(database: Database): Promise<void> {
  const abandoned = sql`worker is not null and failed_at is null and leased_until < clock_timestamp()
    and attempts >= ${MAX_ATTEMPTS}::int`;
  const { rows } = await sql`select 1 as one from job where ${abandoned} limit 1`.execute(database.kysely);
  if (rows.length === 0) return;
  await written(database, async (transaction) => {
    await sql`
      delete from job where failed_at is not null and key in (select key from job where ${abandoned})`.execute(
      transaction,
    );
    await sql`
      update job set failed_at = clock_timestamp(), worker = null, leased_until = null,
        reason = 'each worker that took it ended before it was done' where ${abandoned}`.execute(transaction);
  });
}

async function failed(database: Database, job: Job, worker: string, reason: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await giveBack(database, job, worker, reason);
    } catch (error) {
      // Another of its key came to wait between the question and the answer.
      if (tries === 3 || !isDuplicate(error)) throw error;
    }
  }
}

async function giveBack(database: Database, job: Job, worker: string, reason: string): Promise<void> {
  await written(database, async (transaction) => {
    const { rows } = await sql<{ readonly key: string; readonly attempts: number }>`
      select key, attempts from job where id = ${job.id}::bigint and worker = ${worker} and failed_at is null
      for update`.execute(transaction);
    const held = rows[0];
    if (held === undefined) return;
    const another = await sql`
      select 1 as one from job where key = ${held.key} and worker is null and failed_at is null`.execute(transaction);
    if (another.rows.length > 0) {
      // Added anew meanwhile: that one is done in its place.
      await sql`delete from job where id = ${job.id}::bigint`.execute(transaction);
    } else if (held.attempts >= MAX_ATTEMPTS) {
      await sql`delete from job where key = ${held.key} and failed_at is not null`.execute(transaction);
      await sql`
        update job set failed_at = clock_timestamp(), worker = null, leased_until = null, reason = ${reason}
        where id = ${job.id}::bigint`.execute(transaction);
    } else {
      await sql`
        update job set worker = null, leased_until = null, reason = ${reason},
          not_before = clock_timestamp() + ${pauseSeconds(held.attempts)}::int * interval '1 second'
        where id = ${job.id}::bigint`.execute(transaction);
    }
  });
}

function isDuplicate(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "23505";
}
