/**
 * One connection to a PostgreSQL, by postgres.js. A connection that was lost is never used again: the driver's own way back writes
 * to a socket that is no more, which ends the process, so who needs another connection makes another client.
 */
import postgres, { type Sql } from "postgres";
import { Problem } from "../core/problem.ts";
import type { DatabaseAddress } from "./database-url.ts";
import { timedOut } from "./failures.ts";

const CONNECT_SECONDS = 5;
/** Of one statement, as the server counts. */
const STATEMENT_MILLISECONDS = 30_000;
/** As we count: a server that does not keep to its own limit is not there any more. */
const SILENCE_MILLISECONDS = STATEMENT_MILLISECONDS + 5_000;
const LOCK_MILLISECONDS = 10_000;

/** Kinds of arrays that statements are given, by PostgreSQL's numbers for them; none is answered. */
const ARRAYS = { text: 1009, int: 1007 } as const;
const arrays = Object.fromEntries(
  Object.entries(ARRAYS).map(([name, to]) => [name, { to, from: [], serialize: arrayLiteral, parse: String }]),
);

/** As PostgreSQL reads it, 8.15.2. */
function arrayLiteral(items: readonly (string | number | null)[]): string {
  const texts = items.map((item) => (item === null ? "NULL" : `"${String(item).replace(/["\\]/g, "\\$&")}"`));
  return `{${texts.join(",")}}`;
}

export interface Client {
  /** False: it was lost or ended. */
  readonly isOpen: boolean;
  /** One at a time. The first one connects. */
  query(text: string, parameters?: readonly unknown[], milliseconds?: number): Promise<Answer>;
  /** At once, whatever is going on. */
  end(): void;
}

export interface Answer {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** `INSERT`, `SELECT`… */
  readonly command: string;
  readonly count: number;
}

export interface ClientEvents {
  readonly notified?: (payload: string) => void;
  /** Once, where it was not ended. */
  readonly lost?: () => void;
}

export function openClient(address: DatabaseAddress, { notified, lost }: ClientEvents = {}): Client {
  let isOpen = true;
  let isConnected = false;
  const { host, port, database, user, password, tls, place } = address;
  const options = {
    // All that the driver would otherwise take from the environment is said.
    ...(host.startsWith("/") ? { host: "localhost", path: `${host}/.s.PGSQL.${port}` } : { host }),
    ...{ port, database, user, password },
    ssl: tls === false ? false : tlsOptions(host, tls),
    sslnegotiation: null,
    target_session_attrs: "read-write",
    max: 1,
    max_lifetime: null,
    idle_timeout: null,
    connect_timeout: CONNECT_SECONDS,
    keep_alive: 30,
    backoff: () => 0,
    max_pipeline: 1,
    prepare: true,
    // The driver does not look after what becomes of that question: a connection that is lost with it would end the process.
    fetch_types: false,
    types: arrays,
    debug: false,
    onnotice: () => {},
    onnotify: (_: string, payload: string) => notified?.(payload),
    onclose: () => lose(),
    connection: {
      application_name: "bulkhead",
      statement_timeout: STATEMENT_MILLISECONDS,
      lock_timeout: LOCK_MILLISECONDS,
      idle_in_transaction_session_timeout: STATEMENT_MILLISECONDS,
    },
  };
  const sql = postgres(options as unknown as postgres.Options<Record<string, never>>) as Sql;
  const end = (): void => {
    isOpen = false;
    sql.end({ timeout: 0 }).catch(() => {});
  };
  const lose = (): void => {
    if (!isOpen) return;
    end();
    lost?.();
  };
  return {
    get isOpen() {
      return isOpen;
    },
    query: async (text, parameters = [], milliseconds = SILENCE_MILLISECONDS) => {
      if (!isOpen) throw connectionLost(place);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(timedOut(place, milliseconds)), milliseconds);
      });
      try {
        const result = await Promise.race([sql.unsafe(text, [...parameters] as never[], { prepare: true }), late]);
        isConnected = true;
        return { rows: [...result], command: result.command, count: result.count };
      } catch (error) {
        // Between a socket's error and its end the driver takes statements that nobody answers.
        if (!isOfStatement(error)) lose();
        throw tls === false || isConnected ? error : withoutTls(error, place);
      } finally {
        clearTimeout(timer);
      }
    },
    end,
  };
}

export function connectionLost(place: string): Problem {
  return new Problem({ kind: "unavailable", code: "store.unavailable", place, cause: "the connection was lost" });
}

/** One that knows no TLS says so with a letter, after which the driver talks on as if it did. */
function withoutTls(error: unknown, place: string): unknown {
  if (!(error instanceof Error && "code" in error && /^(?:ECONNRESET|EPROTO|ERR_SSL_.*)$/.test(String(error.code)))) {
    return error;
  }
  const cause = "the connection ended before TLS was agreed on";
  const remedy = "set up TLS in PostgreSQL, or write sslmode=disable into the URL where nobody else is on the way";
  return new Problem({ kind: "unavailable", code: "store.unavailable", place, cause, remedy }, { cause: error });
}

/** The server refused the statement, and waits for the next. */
function isOfStatement(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.severity === "ERROR";
}

/** With a socket that is given, an address would be held against certificates of `localhost` unless it is said. */
function tlsOptions(host: string, { ca, isVerified }: Exclude<DatabaseAddress["tls"], false>): object {
  return { rejectUnauthorized: isVerified, host, ...(ca === undefined ? {} : { ca }) };
}
