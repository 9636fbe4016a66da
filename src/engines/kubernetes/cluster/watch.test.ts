/** Objects of one kind as they are now, whatever becomes of the connection. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type Clock, systemClock } from "../../../net/retry.ts";
import { type FakeApi, fakeApi } from "./api.fixture.ts";
import { bounds } from "./bounds.ts";
import { type Watch, type WatchedKind, type WatchState, watchKind } from "./watch.ts";

const served = [{ apiVersion: "v1", resource: "configmaps", kind: "ConfigMap", namespaced: true }];
const configMaps: WatchedKind = { group: "", version: "v1", resource: "configmaps", kind: "ConfigMap" };
const configMap = (name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "shop", managedFields: [{}] },
  ...more,
});

interface Watching {
  readonly watch: Watch;
  readonly waits: number[];
  /** Resolves once the state is one that is looked for. */
  until(is: (state: WatchState) => boolean): Promise<WatchState>;
}

function watching(t: TestContext, { api }: FakeApi, watched: WatchedKind = configMaps): Watching {
  const waits: number[] = [];
  const clock: Clock = {
    ...systemClock,
    // Long waits are taken for over, a turn of the loop later.
    sleep: async (milliseconds, signal) => {
      waits.push(milliseconds);
      await systemClock.sleep(1, signal);
    },
  };
  const watch = watchKind(api, watched, { clock });
  t.after(() => watch.close());
  const until = async (is: (state: WatchState) => boolean): Promise<WatchState> => {
    while (!is(watch.state())) await setTimeout(1);
    return watch.state();
  };
  return { watch, waits, until };
}

const namesIn = (state: WatchState) => ("objects" in state ? [...state.objects.keys()].sort() : state.outcome);
const has =
  (...names: string[]) =>
  (state: WatchState) =>
    state.outcome === "current" &&
    JSON.stringify(namesIn(state)) === JSON.stringify(names.map((name) => `shop/${name}`));

test("what is made, changed and taken away is known at once, without its managed fields", async (t) => {
  const fake = await fakeApi(t, served);
  fake.put(configMap("a"));
  const { watch, until } = watching(t, fake);
  assert.deepEqual(namesIn(await watch.first), ["shop/a"]);
  fake.put(configMap("b", { data: { key: "1" } }));
  const state = await until(has("a", "b"));
  assert.ok("objects" in state);
  const { metadata, ...rest } = state.objects.get("shop/b") ?? {};
  assert.deepEqual(rest, { apiVersion: "v1", kind: "ConfigMap", data: { key: "1" } });
  assert.ok(!("managedFields" in (metadata as object)));
  fake.remove("configmaps", "a", "shop");
  await until(has("b"));
});

test("a watch that ends goes on where it ended, and misses nothing", async (t) => {
  const fake = await fakeApi(t, served);
  fake.put(configMap("a"));
  const { watch, until } = watching(t, fake);
  await watch.first;
  fake.put(configMap("b"));
  await until(has("a", "b"));
  fake.endWatches();
  fake.put(configMap("c"));
  await until(has("a", "b", "c"));
  const lists = fake.asked.filter(({ query }) => query.get("watch") === null);
  assert.equal(lists.length, 1, "it is not listed anew");
});

test("where the server no longer knows the place it is listed anew, so that what went meanwhile is gone", async (t) => {
  const fake = await fakeApi(t, served);
  fake.put(configMap("a"));
  fake.put(configMap("b"));
  const { watch, until } = watching(t, fake);
  await watch.first;
  await until(() => fake.watches() === 1);
  // Answered with 410 as the watch begins.
  fake.intercept = ({ query }) => (query.has("watch") ? { status: 503 } : undefined);
  fake.endWatches();
  fake.remove("configmaps", "a", "shop");
  fake.forget();
  fake.intercept = () => undefined;
  await until(has("b"));
  // As an event of a watch that is under way.
  fake.put(configMap("c"));
  await until(has("b", "c"));
  fake.endWatches({ type: "ERROR", object: { kind: "Status", code: 410, message: "too old" } });
  fake.put(configMap("d"));
  await until(has("b", "c", "d"));
});

