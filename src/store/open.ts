import { auditLog } from "./audit.ts";
import { ANSWER_MILLISECONDS, asked, type Database } from "./database.ts";
import { parseDatabaseUrl } from "./database-url.ts";
import { storeProblem } from "./failures.ts";
import { imageStore } from "./images.ts";
import { jobQueue } from "./jobs.ts";
import { storeLocks } from "./locks.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations/index.ts";
import type { Store } from "./model.ts";
import { countStore, retain } from "./upkeep.ts";

/** Where the store is. */
export type StorePlace =
  /** Of a PostgreSQL; how many connections it is asked over at most, beside the one that listens. */
  | { readonly url: string; readonly connections?: number }
  /** Of an embedded database: one process at a time. */
  | { readonly folder: string };

/**
 * Opens it, and makes or renews its tables.
 *
 * @throws {Problem} `store.*`
 */
export async function openStore(place: StorePlace): Promise<Store> {
  return storeOver(await openDatabase(place));
}

/** With its tables. */
export async function openDatabase(place: StorePlace): Promise<Database> {
  const database = await opened(place);
  try {
    await migrate(database.kysely, migrations, database.place);
    return database;
  } catch (error) {
    await database.close().catch(() => {});
    throw storeProblem(error, database.place);
  }
}

/** What is not used is not loaded. */
async function opened(place: StorePlace): Promise<Database> {
  if ("folder" in place) return (await import("./embedded.ts")).embeddedDatabase(place.folder);
  const address = parseDatabaseUrl(place.url);
  return (await import("./postgres.ts")).postgresDatabase(address, place);
}

export function storeOver(database: Database): Store {
  const audit = auditLog(database);
  const jobs = jobQueue(database);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    try {
      await audit.close();
    } finally {
      await database.close();
    }
  };
  return {
    images: imageStore(database),
    jobs,
    locks: storeLocks(database),
    audit,
    changes: database.announcements,
    ping: async () => {
      await asked(
        database,
        (kysely) => kysely.selectFrom("migration").select("number").limit(1).execute(),
        ANSWER_MILLISECONDS,
      );
    },
    counts: () => countStore(database, jobs),
    retain: (rules) => retain(database, rules),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
