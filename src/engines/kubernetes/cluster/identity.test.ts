import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { ClusterConnection } from "./connection.ts";
import { addressOf, uidOfCluster } from "./identity.ts";
import { readCluster } from "./read.ts";

const uid = "6f2e0b0c-0000-4000-8000-000000000001";
const system = { metadata: { name: "kube-system", uid } };

/** An API server on loopback that has namespaces alone, and answers as `allows` says. */
async function serve(t: TestContext, allows: (path: string) => boolean): Promise<{ server: URL; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = "" }: IncomingMessage, response) => {
    asked.push(url);
    const [path = "", query = ""] = url.split("?");
    const namespaces = path.startsWith("/api/v1/namespaces");
    if (namespaces && !allows(url)) return void response.writeHead(403).end("{}");
    if (path === "/api/v1/namespaces/kube-system") return void response.end(JSON.stringify(system));
    if (path === "/api/v1/namespaces") {
      const items = query.includes("shop") ? [] : [system, { metadata: { name: "shop", uid: "0".repeat(36) } }];
      return void response.end(JSON.stringify({ apiVersion: "v1", kind: "NamespaceList", metadata: {}, items }));
    }
    response.end(JSON.stringify(path === "/apis" ? { groups: [] } : { metadata: {}, items: [] }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => server.close());
  return { server: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), asked };
}

const connection = (name: string, server: URL): ClusterConnection => ({
  name,
  server,
  unverified: false,
  impersonation: {},
  identify: async () => ({}),
});

test("two contexts of one cluster read one identity, the UID of kube-system", async (t) => {
  const { server, asked } = await serve(t, () => true);
  const one = await readCluster(connection("staging", server));
  const requests = asked.length;
  const other = await readCluster(connection("admin@staging", new URL(`http://localhost:${server.port}`)));
  assert.deepEqual([one.uid, other.uid], [uid, uid]);
  assert.equal(asked.length, 2 * requests);
  assert.ok(
    asked.every((path) => !/name%3Dkube-system|namespaces.kube-system$/.test(path)),
    "the list has told it",
  );
});

test("where the namespaces may not be listed, the one is asked for; where that is refused, there is none", async (t) => {
  const one = await serve(t, (path) => path.includes("metadata.name%3Dkube-system"));
  assert.equal((await readCluster(connection("a", one.server))).uid, uid);
  const named = await serve(t, (path) => path === "/api/v1/namespaces/kube-system");
  assert.equal((await readCluster(connection("a", named.server))).uid, uid);
  const none = await serve(t, () => false);
  assert.equal((await readCluster(connection("a", none.server))).uid, undefined);
  const limited = await serve(t, () => true);
  assert.equal((await readCluster(connection("a", limited.server), { namespace: "shop" })).uid, uid);
});

test("what is no UID of kube-system is none", () => {
  assert.equal(uidOfCluster(system), uid);
  for (const item of [
    {},
    { metadata: "x" },
    { metadata: { name: "kube-system" } },
    { metadata: { name: "kube-system", uid: 7 } },
    { metadata: { name: "kube-system", uid: "a//b" } },
    { metadata: { name: "shop", uid } },
  ]) {
    assert.equal(uidOfCluster(item), undefined);
  }
});

test("an address is the same however it is written, and tells who may sign for it", () => {
  const of = (url: string, more: Partial<ClusterConnection> = {}) =>
    addressOf({ ...connection("a", new URL(url)), ...more });
  assert.deepEqual(of("https://API.example.com"), { server: "api.example.com:443", authorities: "system" });
  assert.deepEqual(of("https://api.example.com:443/"), of("https://api.example.com"));
  assert.equal(of("https://rancher.example.com//k8s/c-1/").server, "rancher.example.com:443/k8s/c-1");
  const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
  const both = of("https://a", { authorities: pem("AAAA") + pem("BBBB") });
  assert.deepEqual(of("https://a", { authorities: `# comment\r\n${pem("BBBB")}${pem("AAAA")}` }), both);
  assert.notDeepEqual(of("https://a", { authorities: pem("AAAA") }), both);
  assert.notDeepEqual(
    of("https://a", { authorities: pem("AAAA"), unverified: true }),
    of("https://a", { authorities: pem("AAAA") }),
  );
});
