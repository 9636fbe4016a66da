/** How much there is, and what goes when nobody asks for it any more. */
import { sql } from "kysely";
import { asked, type Database, LONG_MILLISECONDS } from "./database.ts";
import type { JobQueue, Retention, StoreCounts } from "./model.ts";

/** Rows of a statement, so that none holds locks for long. */
const ROWS = 5_000;
const DAY_MILLISECONDS = 86_400_000;

export async function countStore(database: Database, jobs: JobQueue): Promise<StoreCounts> {
  const queue = await jobs.counts();
  return asked(
    database,
    async (kysely) => {
      const { rows } = await sql<Omit<StoreCounts, "jobs" | "oldestDue"> & { readonly oldest: Date | null }>`
        select
          count(*) filter (where is_there)::int as images,
          count(*) filter (where is_there and scan.image_id is not null)::int as scanned,
          count(*) filter (where is_there and scan.failing > 0)::int as failing,
          count(*) filter (where is_there and scan.unknown > 0)::int as unknown,
          count(*) filter (where gone_at is not null)::int as gone,
          (select count(*)::int from claim) as claims,
          (select count(*)::int from audit) as audit,
          (select min(not_before) from job where failed_at is null and not_before <= clock_timestamp()
            and (worker is null or leased_until < clock_timestamp())) as oldest
        from image left join scan on scan.image_id = image.id`.execute(kysely);
      const [row] = rows;
      if (row === undefined) throw new Error("an aggregate has one row");
      const { oldest, ...counts } = row;
      return { ...counts, jobs: queue, ...(oldest === null ? {} : { oldestDue: oldest }) };
    },
    LONG_MILLISECONDS,
  );
}

export async function retain(
  database: Database,
  { now, auditDays, goneDays, failedDays, runningDays }: Retention,
): Promise<void> {
  const before = (days: number): Date => new Date(now.getTime() - days * DAY_MILLISECONDS);
  const old = [
    sql`delete from audit where id in (select id from audit where at < ${before(auditDays)}::timestamptz limit ${ROWS})`,
    sql`delete from image where id in (
      select id from image where not is_there and gone_at < ${before(goneDays)}::timestamptz
      limit ${ROWS} for update skip locked)`,
    sql`delete from job where id in (
      select id from job where failed_at < ${before(failedDays)}::timestamptz limit ${ROWS} for update skip locked)`,
    sql`delete from running where (digest, scope) in (
      select digest, scope from running where seen_at < ${before(runningDays)}::timestamptz
      limit ${ROWS} for update skip locked)`,
  ];
  for (const statement of old) {
    for (;;) {
      const { numAffectedRows = 0n } = await asked(database, (kysely) => statement.execute(kysely), LONG_MILLISECONDS);
      if (numAffectedRows < BigInt(ROWS)) break;
    }
  }
}
