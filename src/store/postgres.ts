import { randomUUID } from "node:crypto";
import { Kysely, sql } from "kysely";
import { announcements } from "./changes.ts";
import type { Database } from "./database.ts";
import type { DatabaseAddress } from "./database-url.ts";
import { storeProblem } from "./failures.ts";
import { openClient } from "./postgres-client.ts";
import { clientPool, postgresDialect } from "./postgres-dialect.ts";
import { CHANNEL, openSession, payloadOf } from "./postgres-session.ts";
import type { Tables } from "./tables.ts";

/** At once; one more listens. */
const DEFAULT_CONNECTIONS = 8;

/** @throws {Problem} `store.*` */
export async function postgresDatabase(
  address: DatabaseAddress,
  { connections = DEFAULT_CONNECTIONS }: { readonly connections?: number } = {},
): Promise<Database> {
  const own = randomUUID();
  const told = announcements();
  const { place } = address;
  const session = await openSession((events) => openClient(address, events), { place, own, announcements: told }).catch(
    (error: unknown) => {
      throw storeProblem(error, place);
    },
  );
  const kysely = new Kysely<Tables>({ dialect: postgresDialect(clientPool(() => openClient(address), connections)) });
  return {
    kysely,
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
      session.close();
      await kysely.destroy();
    },
  };
}
