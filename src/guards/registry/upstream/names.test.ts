import assert from "node:assert/strict";
import { test } from "node:test";
import { upstreamSettings } from "../../../engines/oci/distribution/upstream-policy.ts";
import { mirroredRepository, upstreamOf } from "./names.ts";

const written = {
  hub: { registry: "docker.io", allow: ["library/*", "bitnami/**"], hosts: ["hub.registry.example.com", "hub:5000"] },
  quay: { registry: "quay.io" },
  "mirror/quay": { registry: "quay.io/folder", allow: ["team/*"] },
  private: { registry: "registry.example.com:5000" },
};
const at = { path: "bulkhead.yaml", line: 1, column: 1 };
const upstreams = upstreamSettings["registry.upstreams"].read?.(written as never, String, () => at) ?? {};

test("a repository is its upstream's by the longest namespace that it begins with", () => {
  const names = ["hub/library/nginx", "hub/nginx", "quay/a/b", "mirror/quay/team/x", "private/shop/api"].map((one) => {
    const { name, namespace, isAllowed } = upstreamOf(upstreams, one) ?? {};
    return [namespace, name, isAllowed];
  });
  assert.deepEqual(names, [
    ["hub", "docker.io/library/nginx", true],
    ["hub", "docker.io/library/nginx", true],
    ["quay", "quay.io/a/b", true],
    ["mirror/quay", "quay.io/folder/team/x", true],
    ["private", "registry.example.com:5000/shop/api", true],
  ]);
  assert.equal(upstreamOf(upstreams, "hub/evil/miner")?.isAllowed, false);
  assert.equal(upstreamOf(upstreams, "mirror/quay/other/x")?.isAllowed, false);
});

test("what only looks like a namespace is our own, also where objects have a property of that name", () => {
  for (const own of ["shop/api", "hubs/library/nginx", "mirror", "mirror/x", "constructor/x", "__proto__/x"]) {
    assert.equal(upstreamOf(upstreams, own), undefined, own);
  }
});

test("a namespace alone, and what cannot be a repository there, has nothing to fetch and is nobody's to push", () => {
  for (const none of ["hub", "mirror/quay"]) {
    assert.equal(upstreamOf(upstreams, none)?.source, undefined);
    assert.equal(upstreamOf(upstreams, none)?.isAllowed, false);
  }
});

test("who asks in another registry's place means the repository in its namespace", () => {
  const meant = (repository: string, asked: { host?: string; ns?: string }) =>
    mirroredRepository(upstreams, repository, asked);
  assert.equal(meant("library/nginx", { ns: "docker.io" }), "hub/library/nginx");
  assert.equal(meant("library/nginx", { ns: "registry-1.docker.io" }), "hub/library/nginx");
  assert.equal(meant("hub/library/nginx", { ns: "docker.io" }), undefined, "its mirror has the namespace in its path");
  assert.equal(meant("shop/api", { ns: "registry.example.com:5000" }), "private/shop/api");
  assert.equal(meant("library/nginx", { ns: "ghcr.io" }), undefined);
  assert.equal(meant("library/nginx", { ns: "" }), undefined);
  assert.equal(meant("library/nginx", {}), undefined);
  assert.equal(meant("library/nginx", { host: "HUB.registry.example.com" }), "hub/library/nginx");
  assert.equal(meant("library/nginx", { host: "hub:5000" }), "hub/library/nginx");
  assert.equal(meant("library/nginx", { host: "hub" }), undefined);
});
