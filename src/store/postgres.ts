import { randomUUID } from "node:crypto";
import { Kysely, sql } from "kysely";
import postgres, { type Sql } from "postgres";
import { announcements } from "./changes.ts";
import type { Database } from "./database.ts";
import type { DatabaseAddress } from "./database-url.ts";
import { storeProblem } from "./failures.ts";
import { postgresDialect } from "./postgres-dialect.ts";
import { CHANNEL, openSession, payloadOf, type SessionEvents } from "./postgres-session.ts";
import type { Tables } from "./tables.ts";

/** Of the pool; one more listens. */
export const DEFAULT_CONNECTIONS = 8;
const CONNECT_SECONDS = 5;
/** Of one statement, as the server counts. */
const STATEMENT_MILLISECONDS = 30_000;
const LOCK_MILLISECONDS = 10_000;

/** @throws {Problem} `store.*` */
export async function postgresDatabase(
  address: DatabaseAddress,
  { connections = DEFAULT_CONNECTIONS }: { readonly connections?: number } = {},
): Promise<Database> {
  const own = randomUUID();
  const told = announcements();
  const { place } = address;
  const pool = connect(address, connections);
  try {
    const session = await openSession((events) => connect(address, 1, events), { place, own, announcements: told });
    return {
      kysely: new Kysely<Tables>({ dialect: postgresDialect(pool) }),
      place,
      announcements: told,
      asking: { count: 0 },
      announce: async (transaction, changes) => {
        const payloads = changes.map((change) => payloadOf(change, own));
        await sql`select pg_notify(${CHANNEL}, payload) from unnest(${payloads}::text[]) as told (payload)`.execute(
          transaction,
        );
      },
      hold: session.hold,
      close: async () => {
        await session.close();
        await pool.end({ timeout: 5 });
      },
    };
  } catch (error) {
    await pool.end({ timeout: 0 });
    throw storeProblem(error, place);
  }
}

function connect(address: DatabaseAddress, max: number, events?: SessionEvents): Sql {
  const { host, port, database, user, password, tls } = address;
  const options = {
    // All that the driver would otherwise take from the environment is said.
    ...(host.startsWith("/") ? { host: "localhost", path: `${host}/.s.PGSQL.${port}` } : { host }),
    ...{ port, database, user, password, max },
    ssl: tls === false ? false : tlsOptions(host, tls),
    connect_timeout: CONNECT_SECONDS,
    idle_timeout: events === undefined ? 300 : 0,
    // The one that listens stays.
    max_lifetime: events === undefined ? 3_600 : null,
    keep_alive: 30,
    backoff: (tries: number) => Math.min(0.05 * 2 ** tries, 1),
    prepare: true,
    fetch_types: true,
    debug: false,
    target_session_attrs: "read-write" as const,
    onnotice: () => {},
    connection: {
      application_name: "bulkhead",
      statement_timeout: STATEMENT_MILLISECONDS,
      lock_timeout: LOCK_MILLISECONDS,
      idle_in_transaction_session_timeout: STATEMENT_MILLISECONDS,
    },
    ...events,
  };
  return postgres(options as postgres.Options<Record<string, never>>) as Sql;
}

function tlsOptions(host: string, { ca, isVerified }: Exclude<DatabaseAddress["tls"], false>): object {
  return {
    rejectUnauthorized: isVerified,
    ...(ca === undefined ? {} : { ca }),
    ...(/[^\d.:a-f]/.test(host) ? { servername: host } : {}),
  };
}
