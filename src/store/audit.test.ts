import assert from "node:assert/strict";
import { test } from "node:test";
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from "kysely";
import { auditLog } from "./audit.ts";
import { announcements } from "./changes.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";

/** A database of which it is known what it was given, and that can be down. */
function recording() {
  const given: string[][] = [];
  const state = { isDown: false };
  const kysely = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (over) => new PostgresIntrospector(over),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => {
      if (state.isDown) throw Object.assign(new Error("refused"), { code: "ECONNREFUSED", syscall: "connect" });
      given.push(query.parameters[1] as string[]);
    },
  });
  const database: Database = {
    kysely,
    place: "a database",
    announcements: announcements(),
    asking: { count: 0 },
    hold: async () => undefined,
    close: async () => {},
  };
  return { database, given, state };
}

test("entries that wait while the database is down are bounded, and the newest are kept", async () => {
  const { database, given, state } = recording();
  const audit = auditLog(database);
  state.isDown = true;
  for (let n = 0; n < 20_010; n++) audit.write({ n });
  await assert.rejects(audit.flush(), { code: "store.unavailable" });
  assert.equal(audit.lost, 10);
  state.isDown = false;
  await audit.flush();
  const texts = given.flat();
  assert.deepEqual([texts.length, texts[0], texts.at(-1)], [20_000, '{"n":10}', '{"n":20009}']);
  await audit.close();
  assert.equal(given.flat().length, 20_000);
});

test("what is not flushed by anybody is written when the log is closed", async () => {
  const { database, given } = recording();
  const audit = auditLog(database);
  audit.write({ n: 1 });
  assert.deepEqual(given, []);
  await audit.close();
  assert.deepEqual(given, [['{"n":1}']]);
});

test("an entry that is longer than any is cut to what tells what it was about", async () => {
  const { database, given } = recording();
  const audit = auditLog(database);
  audit.write({ operation: "pull", agent: "a".repeat(100_000) });
  audit.write(Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`field${n}`, n])));
  await audit.close();
  const [long, wide] = given.flat() as [string, string];
  assert.deepEqual(Object.keys(JSON.parse(long)), ["operation", "agent"]);
  assert.ok(long.length < 1_000 && wide.length < 1_000);
});
