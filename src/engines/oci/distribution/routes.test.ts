import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { isRepositoryName, type Route, type RouteFault, routeOf } from "./routes.ts";

const D = `sha256:${"a".repeat(64)}`;
const E = `sha256:${"e".repeat(64)}`;

function routed(method: string, path: string, query = ""): Route {
  const route = routeOf(method, path, query);
  assert.ok("request" in route, JSON.stringify(route));
  return route;
}

function refusedOf(method: string, path: string, query = ""): RouteFault {
  const route = routeOf(method, path, query);
  assert.ok("status" in route, JSON.stringify(route));
  return route;
}

describe("routes of the distribution specification", () => {
  it("reads each end", () => {
    const cases: [string, string, string, object, string?][] = [
      ["GET", "/v2/", "", { kind: "ping" }],
      ["GET", "/v2", "", { kind: "ping" }, "/v2/"],
      ["GET", "/v2/_catalog", "n=10&last=a", { kind: "catalog" }, "/v2/_catalog?n=10&last=a"],
      ["GET", "/v2/shop/web/tags/list", "n=1", { kind: "tags", repository: "shop/web" }, "/v2/shop/web/tags/list?n=1"],
      [
        "HEAD",
        "/v2/a/manifests/1.0",
        "",
        { kind: "manifest", repository: "a", reference: { tag: "1.0" }, action: "pull" },
      ],
      [
        "PUT",
        `/v2/a/manifests/${D}`,
        "",
        { kind: "manifest", repository: "a", reference: { digest: D }, action: "push" },
      ],
      [
        "DELETE",
        "/v2/a/manifests/x",
        "",
        { kind: "manifest", repository: "a", reference: { tag: "x" }, action: "delete" },
      ],
      ["GET", `/v2/a/b/blobs/${D}`, "", { kind: "blob", repository: "a/b", digest: D, action: "pull" }],
      ["DELETE", `/v2/a/blobs/${D}`, "", { kind: "blob", repository: "a", digest: D, action: "delete" }],
      ["POST", "/v2/a/blobs/uploads/", "", { kind: "upload", repository: "a" }],
      ["POST", "/v2/a/blobs/uploads", "", { kind: "upload", repository: "a" }, "/v2/a/blobs/uploads/"],
      [
        "PATCH",
        "/v2/a/blobs/uploads/u-1",
        "_state=x%3D",
        { kind: "upload", repository: "a", session: "u-1" },
        "/v2/a/blobs/uploads/u-1?_state=x%3D",
      ],
      [
        "PUT",
        "/v2/a/blobs/uploads/u",
        `digest=${D}`,
        { kind: "upload", repository: "a", session: "u", digest: D },
        `/v2/a/blobs/uploads/u?digest=${D}`,
      ],
      [
        "GET",
        `/v2/a/referrers/${D}`,
        "artifactType=a%2Fb%2Bc",
        { kind: "referrers", repository: "a", digest: D, artifactType: "a/b+c" },
        `/v2/a/referrers/${D}`,
      ],
      [
        "GET",
        `/v2/a/referrers/${D}`,
        "artifactType=a/b+c",
        { kind: "referrers", repository: "a", digest: D, artifactType: "a/b+c" },
        `/v2/a/referrers/${D}`,
      ],
    ];
    for (const [method, path, query, request, written] of cases) {
      const route = routed(method, path, query);
      assert.deepEqual(route.request, request);
      assert.equal(route.path + route.query, written ?? path);
    }
  });

  it("takes the words of the paths for names of repositories where they are", () => {
    const route = routed("GET", "/v2/manifests/blobs/tags/list/manifests/latest");
    assert.deepEqual(route.request, {
      kind: "manifest",
      repository: "manifests/blobs/tags/list",
      reference: { tag: "latest" },
      action: "pull",
    });
  });

  it("keeps a mount out of what the engine is asked", () => {
    const route = routed("POST", "/v2/a/blobs/uploads/", `mount=${D}&from=b%2Fc&digest=${E}`);
    assert.deepEqual(route.request, { kind: "upload", repository: "a", mount: { digest: D, from: "b/c" }, digest: E });
    assert.equal(route.query, `?digest=${E}`);
    // Without a source an engine would look for it everywhere.
    assert.equal(routed("POST", "/v2/a/blobs/uploads/", `mount=${D}`).query, "");
  });

  it("drops what a client adds where nothing of a query means anything", () => {
    assert.equal(routed("PUT", "/v2/a/manifests/x", "tag=y&ns=docker.io").query, "");
    assert.equal(routed("GET", `/v2/a/blobs/${D}`, "ns=docker.io").query, "");
  });

  it("refuses what another reader could take for something else", () => {
    const paths: [string, number][] = [
      ["/v2/a%2Fb/manifests/x", 400],
      ["/v2/a/manifests/%78", 400],
      ["/v2/a/../b/manifests/x", 400],
      ["/v2/a/./manifests/x", 400],
      ["/v2//a/manifests/x", 400],
      ["/v2/a//manifests/x", 400],
      ["//v2/a/manifests/x", 404],
      ["/V2/a/manifests/x", 404],
      ["/v2/a/Manifests/x", 404],
      ["/v2/A/manifests/x", 400],
      ["/v2/a/manifests/x/", 404],
      ["/v2/a/manifests/", 400],
      ["/v2/a/manifests/.x", 400],
      ["/v2/a/manifests/x;y", 400],
      ["/v2/a/manifests/x y", 400],
      ["/v2/a\\b/manifests/x", 400],
      [`/v2/a/manifests/${D.toUpperCase()}`, 400],
      ["/v2/a/manifests/md5:d41d8cd98f00b204e9800998ecf8427e", 400],
      [`/v2/a/manifests/${"t".repeat(129)}`, 400],
      [`/v2/${"a".repeat(256)}/manifests/x`, 400],
      [`/v2/${"a/".repeat(2_000)}manifests/x`, 400],
      [`/v2/a/blobs/${D}a`, 400],
      ["/v2/a/blobs/x", 400],
      ["/v2/host:5000/a/manifests/x", 400],
      ["/v2/a/blobs/uploads/..", 400],
      ["/v2/blobs/uploads/x", 400],
      ["/v2/manifests/x", 400],
      ["/v2/a", 404],
      ["/", 404],
      ["*", 404],
      ["http://registry/v2/a/manifests/x", 404],
      ["/v2/__proto__/x", 404],
      ["/v2/a/constructor/x", 404],
    ];
    for (const [path, status] of paths) assert.equal(refusedOf("GET", path).status, status, path);
  });

  it("refuses queries that readers part over", () => {
    const queries = [
      `digest=${D}&digest=${E}`,
      `Digest=${D}`,
      `mount=${D};from=b`,
      "a=%zz",
      "%6dount=x",
      "from=%ff",
      "from=A",
      `mount=x`,
      "a\u0000=b",
      "x".repeat(8_193),
    ];
    for (const query of queries) assert.equal(refusedOf("POST", "/v2/a/blobs/uploads/", query).status, 400, query);
    assert.equal(refusedOf("PUT", "/v2/a/blobs/uploads/u", `mount=${D}`).status, 400);
  });

  it("names the methods that an end takes", () => {
    assert.deepEqual(refusedOf("POST", "/v2/a/manifests/x").allow, ["GET", "HEAD", "PUT", "DELETE"]);
    assert.equal(refusedOf("get", "/v2/").status, 405);
    assert.equal(refusedOf("TRACE", `/v2/a/blobs/${D}`).status, 405);
  });

  it("writes anew exactly what it has read, and reads the same of it again", () => {
    const part = fc.constantFrom(
      "a",
      "b-c",
      "manifests",
      "blobs",
      "uploads",
      "tags",
      "list",
      "referrers",
      "v2",
      D,
      "..",
      "",
      "A",
      "x%2f",
    );
    const method = fc.constantFrom("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE");
    const property = fc.property(method, fc.array(part, { maxLength: 7 }), (verb, parts) => {
      const path = `/v2/${parts.join("/")}`;
      const route = routeOf(verb, path, "");
      if ("status" in route) return;
      assert.ok(route.path === path || route.path === `${path}/`);
      const [bare = "", query = ""] = [route.path, route.query.slice(1)];
      assert.deepEqual(routeOf(verb, bare, query), route);
      if ("repository" in route.request) assert.ok(isRepositoryName(route.request.repository));
    });
    fc.assert(property, runs(3_000));
  });
});
