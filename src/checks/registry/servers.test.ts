import assert from "node:assert/strict";
import { test } from "node:test";
import { anonymousAccess } from "./anonymous-access.ts";
import { detected, distribution, evaluationOf, zot } from "./server/server.fixture.ts";
import { serverDeleteOpen } from "./server-delete-open.ts";
import { serverMutableTags } from "./server-mutable-tags.ts";
import { serverPlainHttp } from "./server-plain-http.ts";
import { serverWithoutAuthentication } from "./server-without-authentication.ts";
import { upstreamWithoutVerification } from "./upstream-without-verification.ts";

const token =
  "auth: { token: { realm: 'https://r.example.com/token', service: r, issuer: i, rootcertbundle: /c.pem } }";
const htpasswd = { htpasswd: { path: "/etc/zot/htpasswd" } };

test("a server that asks nobody who they are is found, by what anyone may do", () => {
  assert.deepEqual(detected(serverWithoutAuthentication, distribution()), [
    "1:1 high distribution lets anyone push and pull: no authentication is configured",
  ]);
  assert.deepEqual(detected(serverWithoutAuthentication, distribution("auth:", "  silly: { realm: a, service: b }")), [
    "5:3 high distribution accepts every Authorization header (auth.silly)",
  ]);
  assert.deepEqual(detected(serverWithoutAuthentication, distribution("proxy: { remoteurl: 'https://a.example' }")), [
    "1:1 medium distribution lets anyone pull: no authentication is configured",
  ]);
  assert.deepEqual(
    detected(serverWithoutAuthentication, distribution("proxy: { remoteurl: 'https://a.example', username: b }")),
    [
      "4:10 high distribution lets anyone pull what its own credentials may read upstream: no authentication is configured",
    ],
  );
  assert.deepEqual(detected(serverWithoutAuthentication, zot({})), [
    "1:1 high zot lets anyone push and pull: no authentication is configured",
  ]);
});

test("one that asks, or that is of this machine alone, is not", () => {
  for (const text of [
    distribution(token),
    distribution("auth: { htpasswd: { realm: a, path: /h } }"),
    distribution("http: { addr: 'localhost:5000' }"),
    zot({ auth: htpasswd }),
    zot({ address: "127.0.0.1" }),
    // Its rules say what anyone may do.
    zot({ accessControl: { repositories: { "**": { anonymousPolicy: ["read"] } } } }),
  ]) {
    assert.equal(evaluationOf(serverWithoutAuthentication, text)?.verdict, "pass", text);
  }
});

test("Harbor's first password is found in both of its forms", () => {
  const password = ["Harbor", "12345"].join("");
  const installed = `hostname: r.example.com\nharbor_admin_password: ${password}\nhttps: { port: 443 }\n`;
  const chart = `externalURL: https://r.example.com\nexpose: { tls: { enabled: true } }\nharborAdminPassword: ${password}\n`;
  const title = "high Harbor has the administrator's password that everybody knows";
  assert.deepEqual(detected(serverWithoutAuthentication, installed), [`2:1 ${title}`]);
  assert.deepEqual(detected(serverWithoutAuthentication, chart), [`3:1 ${title}`]);
  assert.deepEqual(detected(serverWithoutAuthentication, installed.replace(password, "other")), []);
});

test("repositories that rules open to anyone are found by pattern, and what anyone may change is worse", () => {
  const repositories = {
    "public/**": { anonymousPolicy: ["read"], defaultPolicy: ["read"] },
    "drop/*": { anonymousPolicy: ["read", "create"] },
  };
  assert.deepEqual(
    detected(anonymousAccess, zot({ auth: htpasswd, accessControl: { repositories } })).map((each) =>
      each.replace(/^\S+ /, ""),
    ),
    ["high zot lets anyone pull, push in drop/*", "medium zot lets anyone pull in public/**"],
  );
  assert.equal(evaluationOf(anonymousAccess, zot({ auth: htpasswd }))?.verdict, "pass");
  assert.equal(evaluationOf(anonymousAccess, distribution()), undefined);
});

