import assert from "node:assert/strict";
import { test } from "node:test";
import { type Authority, authorityIn, formatAuthority, lineageUnder } from "./authority.ts";

const shop: Authority = { kind: "repository", remote: "github.com/acme/shop", path: "" };
const local: Authority = { kind: "directory", path: "", reason: "it has no remote" };
const cluster: Authority = { kind: "cluster", uid: "6f2e0b0c-0000-4000-8000-000000000001" };
const address: Authority = { kind: "cluster-address", server: "api.example.com:6443", authorities: "ab12" };

test("a file is the same one whichever directory of the repository is scanned", () => {
  const below: Authority = { ...shop, path: "services/web" };
  assert.equal(lineageUnder(shop, "services/web/Dockerfile"), "github.com/acme/shop//services/web/Dockerfile");
  assert.equal(lineageUnder(below, "Dockerfile"), lineageUnder(shop, "services/web/Dockerfile"));
  assert.equal(lineageUnder(below, "./Deployment/shop/web"), "github.com/acme/shop//services/web/Deployment/shop/web");
});

test("the whole of a directory is its path", () => {
  assert.equal(lineageUnder(shop, "."), "github.com/acme/shop//");
  assert.equal(lineageUnder({ ...shop, path: "deploy" }, "."), "github.com/acme/shop//deploy");
});

test("what a lineage starts with is told from what an image's repository starts with", () => {
  for (const authority of [shop, local, cluster, address]) {
    assert.equal(authorityIn(lineageUnder(authority, "a//b")), formatAuthority(authority));
  }
  assert.equal(authorityIn("docker.io/library/nginx"), undefined);
  assert.equal(authorityIn("Dockerfile"), undefined);
});
