import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { connectionInCluster, serverUrl } from "./connection.ts";
import { connectionOf } from "./kubeconfig.ts";

const word = ["hun", "ter", "2"].join("");

function folder(t: TestContext, files: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(join(tmpdir(), "bulkhead-kubeconfig-"));
  t.after(() => rmSync(made, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
  return made;
}

function config(user: object, more: object = {}, cluster: object = {}): string {
  return JSON.stringify({
    clusters: [{ name: "one", cluster: { server: "https://api.example:6443", ...cluster } }],
    users: [{ name: "ann", user }],
    contexts: [{ name: "prod", context: { cluster: "one", user: "ann", namespace: "shop" } }],
    "current-context": "prod",
    ...more,
  });
}

async function problemOf(work: () => unknown): Promise<Problem> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    assert.doesNotMatch(`${error.line()}${JSON.stringify(error)}`, new RegExp(word));
    return error;
  }
  assert.fail("it succeeded");
}

describe("a kubeconfig", () => {
  it("gives the current context's cluster, namespace and token", async (t) => {
    const at = folder(t, { config: config({ token: word }) });
    const connection = connectionOf({ kubeconfig: join(at, "config"), environment: {} });
    assert.equal(connection.name, "prod");
    assert.equal(connection.server.href, "https://api.example:6443/");
    assert.equal(connection.namespace, "shop");
    assert.deepEqual(await connection.identify(undefined), { authorization: `Bearer ${word}` });
  });

  it("impersonates nobody by a name that is more than one header", async (t) => {
    const read = (user: object) => {
      const at = folder(t, { config: config(user) });
      return connectionOf({ kubeconfig: join(at, "config"), environment: {} });
    };
    for (const user of [
      { as: "a\r\nb" },
      { as: "a\nauthorization: x" },
      { as: "a", "as-uid": "\u0000" },
      { as: "a", "as-groups": ["b", "c\r"] },
      { as: "a", "as-user-extra": { scope: ["x\u007f"] } },
      { "as-groups": ["b"] },
    ]) {
      assert.equal((await problemOf(() => read(user))).code, "kubeconfig.credentials", JSON.stringify(user));
    }
    const { impersonation } = read({ as: "Zoë", "as-user-extra": { "a/b": ["c\td"] } });
    assert.equal(impersonation["impersonate-user"], "Zoë");
    assert.deepEqual(impersonation["impersonate-extra-a%2Fb"], ["c\td"]);
  });

  it("is written in YAML too, and its files are beside it", async (t) => {
    const text = `clusters:
- name: one
  cluster: {server: "https://api.example", certificate-authority: ca.pem, tls-server-name: inner}
users:
- name: ann
  user:
    tokenFile: token
    token: other
    as: bob
    as-groups: [auditors]
    client-certificate: cert.pem
    client-key-data: ${Buffer.from("key").toString("base64")}
contexts:
- name: prod
  context: {cluster: one, user: ann}
`;
    const at = folder(t, { config: text, "ca.pem": "authority", token: `${word}\n`, "cert.pem": "certificate" });
    const connection = connectionOf({ kubeconfig: join(at, "config"), context: "prod", environment: {} });
    assert.equal(connection.authorities, "authority");
    assert.equal(connection.serverName, "inner");
    assert.deepEqual(connection.impersonation, { "impersonate-user": "bob", "impersonate-group": ["auditors"] });
    assert.deepEqual(await connection.identify(undefined), {
      certificate: "certificate",
      key: "key",
      authorization: `Bearer ${word}`,
    });
  });

  it("names extra fields in what a header may be called", (t) => {
    const user = { as: "ann", "as-user-extra": { "shop.example/a(b)": ["jörg"], "\ud800é": ["x"] } };
    const at = folder(t, { config: config(user) });
    assert.deepEqual(connectionOf({ kubeconfig: join(at, "config"), environment: {} }).impersonation, {
      "impersonate-user": "ann",
      "impersonate-extra-shop.example%2Fa%28b%29": ["jörg"],
      "impersonate-extra-%EF%BF%BD%C3%A9": ["x"],
    });
  });

  it("is put together of several files, of which the first that says something counts", async (t) => {
    const other = config({ token: "second" }, { "current-context": "other" }, { server: "https://second.example" });
    const at = folder(t, { a: JSON.stringify({ "current-context": "prod" }), b: config({ token: "first" }), c: other });
    const environment = { KUBECONFIG: ["a", "absent", "b", "c"].map((name) => join(at, name)).join(delimiter) };
    const connection = connectionOf({ environment });
    assert.equal(connection.server.hostname, "api.example");
    assert.deepEqual(await connection.identify(undefined), { authorization: "Bearer first" });
  });

  it("is refused with a place and without its secrets", async (t) => {
    const cases: readonly (readonly [string, string])[] = [
      ["kubeconfig.syntax", `{"users": [{"name": 1, "user": {"token": "${word}"}}]}`],
      ["kubeconfig.syntax", `token: "${word}`],
      ["kubeconfig.context", config({ token: word }, { "current-context": "" })],
      ["kubeconfig.context", config({ token: word }, { "current-context": "absent" })],
      ["kubeconfig.cluster", config({ token: word }, { clusters: [] })],
      ["kubeconfig.user", config({ token: word }, { users: [] })],
      ["net.proxy", config({ token: word }, {}, { "proxy-url": `socks5://user:${word}@proxy.example` })],
      ["kubeconfig.server", config({ token: word }, {}, { server: "http://api.example" })],
      ["kubeconfig.credentials", config({ "auth-provider": { name: "gcp" } })],
      ["kubeconfig.credentials", config({ token: `${word}\r\nx: y` })],
      ["kubeconfig.credentials", config({ token: word, as: "a", "as-groups": ["a\r\nx: y"] })],
      ["kubeconfig.credentials", config({ token: word, as: "a", "as-uid": "a\ny" })],
      ["kubeconfig.credentials", config({ token: word, as: "a", "as-user-extra": { scopes: ["a\0"] } })],
      ["kubeconfig.credentials", config({ token: word, "as-groups": ["system:masters"] })],
      ["kubeconfig.credentials", config({ token: word, "client-certificate-data": "Yw==" })],
      ["kubeconfig.unreadable", config({ tokenFile: "absent" })],
    ];
    for (const [code, text] of cases) {
      const at = folder(t, { config: text });
      const problem = await problemOf(async () => {
        await connectionOf({ kubeconfig: join(at, "config"), environment: {} }).identify(undefined);
      });
      assert.equal(problem.code, code, text);
      assert.equal(problem.kind, "usage");
    }
    assert.equal((await problemOf(() => connectionOf({ environment: {} }))).code, "kubeconfig.context");
  });

  it("names the proxy that the server is reached through, with its credentials for the proxy alone", (t) => {
    const at = folder(t, {
      config: config({ token: word }, {}, { "proxy-url": "http://user:p%3Aw@proxy.example:3128" }),
    });
    const { proxy } = connectionOf({ kubeconfig: join(at, "config"), environment: {} });
    assert.equal(proxy?.url.href, "http://proxy.example:3128/");
    assert.equal(proxy?.authorization, `Basic ${Buffer.from("user:p:w").toString("base64")}`);
  });

  it("never fails otherwise than by a Problem, whatever stands in it", (t) => {
    const at = join(folder(t, {}), "config");
    const valid = config({ token: word, exec: { command: "x", apiVersion: "y", args: [] }, "as-groups": ["g"] });
    fc.assert(
      fc.property(fc.nat(valid.length), fc.nat(valid.length), fc.string({ maxLength: 6 }), (from, to, put) => {
        writeFileSync(at, valid.slice(0, Math.min(from, to)) + put + valid.slice(Math.max(from, to)));
        try {
          connectionOf({ kubeconfig: at, environment: {} });
        } catch (error) {
          assert.ok(error instanceof Problem, String(error));
        }
      }),
      runs(200),
    );
  });
});

