import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { bounds } from "./bounds.ts";
import type { ClusterClient, ClusterReply, Plain } from "./client.ts";
import { listAll } from "./pages.ts";

/** Answers in order, and notes what was asked for. */
function scripted(
  ...answers: readonly (Partial<ClusterReply> | Problem)[]
): ClusterClient & { readonly asked: string[] } {
  const asked: string[] = [];
  const left = [...answers];
  return {
    asked,
    async get(path) {
      asked.push(path);
      const next = left.shift();
      if (next === undefined) throw new Error("it asks for more");
      if (next instanceof Problem) throw next;
      return { status: 200, bytes: 10, body: {}, ...next };
    },
    close() {},
  };
}

const list = { apiVersion: "v1", kind: "PodList" };
const named = (...names: readonly string[]): Plain[] => names.map((name) => ({ metadata: { name } }));
const page = (names: readonly string[], token?: string, metadata: object = {}): { body: Plain } => ({
  body: {
    ...list,
    metadata: { ...(token === undefined ? {} : { continue: token }), ...metadata },
    items: named(...names),
  },
});
const options = { ...list, limit: 100, most: 1_000, objects: 1_000, item: (item: Plain) => item };
const tooLarge = new Problem({ kind: "input", code: "cluster.too-large", place: "x", cause: "too large" });

test("a list is read page by page", async () => {
  const client = scripted(page(["a", "b"], "t&1"), page(["c"]));
  const listed = await listAll(client, "/api/v1/pods", options);
  assert.deepEqual(listed, { outcome: "read", items: named("a", "b", "c"), bytes: 20 });
  assert.deepEqual(client.asked, ["/api/v1/pods?limit=100", "/api/v1/pods?limit=100&continue=t%261"]);
});

test("a list that expires is begun anew, and holds nothing twice", async () => {
  const client = scripted(page(["a"], "1"), { status: 410 }, page(["a"], "2"), page(["b"]));
  const listed = await listAll(client, "/x", options);
  assert.deepEqual(listed.outcome === "read" && listed.items, named("a", "b"));
});

test("one that goes on expiring is finished from a later state, where there is one", async () => {
  const expiring = Array.from({ length: bounds.clusterRestarts }, () => [page(["a"], "1"), { status: 410 }]).flat();
  const later = { status: 410, body: { metadata: { continue: "later" } } };
  const client = scripted(...expiring, page(["a"], "1"), later, page(["b"]));
  const listed = await listAll(client, "/x", options);
  assert.deepEqual(listed.outcome === "read" && listed.items, named("a", "b"));
  assert.match(client.asked.at(-1) ?? "", /continue=later$/);
  const never = await listAll(scripted(...expiring, page(["a"], "1"), { status: 410 }), "/x", options);
  assert.equal(never.outcome, "failed");
});

test("of a page that is too large fewer objects are asked for, down to one", async () => {
  const client = scripted(tooLarge, tooLarge, page(["a"]));
  assert.equal((await listAll(client, "/x", options)).outcome, "read");
  assert.deepEqual(client.asked, ["/x?limit=100", "/x?limit=25", "/x?limit=6"]);
  const one = await listAll(scripted(tooLarge), "/x", { ...options, limit: 1 });
  assert.deepEqual(one, { outcome: "failed", reason: "too large" });
});

test("what is refused, not found, or no list is told apart", async () => {
  assert.equal((await listAll(scripted({ status: 403 }), "/x", options)).outcome, "forbidden");
  assert.equal((await listAll(scripted({ status: 404 }), "/x", options)).outcome, "not-served");
  for (const reply of [
    { status: 406 },
    { status: 410 },
    { body: {} },
    { body: { ...list } },
    { body: { ...list, items: "none" } },
    { body: { ...list, items: ["a"] } },
    { body: { ...list, items: {} } },
    { body: { ...list, items: [{ metadata: {} }] } },
    { body: { ...list, apiVersion: "v2", items: [] } },
    { body: { ...list, kind: "Status", items: [] } },
  ]) {
    assert.equal((await listAll(scripted(reply), "/x", options)).outcome, "failed", JSON.stringify(reply));
  }
  assert.deepEqual(await listAll(scripted({ body: { ...list, items: null } }), "/x", options), {
    outcome: "read",
    items: [],
    bytes: 10,
  });
});

test("a server that never comes to an end is stopped", async () => {
  const again = await listAll(scripted(page(["a"], "1"), page(["b"], "1")), "/x", options);
  assert.equal(again.outcome, "partial");
  const over = await listAll(scripted(page(["a"], "1")), "/x", { ...options, most: 5 });
  assert.deepEqual(over, {
    outcome: "partial",
    items: named("a"),
    bytes: 10,
    reason: "it exceeds the limits of one reading",
  });
});

/** What is read of it, and why that is not all. */
async function partial(...answers: readonly (Partial<ClusterReply> | Problem)[]): Promise<unknown[]> {
  const listed = await listAll(scripted(...answers), "/x", options);
  return listed.outcome === "partial" ? [listed.items.length, listed.reason] : [listed.outcome];
}

test("what is left over without a way to it is not all", async () => {
  const reason = "9 more are there, and the API server does not go on to them";
  assert.deepEqual(await partial(page(["a"], undefined, { remainingItemCount: 9 })), [1, reason]);
  assert.deepEqual(await partial(page([], "", { remainingItemCount: 9 })), [0, reason]);
  assert.deepEqual(await partial(page(["a"], undefined, { remainingItemCount: 0 })), ["read"]);
});

test("page after page with ever new tokens comes to an end", async () => {
  const endless = (names: (index: number) => string[]) =>
    Array.from({ length: bounds.clusterShortPages + 1 }, (_, index) => page(names(index), `t${index}`));
  const reason = "the API server comes to no end: page after page holds few objects, or none";
  assert.deepEqual(await partial(...endless(() => [])), [0, reason]);
  assert.deepEqual(await partial(...endless((index) => [`p${index}`])), [bounds.clusterShortPages + 1, reason]);
});

test("an object that comes twice, and pages of different states, are no whole list", async () => {
  assert.deepEqual(await partial(page(["a"], "1"), page(["b", "a"])), [3, "the API server lists a twice"]);
  const state = (resourceVersion: string) => ({ resourceVersion });
  assert.deepEqual(await partial(page(["a"], "1", state("5")), page(["b"], "2", state("6"))), [
    2,
    "its pages are of several states of the cluster",
  ]);
});

test("a list that expires over and over with ever new tokens comes to an end", async () => {
  const gone = (index: number) => ({ status: 410, body: { metadata: { continue: `later${index}` } } });
  const begun = Array.from({ length: bounds.clusterRestarts }, () => [page(["a"], "1"), { status: 410 }]).flat();
  const client = scripted(...begun, page(["a"], "1"), ...Array.from({ length: 10 }, (_, index) => gone(index)));
  assert.equal((await listAll(client, "/x", options)).outcome, "failed");
});
