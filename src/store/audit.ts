/** The audit log: written behind the decisions, in batches. */
import { sql } from "kysely";
import { readClock } from "../core/clock.ts";
import { parseJson } from "../core/parse-json.ts";
import { asked, type Database, LONG_MILLISECONDS } from "./database.ts";
import type { AuditLog, StoredAuditEntry } from "./model.ts";

const FLUSH_MILLISECONDS = 500;
/** While the database does not answer: about a minute of a busy guard. */
const MAX_WAITING = 20_000;
/** Of one entry as JSON; what is longer is cut to what tells what it was about. */
const MAX_ENTRY_CHARACTERS = 16_384;
const ROWS = 1_000;
const LARGEST_PAGE = 10_000;

interface Entry {
  readonly at: Date;
  readonly text: string;
}

export interface ClosableAuditLog extends AuditLog {
  /** The last try to write what waits. */
  close(): Promise<void>;
}

export function auditLog(database: Database, now: () => Date = () => readClock()): ClosableAuditLog {
  let waiting: Entry[] = [];
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const later = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      // It is tried again with the next ones; the guard's own log has what failed.
      flush().catch(() => later());
    }, FLUSH_MILLISECONDS).unref();
  };
  const flush = (): Promise<void> => {
    const before = writing;
    writing = before.catch(() => {}).then(writeAll);
    return writing;
  };
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const some = waiting.slice(0, ROWS);
      await insert(database, some);
      // Meanwhile the oldest may have been given up.
      const written = new Set(some);
      waiting = waiting.filter((entry) => !written.has(entry));
    }
  };
  return {
    write: (entry) => {
      waiting.push({ at: timeOf(entry) ?? now(), text: textOf(entry) });
      if (waiting.length > MAX_WAITING) {
        waiting.shift();
        lost++;
      }
      later();
    },
    flush,
    list: ({ before, limit }) =>
      asked(
        database,
        async (kysely) => {
          const { rows } = await sql<{ readonly id: string; readonly at: Date; readonly entry: string }>`
            select id::text as id, at, entry from audit
            where ${before === undefined ? sql`true` : sql`id < ${before}::bigint`}
            order by id desc limit ${Math.min(limit, LARGEST_PAGE)}::int`.execute(kysely);
          return rows.map(
            ({ id, at, entry }): StoredAuditEntry => ({
              id,
              at,
              entry: parseJson(entry) as StoredAuditEntry["entry"],
            }),
          );
        },
        LONG_MILLISECONDS,
      ),
    get lost() {
      return lost;
    },
    close: async () => {
      clearTimeout(timer);
      timer = undefined;
      await flush();
      clearTimeout(timer);
    },
  };
}

async function insert(database: Database, entries: readonly Entry[]): Promise<void> {
  await asked(
    database,
    (kysely) =>
      sql`
        insert into audit (at, entry) select at::timestamptz, entry
        from unnest(${entries.map(({ at }) => at.toISOString())}::text[], ${entries.map(({ text }) => text)}::text[])
          with ordinality as given (at, entry, nth) order by nth`.execute(kysely),
    LONG_MILLISECONDS,
  );
}

function timeOf({ time }: Readonly<Record<string, unknown>>): Date | undefined {
  return time instanceof Date && !Number.isNaN(time.getTime()) ? time : undefined;
}

function textOf(entry: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(entry);
  if (text.length <= MAX_ENTRY_CHARACTERS) return text;
  const short = Object.entries(entry).map(([name, value]) => {
    const said = JSON.stringify(value) ?? "null";
    return [name, said.length <= 512 ? value : { cut: said.slice(0, 512) }];
  });
  const cut = JSON.stringify(Object.fromEntries(short));
  return cut.length <= MAX_ENTRY_CHARACTERS ? cut : JSON.stringify({ cut: text.slice(0, 512) });
}
