import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { bounds } from "../../../core/bounds.ts";
import { Problem } from "../../../core/problem.ts";
import { createClient } from "./client.ts";
import type { ClusterConnection } from "./connection.ts";
import { readCluster } from "./read.ts";

/** An API server on loopback, and a connection to it whose token is `token-1`, `token-2`… */
async function serve(
  t: TestContext,
  answer: RequestListener,
): Promise<{ connection: ClusterConnection; waits: number[] }> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => server.close());
  let identified = 0;
  const connection: ClusterConnection = {
    name: "test",
    server: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix`),
    unverified: false,
    impersonation: { "impersonate-group": ["a", "b"] },
    async identify() {
      identified++;
      return { authorization: `Bearer token-${identified}` };
    },
  };
  return { connection, waits: [] };
}

function clientOf(t: TestContext, { connection, waits }: { connection: ClusterConnection; waits: number[] }) {
  const client = createClient(connection, { sleep: async (milliseconds) => void waits.push(milliseconds) });
  t.after(() => client.close());
  return client;
}

test("it asks below the server's path, as who it is", async (t) => {
  const served = await serve(t, ({ url, headers }, response) => {
    response.end(JSON.stringify({ url, who: headers.authorization, as: headers["impersonate-group"] }));
  });
  const { body } = await clientOf(t, served).get("/api/v1/pods?limit=1");
  assert.deepEqual(body, { url: "/prefix/api/v1/pods?limit=1", who: "Bearer token-1", as: "a, b" });
});

test("a token that ran out is asked for once more, and then refused", async (t) => {
  const served = await serve(t, ({ headers, url }, response) => {
    const known = headers.authorization === "Bearer token-2" && url === "/prefix/a";
    response.writeHead(known ? 200 : 401).end("{}");
  });
  const client = clientOf(t, served);
  assert.equal((await client.get("/a")).status, 200);
  await assert.rejects(client.get("/b"), { code: "cluster.unauthorized" });
});

test("what passes is tried again, for as long as the server asks", async (t) => {
  const statuses = [429, 503, 200];
  const served = await serve(t, (_, response) => {
    response.writeHead(statuses.shift() ?? 500, { "retry-after": "7" }).end("{}");
  });
  assert.equal((await clientOf(t, served).get("/")).status, 200);
  assert.deepEqual(served.waits, [7_000, 7_000]);
  await assert.rejects(clientOf(t, served).get("/"), { code: "cluster.answer" });
  assert.equal(served.waits.length, 2 + bounds.tries - 1);
});

test("an answer over its bound, or of something else, is a Problem", async (t) => {
  const large = await serve(t, (_, response) => {
    response.on("error", () => {});
    const chunk = Buffer.alloc(1024 * 1024, 32);
    for (let sent = 0; sent <= bounds.clusterPageBytes; sent += chunk.length) response.write(chunk);
    response.end();
  });
  await assert.rejects(clientOf(t, large).get("/"), { code: "cluster.too-large" });
  const text = await serve(t, (_, response) => void response.end("ok"));
  await assert.rejects(clientOf(t, text).get("/"), { code: "cluster.answer" });
  const list = await serve(t, (_, response) => void response.writeHead(403).end("no"));
  assert.deepEqual(await clientOf(t, list).get("/"), { status: 403, bytes: 2, body: {} });
});

test("nobody there is a Problem that says so", async (t) => {
  const { connection } = await serve(t, () => {});
  const nowhere = { ...connection, server: new URL("http://127.0.0.1:1/") };
  await assert.rejects(
    readCluster(nowhere),
    (error) => error instanceof Problem && error.code === "cluster.unreachable",
  );
});

test("a server that refuses all but pods gives those, and a gap for each list that it refused", async (t) => {
  const pod = { metadata: { name: "a", namespace: "shop" }, spec: { containers: [{ name: "web", image: "web:1" }] } };
  const { connection } = await serve(t, ({ url }, response) => {
    const isPods = url?.startsWith("/prefix/api/v1/pods") === true;
    response.writeHead(isPods ? 200 : 403).end(JSON.stringify(isPods ? { metadata: {}, items: [pod] } : {}));
  });
  const { manifests } = await readCluster(connection);
  assert.deepEqual(
    manifests.workloads.map(({ object }) => [object.kind, object.name]),
    [["Pod", "a"]],
  );
  const reasons = manifests.gaps.map(({ reason }) => reason);
  assert.ok(reasons.includes("secrets: this identity may not list secrets (403)"));
  assert.ok(reasons.includes("deployments.apps: this identity may not list deployments.apps (403)"));
  assert.ok(manifests.gaps.every(({ lists }) => lists?.length === 1));
});