test("a server that is away leaves what was known, and says since when", async (t) => {
  const fake = await fakeApi(t, served);
  fake.put(configMap("a"));
  const { watch, until, waits } = watching(t, fake);
  await watch.first;
  fake.put(configMap("b"));
  await until(has("a", "b"));
  await until(() => fake.watches() === 1);
  fake.intercept = () => "break";
  fake.endWatches();
  const away = await until(({ outcome }) => outcome === "behind");
  assert.ok(away.outcome === "behind" && away.problem.code === "cluster.broken");
  assert.deepEqual(namesIn(away), ["shop/a", "shop/b"]);
  await until(() => waits.filter((wait) => wait > 1_000).length > 1);
  const { since } = away;
  const still = watch.state();
  assert.ok(still.outcome === "behind" && still.since === since, "it is behind since the first failure");
  fake.intercept = () => undefined;
  await until(({ outcome }) => outcome === "current");
});

test("what may not be listed, and what is not served, are two things", async (t) => {
  const fake = await fakeApi(t, served);
  fake.intercept = () => ({ status: 403 });
  const { watch, until } = watching(t, fake);
  const refused = await watch.first;
  assert.ok(refused.outcome === "unread" && refused.problem.code === "cluster.forbidden");
  assert.match(refused.problem.message, /may not list configmaps/);
  fake.intercept = () => undefined;
  await until(({ outcome }) => outcome === "current");
  const other = watching(t, fake, { group: "example.com", version: "v1", resource: "things", kind: "Thing" });
  assert.deepEqual(await other.watch.first, { outcome: "absent" });
});

test("what is no event, or of another kind, hides nothing: it is listed anew", async (t) => {
  for (const line of [
    "no event",
    { type: "ADDED", object: { apiVersion: "v1", kind: "Secret", metadata: { name: "x", resourceVersion: "9" } } },
    { type: "ADDED", object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" } } },
    { type: "MODIFIED", object: { apiVersion: "v1", kind: "ConfigMap", metadata: { resourceVersion: "9" } } },
    { type: "ERROR", object: { code: 500, message: "etcd is away" } },
  ]) {
    const fake = await fakeApi(t, served);
    fake.put(configMap("a"));
    const { watch, until } = watching(t, fake);
    await watch.first;
    fake.put(configMap("b"));
    await until(has("a", "b"));
    fake.endWatches(line as object);
    const behind = await until(({ outcome }) => outcome === "behind");
    assert.ok(behind.outcome === "behind" && behind.problem.code === "cluster.watch", JSON.stringify(line));
    fake.put(configMap("c"));
    await until(has("a", "b", "c"));
  }
});

test("a list that says something else is not taken for empty", async (t) => {
  const fake = await fakeApi(t, served);
  fake.intercept = () => ({ status: 200, body: { kind: "SecretList", apiVersion: "v1", items: [] } });
  const { watch } = watching(t, fake);
  const state = await watch.first;
  assert.equal(state.outcome, "unread");
});

test("closed, it asks no more", async (t) => {
  const fake = await fakeApi(t, served);
  const { watch, until } = watching(t, fake);
  await watch.first;
  fake.put(configMap("a"));
  await until(has("a"));
  watch.close();
  const asked = fake.asked.length;
  fake.endWatches();
  await fake.api.get("/api/v1/namespaces/shop/configmaps/a");
  assert.equal(fake.asked.length, asked + 1);
});

test("a bookmark moves the place that a watch goes on from", async (t) => {
  const fake = await fakeApi(t, served);
  const { watch, until } = watching(t, fake);
  await watch.first;
  await until(() => fake.watches() === 1);
  fake.endWatches({ type: "BOOKMARK", object: { kind: "ConfigMap", metadata: { resourceVersion: "777" } } });
  fake.endWatches();
  await until(() => fake.asked.some(({ query }) => query.get("resourceVersion") === "777"));
  assert.equal(fake.asked.filter(({ query }) => query.get("watch") === null).length, 1, "it is not listed anew");
  assert.equal(fake.asked.at(-1)?.query.get("allowWatchBookmarks"), "true");
});

test("an event over its bound is not taken into memory, and hides nothing", async (t) => {
  const fake = await fakeApi(t, served);
  const { watch, until } = watching(t, fake);
  await watch.first;
  await until(() => fake.watches() === 1);
  fake.endWatches({ type: "ADDED", object: configMap("large", { data: { key: "x".repeat(bounds.watchLineBytes) } }) });
  const behind = await until(({ outcome }) => outcome === "behind");
  assert.ok(behind.outcome === "behind" && behind.problem.code === "cluster.too-large", behind.outcome);
  fake.put(configMap("a"));
  await until(has("a"));
});
