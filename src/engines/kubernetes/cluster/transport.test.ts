/** What is spoken over TLS: whom we take for the API server, and as whom it takes us. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { Problem } from "../../../core/problem.ts";
import { selfSigned } from "../../oci/registry/certificate.fixture.ts";
import { createClient } from "./client.ts";
import { type ClusterConnection, type ClusterIdentity, connectionInCluster } from "./connection.ts";

const own = selfSigned();
const other = selfSigned();
const skip = own === undefined || other === undefined ? "openssl is not installed" : false;
const [server, client] = [own ?? { cert: "", key: "" }, other ?? { cert: "", key: "" }];

/** Asks a server with that certificate once; it answers with the fingerprint of the client's certificate. */
async function ask(
  t: TestContext,
  connection: Partial<ClusterConnection>,
  identity: ClusterIdentity = {},
  options: ServerOptions = {},
): Promise<unknown> {
  const listening = createServer({ cert: server.cert, key: server.key, ...options }, (request, response) => {
    const { fingerprint256 = "nobody" } = (request.socket as TLSSocket).getPeerCertificate();
    response.end(JSON.stringify({ who: fingerprint256, authorization: request.headers.authorization ?? "none" }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => listening.once("listening", resolve));
  const made = createClient(
    {
      name: "test",
      server: new URL(`https://127.0.0.1:${(listening.address() as AddressInfo).port}`),
      unverified: false,
      impersonation: {},
      identify: async () => identity,
      ...connection,
    },
    { sleep: async () => {} },
  );
  t.after(() => {
    made.close();
    listening.close();
    listening.closeAllConnections();
  });
  return (await made.get("/x")).body;
}

const refuses = (work: Promise<unknown>) =>
  assert.rejects(work, (error) => error instanceof Problem && error.code === "cluster.certificate");

test("the API server is known by the authority that the kubeconfig names, and by no other", { skip }, async (t) => {
  assert.deepEqual(await ask(t, { authorities: server.cert }), { who: "nobody", authorization: "none" });
  await refuses(ask(t, { authorities: client.cert }));
  // Without one the system's count; what is no certificate lets nobody in.
  await refuses(ask(t, {}));
  await refuses(ask(t, { authorities: "no certificate" }));
});

test("the certificate is the server's, under the name that the kubeconfig gives it", { skip }, async (t) => {
  await refuses(ask(t, { authorities: server.cert, serverName: "elsewhere.example" }));
});

test("insecure-skip-tls-verify looks at no certificate", { skip }, async (t) => {
  assert.deepEqual(await ask(t, { unverified: true }), { who: "nobody", authorization: "none" });
});

test("a client certificate says who we are, beside a token", { skip }, async (t) => {
  const connection = { authorities: server.cert };
  const options = { requestCert: true, ca: client.cert };
  const identity = { certificate: client.cert, key: client.key, authorization: "Bearer a" };
  const answer = (await ask(t, connection, identity, options)) as { who: string; authorization: string };
  assert.match(answer.who, /^[0-9A-F:]{95}$/);
  assert.equal(answer.authorization, "Bearer a");
});

test("in a pod the authority is read again where it no longer fits, by the client that lives on", {
  skip,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "bulkhead-account-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "token"), "abc");
  await writeFile(join(folder, "ca.crt"), client.cert);
  await writeFile(join(folder, "namespace"), "guard\n");
  const listening = createServer({ cert: server.cert, key: server.key }, (_, response) => response.end("{}"));
  listening.listen(0, "127.0.0.1");
  await new Promise((resolve) => listening.once("listening", resolve));
  const { port } = listening.address() as AddressInfo;
  const connection = connectionInCluster(
    { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(port) },
    folder,
  );
  assert.ok(connection !== undefined);
  assert.equal(connection.namespace, "guard");
  const made = createClient(connection, { sleep: async () => {} });
  t.after(() => {
    made.close();
    listening.close();
    listening.closeAllConnections();
  });
  await refuses(made.get("/x"));
  await writeFile(join(folder, "ca.crt"), server.cert);
  assert.equal((await made.get("/x")).status, 200);
});