test("plain HTTP is found, and TLS of its own or before it is not", () => {
  assert.deepEqual(detected(serverPlainHttp, distribution("http:", "  addr: :5000")), [
    "5:3 medium distribution serves plain HTTP",
  ]);
  assert.deepEqual(detected(serverPlainHttp, zot({})).length, 1);
  assert.deepEqual(detected(serverPlainHttp, "hostname: a\nharbor_admin_password: b\nhttp: { port: 80 }\n"), [
    "3:9 medium Harbor serves plain HTTP",
  ]);
  for (const text of [
    distribution("http: { tls: { certificate: /c, key: /k } }"),
    distribution("http: { tls: { letsencrypt: { email: a@example.com, cachefile: /c } } }"),
    distribution("http: { host: 'https://r.example.com' }"),
    distribution("http: { addr: '127.0.0.1:5000' }"),
    zot({ tls: { cert: "/c", key: "/k" } }),
    "hostname: a\nharbor_admin_password: b\nexternal_url: https://r.example.com\n",
  ]) {
    assert.deepEqual(detected(serverPlainHttp, text), [], text);
  }
});

test("deletion is found where anyone may, or every user, and not where a token service decides", () => {
  const open = ["storage:", "  delete: { enabled: true }"];
  const withDelete = (...lines: string[]) => ["version: 0.1", ...open, ...lines, ""].join("\n");
  assert.deepEqual(detected(serverDeleteOpen, withDelete()), ["3:13 high distribution lets anyone delete images"]);
  assert.deepEqual(detected(serverDeleteOpen, withDelete("auth: { htpasswd: { realm: a, path: /h } }")), [
    "3:13 medium distribution lets every user delete images",
  ]);
  assert.deepEqual(detected(serverDeleteOpen, withDelete(token)), []);
  assert.deepEqual(detected(serverDeleteOpen, distribution()), []);
  const policies = (...actions: string[]) =>
    zot({ auth: htpasswd, accessControl: { repositories: { "**": { defaultPolicy: actions } } } });
  assert.match(detected(serverDeleteOpen, policies("read", "delete"))[0] ?? "", /medium zot lets every user delete/);
  assert.deepEqual(detected(serverDeleteOpen, policies("read", "create")), []);
  assert.match(detected(serverDeleteOpen, zot({ auth: htpasswd }))[0] ?? "", /medium zot lets every user delete/);
  assert.match(detected(serverDeleteOpen, zot({}))[0] ?? "", /high zot lets anyone delete/);
});

test("tags that whoever pushes may move are found, and those that rules keep are not", () => {
  assert.deepEqual(detected(serverMutableTags, distribution(token)), [
    "1:1 low distribution lets tags be moved to other images",
  ]);
  const rules = { repositories: { "**": { defaultPolicy: ["read", "create"] } } };
  assert.deepEqual(detected(serverMutableTags, zot({ auth: htpasswd, accessControl: rules })), []);
  assert.equal(detected(serverMutableTags, zot({ auth: htpasswd })).length, 1);
  assert.deepEqual(detected(serverMutableTags, distribution("proxy: { remoteurl: 'https://a.example' }")), []);
});

test("upstreams whose signatures or servers are not verified are found", () => {
  assert.deepEqual(detected(upstreamWithoutVerification, distribution("proxy: { remoteurl: 'https://a.example' }")), [
    "4:10 medium distribution serves images of https://a.example without verifying signatures",
  ]);
  const sync = (registry: object) =>
    zot({}, { sync: { enable: true, registries: [{ urls: ["https://a.example"], ...registry }] } });
  const titles = (text: string) => detected(upstreamWithoutVerification, text).map((each) => each.replace(/^\S+ /, ""));
  assert.deepEqual(titles(sync({})), ["medium zot copies images of https://a.example without verifying signatures"]);
  assert.deepEqual(titles(sync({ onlySigned: true, tlsVerify: false })), [
    "high zot copies images of https://a.example without verifying the server",
  ]);
  assert.equal(evaluationOf(upstreamWithoutVerification, sync({ onlySigned: true }))?.verdict, "pass");
  assert.equal(evaluationOf(upstreamWithoutVerification, distribution()), undefined);
});
