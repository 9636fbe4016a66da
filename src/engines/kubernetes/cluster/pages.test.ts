import assert from "node:assert/strict";
import { test } from "node:test";
import { bounds } from "../../../core/bounds.ts";
import { Problem } from "../../../core/problem.ts";
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

const page = (names: readonly string[], token?: string): { body: Plain } => ({
  body: { metadata: token === undefined ? {} : { continue: token }, items: names.map((name) => ({ name })) },
});
const options = { limit: 100, most: 1_000, objects: 1_000 };
const tooLarge = new Problem({ kind: "input", code: "cluster.too-large", place: "x", cause: "too large" });

test("a list is read page by page", async () => {
  const client = scripted(page(["a", "b"], "t&1"), page(["c"]));
  const listed = await listAll(client, "/api/v1/pods", options);
  assert.deepEqual(listed, { outcome: "read", items: [{ name: "a" }, { name: "b" }, { name: "c" }], bytes: 20 });
  assert.deepEqual(client.asked, ["/api/v1/pods?limit=100", "/api/v1/pods?limit=100&continue=t%261"]);
});

test("a list that expires is begun anew, and holds nothing twice", async () => {
  const client = scripted(page(["a"], "1"), { status: 410 }, page(["a"], "2"), page(["b"]));
  const listed = await listAll(client, "/x", options);
  assert.deepEqual(listed.outcome === "read" && listed.items, [{ name: "a" }, { name: "b" }]);
});

test("one that goes on expiring is finished from a later state, where there is one", async () => {
  const expiring = Array.from({ length: bounds.clusterRestarts }, () => [page(["a"], "1"), { status: 410 }]).flat();
  const later = { status: 410, body: { metadata: { continue: "later" } } };
  const client = scripted(...expiring, page(["a"], "1"), later, page(["b"]));
  const listed = await listAll(client, "/x", options);
  assert.deepEqual(listed.outcome === "read" && listed.items, [{ name: "a" }, { name: "b" }]);
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

test("what is refused, not there, or no list is told apart", async () => {
  assert.equal((await listAll(scripted({ status: 403 }), "/x", options)).outcome, "forbidden");
  assert.equal((await listAll(scripted({ status: 404 }), "/x", options)).outcome, "not-served");
  for (const reply of [
    { status: 406 },
    { status: 410 },
    { body: { items: "none" } },
    { body: { items: ["a"] } },
    { body: { items: {} } },
  ]) {
    assert.equal((await listAll(scripted(reply), "/x", options)).outcome, "failed", JSON.stringify(reply));
  }
  assert.deepEqual(await listAll(scripted({ body: { items: null } }), "/x", options), {
    outcome: "read",
    items: [],
    bytes: 10,
  });
});

test("a server that never comes to an end is stopped", async () => {
  assert.equal((await listAll(scripted(page(["a"], "1"), page(["b"], "1")), "/x", options)).outcome, "failed");
  const over = await listAll(scripted(page(["a"], "1")), "/x", { ...options, most: 5 });
  assert.deepEqual(over, { outcome: "failed", reason: "it is over the bounds of one reading" });
});
