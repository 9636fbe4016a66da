import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { readClock } from "../../src/core/clock.ts";
import { until } from "../../src/core/until.fixture.ts";
import { digestOf, imageOf } from "../../src/store/image.fixture.ts";
import type { Change, Store } from "../../src/store/model.ts";
import { openStore } from "../../src/store/open.ts";
import { findPostgres, type Postgres, startPostgres } from "./postgres.ts";

const programs = findPostgres();

describe("replicas over one PostgreSQL", { skip: programs === undefined && "PostgreSQL is not installed" }, () => {
  let postgres: Postgres;
  const stores: Store[] = [];
  const opened = async (url = postgres.url): Promise<Store> => {
    const store = await openStore({ url });
    stores.push(store);
    return store;
  };
  before(async () => {
    postgres = await startPostgres(programs ?? "");
  });
  after(async () => {
    await Promise.all(stores.map((store) => store.close().catch(() => {})));
    await postgres.stop();
  });

  test("all start at once on an empty database, and its tables are made once", async () => {
    const all = await Promise.all([opened(), opened(), opened(), opened()]);
    for (const store of all) await store.ping();
    assert.equal((await postgres.psql("select count(*) from migration where number = 1")).trim(), "1");
  });

  test("a schema that this release does not know is worked with where it may be, and refused where not", async () => {
    await postgres.psql("insert into migration (number, name, oldest) values (9000, 'of a release to come', 1)");
    await (await opened()).ping();
    await postgres.psql("update migration set oldest = 9000 where number = 9000");
    await assert.rejects(opened(), { code: "store.newer-schema", kind: "usage" });
    await postgres.psql("delete from migration where number = 9000");
  });

  test("what one writes the other is told", async () => {
    const [one, two] = [await opened(), await opened()];
    const image = imageOf("shop/told", "a");
    const heard = listening(two);
    await one.images.save(image);
    const told = { kind: "image", key: { repository: "shop/told", digest: digestOf("a") } };
    assert.deepEqual(await heard.until(1, "image"), [told]);
    assert.deepEqual(await two.images.get(image), image);
  });

  test("what one holds the other cannot, until the first's process or connection ends", async () => {
    const [one, two] = [await opened(), await opened()];
    let isLost = false;
    const end = await one.locks.tryHold("index", () => {
      isLost = true;
    });
    assert.ok(end !== undefined);
    assert.equal(await two.locks.tryHold("index"), undefined);
    const heard = listening(one);
    await postgres.psql(
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and pid <> pg_backend_pid()",
    );
    await heard.until(1, "unknown");
    assert.equal(isLost, true);
    const ended = await two.locks.tryHold("index");
    assert.ok(ended !== undefined);
    // Its own is no more, and takes nothing away from the other.
    await end();
    assert.equal(await (await opened()).locks.tryHold("index"), undefined);
    await ended();
    await two.close();
    // The first hears again as well.
    await heard.until(2, "unknown");
    await (await opened()).jobs.add([{ kind: "scan", about: {}, key: "heard" }]);
    await heard.until(1, "job");
  });

  test("two claims of one name from two replicas: exactly one holds", async () => {
    const [one, two] = [await opened(), await opened()];
    for (let n = 0; n < 50; n++) {
      const [a, b] = await Promise.all([one.locks.claim(`tag ${n}`, "a"), two.locks.claim(`tag ${n}`, "b")]);
      assert.equal(a, b);
    }
  });

  test("while the database is down every question says so at once, and it is there again when that is", async () => {
    const store = await opened();
    const image = imageOf("shop/down", "a");
    await store.images.save(image);
    await postgres.halt();
    // What was going on when the connections ended, and what comes after.
    for (let n = 0; n < 3; n++) {
      const asked = performance.now();
      await assert.rejects(store.images.get(image), { code: /^store\.(unavailable|failed)$/, kind: "unavailable" });
      assert.ok(performance.now() - asked < 4_000);
    }
    store.audit.write({ time: readClock(), said: "while it was down" });
    await assert.rejects(store.audit.flush(), { kind: "unavailable" });
    await postgres.start();
    await answered(() => store.ping());
    assert.deepEqual(await store.images.get(image), image);
    await answered(() => store.audit.flush());
    const [entry] = await store.audit.list({ limit: 1 });
    assert.equal(entry?.entry.said, "while it was down");
  });

  test("a database that says nothing any more is given up on, and its silence is noticed by who listens", async (t) => {
    const between = await silenceable(postgres);
    t.after(() => between.close());
    const store = await opened(between.url);
    await store.ping();
    const heard = listening(store);
    between.silence();
    await assert.rejects(store.ping(), { code: "store.timeout" });
    await heard.until(1, "unknown");
  });

  test("a connection that is lost with its first statement ends that statement, and not the process", async (t) => {
    const between = await silenceable(postgres);
    t.after(() => between.close());
    between.cutAtFirstStatement();
    await assert.rejects(opened(between.url), { code: "store.unavailable" });
  });
});

/** What the store tells from now on. */
function listening({ changes }: Store) {
  const heard: Change[] = [];
  let wake = (): void => {};
  changes.subscribe((change) => {
    heard.push(change);
    wake();
  });
  return {
    /** Resolves with all of a kind when there are so many. */
    until: async (count: number, kind: Change["kind"]): Promise<readonly Change[]> => {
      for (;;) {
        const all = heard.filter((change) => change.kind === kind);
        if (all.length >= count) return all;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function answered(ask: () => Promise<void>): Promise<void> {
  return until(() =>
    ask().then(
      () => true,
      () => false,
    ),
  );
}

/** What a server says when it waits for a statement: ReadyForQuery, with its length. */
const READY = Buffer.from("Z\0\0\0\x05", "latin1");

/** What stands between, and can stop to pass anything on without closing anything, or close connections that are ready. */
async function silenceable({ url }: Pick<Postgres, "url">) {
  const { pathname, searchParams } = new URL(url);
  const path = `${searchParams.get("host")}/.s.PGSQL.${searchParams.get("port")}`;
  const sockets = new Set<Socket>();
  let isSilent = false;
  let isCutting = false;
  const server = createServer((client) => {
    const behind = connect(path);
    sockets.add(client).add(behind);
    let isReady = false;
    behind.on("data", (bytes) => {
      isReady ||= bytes.includes(READY);
    });
    for (const [from, to] of [
      [client, behind],
      [behind, client],
    ] as const) {
      from.on("data", (bytes) => {
        if (isCutting && isReady && from === client) client.destroy();
        else if (!isSilent) to.write(bytes);
      });
      from.on("error", () => {});
      from.on("close", () => {
        if (!isSilent) to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `postgresql://bulkhead@127.0.0.1:${(server.address() as AddressInfo).port}${pathname}?sslmode=disable`,
    cutAtFirstStatement: () => {
      isCutting = true;
    },
    silence: () => {
      isSilent = true;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
