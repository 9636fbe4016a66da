import assert from "node:assert/strict";
import { test } from "node:test";
import type { Asset, ImageAsset } from "./asset.ts";
import type { Digest } from "./digest.ts";
import { identifiedEnds, indexChildren, type Relation } from "./relation.ts";

const digestOf = (character: string) => `sha256:${character.repeat(64)}` as Digest;

test("an image that was met in an index is a child of it, once, as of then", () => {
  const observedAt = "2026-01-01T00:00:00.000Z";
  const image: ImageAsset = {
    kind: "image",
    id: digestOf("a"),
    identifiedBy: "config",
    lineage: "shop/web",
    name: "shop/web:1",
    references: [
      { reference: "shop/web:1", manifestDigest: digestOf("b"), indexDigest: digestOf("c"), observedAt },
      { reference: "shop/web:0", manifestDigest: digestOf("b"), observedAt },
    ],
  };
  const rootfs = { kind: "rootfs", id: "/", lineage: "/", name: "/" } as const;
  assert.deepEqual(indexChildren([image, rootfs, image]), [
    {
      type: "childOf",
      from: { kind: "image", id: digestOf("a"), identifiedBy: "config", name: "shop/web:1" },
      to: { kind: "image", id: digestOf("c"), identifiedBy: "index", name: "shop/web:1" },
      observedAt,
      evidence: { reference: "shop/web:1", manifest: digestOf("b") },
      gaps: [],
    },
  ]);
});

test("what is no asset gets the identity of the cluster that it is in", () => {
  const observedAt = "2026-01-01T00:00:00.000Z";
  const about = (id: string): Asset => ({ kind: "cluster", id, lineage: id, name: "x" });
  const may = (account: string, permission: string): Relation => ({
    type: "may",
    from: { kind: "account", id: account, name: "User ada" },
    to: { kind: "permission", id: permission, name: "ClusterRole view" },
    observedAt,
    evidence: {},
    gaps: [],
  });
  const before = [may("prod/User//ada", "prod/ClusterRole//view")];
  const ids = (after: string) =>
    identifiedEnds(before, new Map([[about("prod"), about(after)]])).flatMap(({ from, to }) => [from.id, to.id]);
  assert.deepEqual(ids("cluster:6f2e//"), ["cluster:6f2e//User//ada", "cluster:6f2e//ClusterRole//view"]);
  assert.deepEqual(ids("github.com/acme/shop//manifests"), [
    "github.com/acme/shop//manifests/User//ada",
    "github.com/acme/shop//manifests/ClusterRole//view",
  ]);
  const elsewhere = [may("production/User//ada", "other")];
  assert.deepEqual(identifiedEnds(elsewhere, new Map([[about("prod"), about("cluster:6f2e//")]])), elsewhere);
});
