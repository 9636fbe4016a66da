/** kysely over a few connections, each of which is one statement's or one transaction's at a time. */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";
import type { Client } from "./postgres-client.ts";

export interface Pool {
  acquire(): Promise<Client>;
  /** One that is not open any more makes room for another. */
  release(client: Client): void;
  close(): void;
}

/** @param open - of a connection; it connects with its first statement */
export function clientPool(open: () => Client, max: number): Pool {
  const idle: Client[] = [];
  const all = new Set<Client>();
  const waiting: ((client: Client) => void)[] = [];
  const opened = (): Client => {
    const client = open();
    all.add(client);
    return client;
  };
  return {
    acquire: async () => {
      for (let client = idle.pop(); client !== undefined; client = idle.pop()) {
        if (client.isOpen) return client;
        all.delete(client);
      }
      if (all.size < max) return opened();
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    release: (client) => {
      if (!client.isOpen) all.delete(client);
      const next = waiting.shift();
      if (next !== undefined) next(client.isOpen ? client : opened());
      else if (client.isOpen) idle.push(client);
    },
    close: () => {
      for (const client of all) client.end();
      all.clear();
    },
  };
}

export function postgresDialect(pool: Pool): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => driver(pool),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

interface PooledConnection extends DatabaseConnection {
  readonly client: Client;
}

function driver(pool: Pool): Driver {
  const clientOf = (connection: DatabaseConnection): Client => (connection as PooledConnection).client;
  return {
    init: async () => {},
    acquireConnection: async () => connectionOver(await pool.acquire()),
    releaseConnection: async (connection) => pool.release(clientOf(connection)),
    beginTransaction: async (connection) => {
      await clientOf(connection).query("begin");
    },
    commitTransaction: async (connection) => {
      await clientOf(connection).query("commit");
    },
    rollbackTransaction: async (connection) => {
      // What made it necessary is told; with the connection the transaction ends as well.
      await clientOf(connection)
        .query("rollback")
        .catch(() => clientOf(connection).end());
    },
    destroy: async () => pool.close(),
  };
}

function connectionOver(client: Client): PooledConnection {
  return {
    client,
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      const { rows, command, count } = await client.query(sql, parameters);
      const isWritten = /^(?:INSERT|UPDATE|DELETE|MERGE)$/.test(command);
      return { rows: rows as R[], ...(isWritten ? { numAffectedRows: BigInt(count) } : {}) };
    },
    // biome-ignore lint/correctness/useYield: nothing streams
    async *streamQuery() {
      throw new Error("nothing is streamed");
    },
  };
}
