import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { Problem } from "../../../core/problem.ts";
import { bounds as netBounds } from "../../../net/bounds.ts";
import { bounds } from "./bounds.ts";
import { createClient } from "./client.ts";
import type { ClusterConnection } from "./connection.ts";
import { groupList, listAt } from "./lists.fixture.ts";
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
  assert.equal(served.waits.length, 2 + netBounds.tries - 1);
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
    response.writeHead(isPods ? 200 : 403).end(JSON.stringify(isPods ? listAt(url, [pod]) : {}));
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

/** What is not read of a server that answers as one does, but for some paths. */
async function gapsOf(t: TestContext, odd: (path: string) => object | number | undefined, namespace?: string) {
  const { connection } = await serve(t, ({ url = "" }, response) => {
    const path = url.replace("/prefix", "");
    const own = path === "/apis" ? groupList : path === "/version" ? { gitVersion: "v1.31.0" } : listAt(path);
    const answer = odd(path) ?? own ?? 404;
    response.writeHead(typeof answer === "number" ? answer : 200).end(JSON.stringify(answer));
  });
  const { manifests } = await readCluster(connection, namespace === undefined ? {} : { namespace });
  return manifests.gaps.map(({ reason, lists }) => `${lists?.join()} ${reason}`);
}

test("a cluster that answers each list, empty or not, has no gap", async (t) => {
  assert.deepEqual(await gapsOf(t, () => undefined), []);
});

test("what is answered with 200 and is not a list is a gap that says what it was", async (t) => {
  const roles = (answer: object) => (path: string) => (path.includes("/clusterroles?") ? answer : undefined);
  const failed = "roles clusterroles.rbac.authorization.k8s.io: the list failed: the API server answered";
  const status = { kind: "Status", apiVersion: "v1", status: "Failure", message: "etcd is away" };
  assert.deepEqual(await gapsOf(t, roles(status)), [`${failed} a Status: etcd is away`]);
  assert.deepEqual(await gapsOf(t, roles({})), [`${failed} what names no kind instead of the list`]);
  const pods = { kind: "PodList", apiVersion: "v1", items: [] };
  assert.deepEqual(await gapsOf(t, roles(pods)), [`${failed} a PodList instead of the list`]);
  const list = { kind: "ClusterRoleList", apiVersion: "rbac.authorization.k8s.io/v1" };
  assert.deepEqual(await gapsOf(t, roles(list)), [`${failed} no list (200)`]);
  const stranger = { ...list, items: [{ kind: "Role", metadata: { name: "a" } }] };
  assert.deepEqual(await gapsOf(t, roles(stranger)), [`${failed} a list of something else`]);
});

test("a Secret list in place of the table that was asked for is none", async (t) => {
  const list = { kind: "SecretList", apiVersion: "v1", items: [] };
  const gaps = await gapsOf(t, (path) => (path.startsWith("/api/v1/secrets?") ? list : undefined));
  assert.deepEqual(gaps, [
    "secrets secrets: the list failed: the API server answered a SecretList instead of the list",
  ]);
});

test("what every API server serves is a gap where it is said not to be", async (t) => {
  const notServed = "the API server says that it does not serve them, as every one does";
  assert.deepEqual(await gapsOf(t, (path) => (path.startsWith("/api/v1/pods?") ? 404 : undefined)), [
    `workloads pods: ${notServed}`,
  ]);
  const gaps = await gapsOf(t, (path) => (path === "/apis" ? { kind: "APIGroupList", groups: [] } : undefined));
  assert.ok(gaps.includes(`bindings clusterrolebindings.rbac.authorization.k8s.io: ${notServed}`));
  assert.ok(!gaps.some((gap) => gap.includes("externalsecrets")));
});

test("no namespace at all is a gap", async (t) => {
  const none = (path: string) => (path.includes("/namespaces?") ? listAt(path, []) : undefined);
  const [all] = await gapsOf(t, none);
  assert.equal(all, "namespaces namespaces: the API server answers none, and every cluster has some");
  const [one] = await gapsOf(t, none, "shop");
  assert.equal(one, "namespaces namespaces: no namespace shop");
});