describe("a credential plugin", () => {
  const plugin = (t: TestContext, code: string, more: object = {}) => {
    const at = folder(t, { "plugin.cjs": code });
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: process.execPath,
      args: [join(at, "plugin.cjs")],
      env: [{ name: "WORD", value: word }],
      provideClusterInfo: true,
      ...more,
    };
    writeFileSync(join(at, "config"), config({ exec }));
    return connectionOf({ kubeconfig: join(at, "config"), environment: { PATH: process.env.PATH } });
  };
  const answer = (status: string) =>
    `console.log(JSON.stringify({apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: ${status}}))`;

  it("is told of the cluster, and gives a token", async (t) => {
    const code = `const {spec} = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
      if (spec.cluster.server !== "https://api.example:6443" || spec.interactive) process.exit(1);
      ${answer("{token: process.env.WORD}")}`;
    assert.deepEqual(await plugin(t, code).identify(undefined), { authorization: `Bearer ${word}` });
  });

  it("gives a certificate with its key", async (t) => {
    const code = answer(`{clientCertificateData: "c", clientKeyData: "k"}`);
    assert.deepEqual(await plugin(t, code).identify(undefined), { certificate: "c", key: "k" });
  });

  it("that fails, or says something else, is a Problem without what it said", async (t) => {
    for (const code of [
      `console.log(process.env.WORD); process.exit(3)`,
      `console.log(process.env.WORD)`,
      answer(`{clientCertificateData: process.env.WORD}`),
      answer(`{token: process.env.WORD + "\\n"+ "x"}`),
    ]) {
      const problem = await problemOf(async () => await plugin(t, code).identify(undefined));
      assert.match(problem.code, /^kubeconfig\.(?:plugin|credentials)$/);
    }
    const missing = plugin(t, "", { command: "no-such-plugin-of-bulkhead", installHint: "install it" });
    const problem = await problemOf(async () => await missing.identify(undefined));
    assert.equal(problem.remedy, "install it");
  });
});

describe("inside of a cluster", () => {
  it("the pod's own account is used", async (t) => {
    const at = folder(t, { token: `${word}\n`, "ca.crt": "authority" });
    const found = connectionInCluster({ KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443" }, at);
    assert.equal(found?.server.href, "https://[fd00::1]:6443/");
    assert.equal(found.authorities, "authority");
    assert.deepEqual(await found.identify(undefined), { authorization: `Bearer ${word}` });
    assert.equal(connectionInCluster({}, at), undefined);
  });

  it("http is spoken to this machine alone", () => {
    assert.equal(serverUrl("localhost:8080", "x").href, "http://localhost:8080/");
    assert.throws(() => serverUrl("http://api.example", "x"), Problem);
    assert.throws(() => serverUrl("file:///etc/passwd", "x"), Problem);
  });
});
