import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "./digest.ts";
import { formatLocation } from "./location.ts";

test("a file is shown in the form that editors turn into a link", () => {
  assert.equal(formatLocation({ kind: "file", path: "a/b.yaml" }), "a/b.yaml");
  assert.equal(formatLocation({ kind: "file", path: "a/b.yaml", line: 4 }), "a/b.yaml:4");
  assert.equal(formatLocation({ kind: "file", path: "a/b.yaml", line: 4, column: 7 }), "a/b.yaml:4:7");
  assert.equal(formatLocation({ kind: "file", path: "a/b.yaml", column: 7 }), "a/b.yaml");
});

test("a path in an image is absolute and names its layer, counted from 1", () => {
  const layer = { index: 2, diffId: `sha256:${"0".repeat(64)}` as Digest };
  assert.equal(formatLocation({ kind: "image", path: "etc/passwd", layer }), "/etc/passwd (layer 3)");
  assert.equal(
    formatLocation({ kind: "image", path: "etc/passwd", layer: { ...layer, of: 5 } }),
    "/etc/passwd (layer 3/5)",
  );
});

test("a field of the config stands for itself", () => {
  assert.equal(formatLocation({ kind: "config", field: "config.User" }), "config.User");
});

test("a field of an object is shown behind the object, and where that is written", () => {
  const object = "Deployment shop/web";
  assert.equal(formatLocation({ kind: "object", object }), "Deployment shop/web");
  const field = "spec.hostPID";
  assert.equal(formatLocation({ kind: "object", object, field }), "Deployment shop/web: spec.hostPID");
  assert.equal(
    formatLocation({ kind: "object", object, field, place: { path: "web.yaml", line: 3 } }),
    "Deployment shop/web: spec.hostPID (web.yaml:3)",
  );
});