test("who is asked as goes out in UTF-8, as kubectl sends it", async (t) => {
  const { connection } = await serve(t, ({ headers }, response) => {
    response.end(JSON.stringify({ as: Buffer.from(String(headers["impersonate-user"]), "latin1").toString("utf8") }));
  });
  const client = createClient({ ...connection, impersonation: { "impersonate-user": "jörg ✓" } });
  t.after(() => client.close());
  assert.deepEqual((await client.get("/x")).body, { as: "jörg ✓" });
});

test("who we are is asked again after a while, and stays what it was where that fails", async (t) => {
  const served = await serve(t, ({ headers }, response) => {
    response.end(JSON.stringify({ who: headers.authorization }));
  });
  let away = false;
  const { identify } = served.connection;
  const connection: ClusterConnection = {
    ...served.connection,
    identityMilliseconds: 0,
    identify: async (signal) => {
      if (away) throw new Problem({ kind: "usage", code: "kubeconfig.unreadable", place: "token", cause: "away" });
      return await identify(signal);
    },
  };
  const client = clientOf(t, { ...served, connection });
  const who = async () => (await client.get("/")).body.who;
  assert.deepEqual([await who(), await who()], ["Bearer token-1", "Bearer token-2"]);
  away = true;
  assert.deepEqual([await who(), await who()], ["Bearer token-2", "Bearer token-2"]);
  away = false;
  assert.equal(await who(), "Bearer token-3");
});

test("what is under way with an old token goes on while another is asked for, once for all that were refused", async (t) => {
  const waiting: (() => void)[] = [];
  const served = await serve(t, ({ headers, url }, response) => {
    if (url === "/prefix/slow") return void waiting.push(() => response.end(`{"who":"${headers.authorization}"}`));
    response
      .writeHead(headers.authorization === "Bearer token-1" ? 401 : 200)
      .end(`{"who":"${headers.authorization}"}`);
  });
  const client = clientOf(t, served);
  const slow = client.get("/slow");
  const all = await Promise.all(Array.from({ length: 20 }, () => client.get("/fast")));
  assert.deepEqual(new Set(all.map(({ body }) => body.who)), new Set(["Bearer token-2"]));
  for (const answer of waiting) answer();
  assert.equal((await slow).body.who, "Bearer token-1");
});

test("a write is sent again only where it comes to the same, or was turned away unread", async (t) => {
  const sent: string[] = [];
  let answers: (number | "break")[] = [];
  const served = await serve(t, (request, response) => {
    const { method, headers } = request;
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      sent.push(`${method} ${headers["content-type"]} ${body}`);
      const answer = answers.shift() ?? 500;
      if (answer === "break") response.destroy();
      else response.writeHead(answer).end("{}");
    });
  });
  const client = clientOf(t, served);
  const write = async (repeatable: boolean, ...all: (number | "break")[]) => {
    sent.length = 0;
    answers = all;
    const reply = client.send({ method: "POST", path: "/x", body: { a: 1 }, repeatable });
    const outcome = await reply.then(
      ({ status }) => status,
      (error: Problem) => error.code,
    );
    return [outcome, sent.length];
  };
  assert.deepEqual(await write(false, 201), [201, 1]);
  assert.deepEqual(sent, ['POST application/json {"a":1}']);
  assert.deepEqual(await write(false, 429, 201), [201, 2]);
  assert.deepEqual(await write(false, 503, 201), ["cluster.answer", 1]);
  assert.deepEqual(await write(false, "break", 201), ["cluster.broken", 1]);
  assert.deepEqual(await write(true, "break", 500, 201), [201, 3]);
  assert.deepEqual(await write(true, 409), [409, 1]);
  assert.deepEqual(await write(true, 400), ["cluster.answer", 1]);
});
