import assert from "node:assert/strict";
import { test } from "node:test";
import type { ImageAsset } from "./asset.ts";
import type { Digest } from "./digest.ts";
import { indexChildren } from "./relation.ts";

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
