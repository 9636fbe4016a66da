import assert from "node:assert/strict";
import { test } from "node:test";
import { json, listen } from "../registry/loopback.fixture.ts";
import { probeAccess, probeTransport } from "./probe.ts";
import type { ProbedAccess } from "./probe-model.ts";

const outcomes = ({ attempts }: ProbedAccess) =>
  Object.fromEntries(Object.entries(attempts).map(([name, { outcome }]) => [name, outcome]));

test("a registry that is open to anyone is told so, and the upload is cancelled", async (t) => {
  const { host, seen } = await listen(t, (request, response) => {
    const { method, url = "" } = request;
    if (url.startsWith("/v2/_catalog")) return json(response, 200, { repositories: ["shop/api"] });
    if (method === "POST") return json(response, 202, {}, { location: "/v2/shop/api/blobs/uploads/1?state=a" });
    if (method === "DELETE" && url.includes("/uploads/")) return json(response, 204, undefined);
    if (method === "DELETE") return json(response, 404, { errors: [{ code: "MANIFEST_UNKNOWN" }] });
    json(response, 200, { tags: [] });
  });
  const probe = await probeAccess({ registry: host });
  assert.deepEqual(
    [probe.repository, outcomes(probe)],
    ["shop/api", { catalog: "allowed", pull: "allowed", push: "allowed", delete: "allowed" }],
  );
  assert.deepEqual(
    seen.map(({ method, url }) => `${method} ${url}`),
    [
      "GET /v2/_catalog?n=1",
      "GET /v2/shop/api/tags/list?n=1",
      "POST /v2/shop/api/blobs/uploads/",
      "DELETE /v2/shop/api/blobs/uploads/1?state=a",
      `DELETE /v2/shop/api/manifests/sha256:${"0".repeat(64)}`,
    ],
  );
  assert.ok(seen.every(({ headers }) => headers.authorization === undefined));
});

test("one that gives anyone a token for pulls alone is told apart, by what the token opens", async (t) => {
  const { host, origin } = await listen(t, (request, response) => {
    const { method, url = "", headers } = request;
    if (url.startsWith("/token")) {
      const scope = new URL(url, origin).searchParams.get("scope") ?? "";
      return json(response, 200, { token: scope.endsWith(":pull") ? "pulls" : "nothing" });
    }
    const isPull = method === "GET" && url.includes("/tags/");
    if (isPull && headers.authorization === "Bearer pulls") return json(response, 200, { tags: [] });
    const scope = isPull ? "repository:shop/api:pull" : "registry:catalog:*";
    const challenge = `Bearer realm="${origin}/token",service="r",scope="${scope}"`;
    json(response, 401, {}, { "www-authenticate": challenge });
  });
  assert.deepEqual(outcomes(await probeAccess({ registry: host, repository: "shop/api" })), {
    catalog: "refused",
    pull: "allowed",
    push: "refused",
    delete: "refused",
  });
});

test("without a repository, or with answers that prove nothing, it is unknown", async (t) => {
  const { host } = await listen(t, (_, response) => json(response, 500, {}));
  assert.deepEqual(
    new Set(Object.values(outcomes(await probeAccess({ registry: host, repository: "a" })))),
    new Set(["unknown"]),
  );
  const closed = await listen(t, (_, response) => json(response, 401, {}));
  const { attempts } = await probeAccess({ registry: closed.host });
  assert.deepEqual([attempts.catalog.outcome, attempts.push.outcome], ["refused", "unknown"]);
});

test("plain HTTP is told from a redirect and from nothing", async (t) => {
  const served = await listen(t, (_, response) => json(response, 401, {}));
  const redirecting = await listen(t, (_, response) =>
    json(response, 301, {}, { location: "https://r.example.com/v2/" }),
  );
  assert.equal((await probeTransport({ registry: served.host })).plain, "served");
  assert.equal((await probeTransport({ registry: redirecting.host })).plain, "redirected");
  const { plain, tls } = await probeTransport({ registry: "127.0.0.1:1" });
  assert.deepEqual([plain, tls.kind], ["closed", "none"]);
});
