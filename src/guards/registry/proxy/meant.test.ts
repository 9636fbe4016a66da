import assert from "node:assert/strict";
import { test } from "node:test";
import { routeOf } from "../../../engines/oci/distribution/routes.ts";
import { meantRoute } from "./meant.ts";

const upstreams = {
  meant: (repository: string, { host, ns }: { host?: string; ns?: string }) =>
    host === "hub.example.com" || ns === "docker.io" ? `hub/${repository}` : undefined,
};

function routed(method: string, path: string, query = "", host = "registry.example.com") {
  const route = routeOf(method, path, query);
  assert.ok(!("status" in route));
  const meant = meantRoute(route, { method, path, query, headers: ["Host", host] }, upstreams);
  return "status" in meant ? meant.code : [meant.path, "repository" in meant.request && meant.request.repository];
}

test("containerd's query and a mirror's host lead to the namespace, whatever of it is asked for", () => {
  const hex = "a".repeat(64);
  for (const end of ["manifests/1.27", `blobs/sha256:${hex}`, "tags/list", `referrers/sha256:${hex}`]) {
    const meant = [`/v2/hub/library/nginx/${end}`, "hub/library/nginx"];
    assert.deepEqual(routed("GET", `/v2/library/nginx/${end}`, "ns=docker.io"), meant);
    assert.deepEqual(routed("GET", `/v2/library/nginx/${end}`, "", "hub.example.com"), meant);
  }
  assert.deepEqual(routed("GET", "/v2/library/nginx/manifests/1", "ns=ghcr.io"), [
    "/v2/library/nginx/manifests/1",
    "library/nginx",
  ]);
});

test("a name that is part of itself is only put in front once", () => {
  assert.deepEqual(routed("GET", "/v2/manifests/manifests/manifests/v1", "ns=docker.io"), [
    "/v2/hub/manifests/manifests/manifests/v1",
    "hub/manifests/manifests",
  ]);
});

test("a name that is too long with its namespace is refused, and what is about no repository stays", () => {
  const long = `${"a".repeat(120)}/${"b".repeat(133)}`;
  assert.equal(routed("GET", `/v2/${long}/manifests/1`, "ns=docker.io"), "NAME_INVALID");
  assert.deepEqual(routed("GET", "/v2/", "", "hub.example.com"), ["/v2/", false]);
});
