/** PGlite in a folder, to try it without a server: one process at a time. */
import { join } from "node:path";
import { Kysely, PGliteDialect } from "kysely";
import { Problem } from "../core/problem.ts";
import { makeFolders } from "../engines/files/folders.ts";
import { lockFolder } from "../engines/files/lock.ts";
import { announcements } from "./changes.ts";
import type { Database } from "./database.ts";
import { storeProblem } from "./failures.ts";
import type { Tables } from "./tables.ts";

/**
 * @param folder - made where it is not there, for its owner alone
 * @throws {Problem} `store.locked`: another process has it; `store.no-embedded`: PGlite is not installed
 */
export async function embeddedDatabase(folder: string): Promise<Database> {
  let lock: Disposable | undefined;
  try {
    makeFolders(folder, 0o700);
    lock = lockFolder(folder);
  } catch (error) {
    throw storeProblem(error, folder);
  }
  if (lock === undefined) throw locked(folder);
  try {
    const { PGlite } = await import("@electric-sql/pglite").catch((error: unknown) => {
      throw notInstalled(folder, error);
    });
    const data = join(folder, "data");
    const pglite = await PGlite.create({ dataDir: data }).catch((error: unknown) => {
      throw unreadable(data, error);
    });
    return database(folder, new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) }), lock);
  } catch (error) {
    lock[Symbol.dispose]();
    throw storeProblem(error, folder);
  }
}

function database(folder: string, kysely: Kysely<Tables>, lock: Disposable): Database {
  const held = new Set<string>();
  return {
    kysely,
    place: folder,
    announcements: announcements(),
    asking: { count: 0 },
    // No other process is there to hold anything.
    hold: async (name) => {
      if (held.has(name)) return undefined;
      held.add(name);
      return async () => void held.delete(name);
    },
    close: async () => {
      try {
        await kysely.destroy();
      } finally {
        lock[Symbol.dispose]();
      }
    },
  };
}

function locked(folder: string): Problem {
  return new Problem({
    kind: "usage",
    code: "store.locked",
    place: folder,
    cause: "another process has the database open",
    remedy: "end that process, or give both a PostgreSQL with --database-url-file FILE",
  });
}

/** What PostgreSQL says when it does not start is lost in WebAssembly. */
function unreadable(data: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return new Problem(
    {
      kind: "unavailable",
      code: "store.failed",
      place: data,
      cause: `PGlite does not open it: ${error.message}`,
      remedy: "it may be of another version, or damaged: move it away to begin anew",
    },
    { cause: error },
  );
}

function notInstalled(folder: string, error: unknown): Problem {
  return new Problem(
    {
      kind: "usage",
      code: "store.no-embedded",
      place: folder,
      cause: "PGlite, the embedded database, is not installed",
      remedy: "install @electric-sql/pglite beside bulkhead, or give a PostgreSQL with --database-url-file FILE",
    },
    { cause: error },
  );
}
