import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDigest } from "../core/digest.ts";
import { imageLines } from "./cluster.ts";

test("a line names an image's digest, its pods and its age", () => {
  const digest = parseDigest(`sha256:${"ab".repeat(32)}`);
  assert.ok(digest !== undefined);
  const since = "2026-11-23T00:00:00Z";
  const lines = imageLines(
    [
      {
        name: "web:1",
        repository: "registry.example/web",
        digest,
        since,
        pods: 5,
        owners: [],
        examples: ["shop/a", "shop/b"],
      },
      { name: "old", digest, since: "?", pods: 1, owners: [], examples: ["shop/c"] },
      { name: "new", pods: 1, owners: [], examples: ["shop/d"] },
    ],
    new Date("2026-11-24T12:00:00Z"),
  );
  assert.deepEqual(lines, [
    `image web:1: registry.example/web@${digest}: runs in 5 pods, for 1 day (shop/a, shop/b and 3 more)`,
    `image old: ${digest}: runs in 1 pod (shop/c)`,
    "image new: no digest known: runs in 1 pod (shop/d)",
  ]);
});
