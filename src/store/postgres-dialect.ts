/**
 * kysely over postgres.js. Statements outside of transactions go to whichever connection is free, and a transaction that loses
 * its connection ends with an error, as the driver's own `begin` sees to it.
 */
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
import type { Sql, TransactionSql } from "postgres";

export function postgresDialect(sql: Sql): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => driver(sql),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
}

interface Transaction {
  readonly sql: TransactionSql;
  readonly commit: () => void;
  readonly rollBack: (reason: Error) => void;
  /** When the database has said how it ended. */
  readonly ended: Promise<unknown>;
}

interface PooledConnection extends DatabaseConnection {
  transaction: Transaction | undefined;
}

function driver(sql: Sql): Driver {
  return {
    init: async () => {},
    acquireConnection: async () => connectionOver(sql),
    releaseConnection: async () => {},
    beginTransaction: async (connection) => {
      (connection as PooledConnection).transaction = await begun(sql);
    },
    commitTransaction: async (connection) => {
      const { commit, ended } = taken(connection);
      commit();
      await ended;
    },
    rollbackTransaction: async (connection) => {
      const { rollBack, ended } = taken(connection);
      const reason = new Error("rolled back");
      rollBack(reason);
      await ended.catch(() => {});
    },
    destroy: () => sql.end({ timeout: 5 }),
  };
}

function taken(connection: DatabaseConnection): Transaction {
  const { transaction } = connection as PooledConnection;
  if (transaction === undefined) throw new Error("no transaction has begun");
  (connection as PooledConnection).transaction = undefined;
  return transaction;
}

function begun(sql: Sql): Promise<Transaction> {
  return new Promise((resolve, reject) => {
    const ended = sql.begin(
      (transaction) =>
        new Promise<void>((commit, rollBack) => {
          // `ended` is read when there is one: this is run once the server has answered.
          resolve({ sql: transaction, commit, rollBack, ended: Promise.resolve().then(() => ended) });
        }),
    );
    ended.catch(reject);
  });
}

function connectionOver(sql: Sql): PooledConnection {
  return {
    transaction: undefined,
    async executeQuery<R>(this: PooledConnection, query: CompiledQuery): Promise<QueryResult<R>> {
      const over = this.transaction?.sql ?? sql;
      const result = await over.unsafe(query.sql, [...query.parameters] as never[], { prepare: true });
      const isWritten = /^(INSERT|UPDATE|DELETE|MERGE)$/.test(result.command);
      return {
        ...(isWritten ? { numAffectedRows: BigInt(result.count) } : {}),
        rows: [...result] as R[],
      };
    },
    // biome-ignore lint/correctness/useYield: nothing streams
    async *streamQuery() {
      throw new Error("nothing is streamed");
    },
  };
}
