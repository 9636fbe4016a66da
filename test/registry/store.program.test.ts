import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { keepsWhatItIsGiven } from "../../src/store/contract.fixture.ts";
import type { Database } from "../../src/store/database.ts";
import type { Store } from "../../src/store/model.ts";
import { openDatabase, openStore, storeOver } from "../../src/store/open.ts";
import { passFor } from "../../src/store/pass.fixture.ts";
import { queuesJobs } from "../../src/store/queue.fixture.ts";
import { tidiesUp } from "../../src/store/upkeep.fixture.ts";
import { findPostgres, type Postgres, startPostgres } from "./postgres.ts";

const programs = findPostgres();

describe("the store over PostgreSQL", { skip: programs === undefined && "PostgreSQL is not installed" }, () => {
  let postgres: Postgres;
  const stores: Store[] = [];
  const opened = async (url = postgres.url): Promise<Store> => {
    const store = await openStore({ url });
    stores.push(store);
    return store;
  };
  let database: Promise<Database> | undefined;
  before(async () => {
    postgres = await startPostgres(programs ?? "");
  });
  after(async () => {
    for (const store of stores) await store.close().catch(() => {});
    await postgres.stop();
  });

  queuesJobs(
    async () => {
      database = openDatabase({ url: postgres.url });
      const store = storeOver(await database);
      stores.push(store);
      return store;
    },
    async (milliseconds) => {
      if (database !== undefined) await passFor(await database, milliseconds);
    },
  );
  keepsWhatItIsGiven(() => opened());
  tidiesUp(() => database as Promise<Database>);

  test("over loopback with a password, and another replica sees what the first wrote", async () => {
    const other = await opened(postgres.loopbackUrl);
    assert.ok((await other.counts()).images > 0);
  });
});
