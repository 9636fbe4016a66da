import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mediaTypes } from "../document.ts";
import { sha256 } from "../image.fixture.ts";
import { readNotification } from "./notifications.ts";

const digest = sha256(Buffer.from("manifest"));
const target = {
  mediaType: mediaTypes.ociManifest,
  digest,
  size: 8,
  repository: "shop/api",
  url: `http://registry/v2/shop/api/manifests/${digest}`,
  tag: "v1",
};

function read(...events: readonly unknown[]) {
  return readNotification(Buffer.from(JSON.stringify({ events })), 10);
}

test("pushes and deletes of manifests are read, with who and when; blobs and pulls are not", () => {
  const event = { id: "1", timestamp: "2026-11-28T12:00:00.5Z", action: "push", target, actor: { name: "ci" } };
  const gone = { id: "2", action: "delete", target: { digest, repository: "shop/api" }, request: { addr: "[::1]:99" } };
  const untagged = { id: "3", action: "delete", target: { repository: "shop/api", tag: "v1" } };
  const layer = { action: "push", target: { ...target, mediaType: "application/octet-stream", url: "x/v2/a/blobs/d" } };
  const { events, unreadable } = read(event, { ...event, action: "pull" }, layer, gone, untagged);
  assert.equal(unreadable, 0);
  assert.deepEqual(events, [
    {
      kind: "pushed",
      id: "1",
      repository: "shop/api",
      digest,
      mediaType: mediaTypes.ociManifest,
      tag: "v1",
      at: new Date("2026-11-28T12:00:00.5Z"),
      by: "ci",
    },
    { kind: "deleted", id: "2", repository: "shop/api", digest, by: "[::1]:99" },
    { kind: "deleted", id: "3", repository: "shop/api", tag: "v1" },
  ]);
});

test("a manifest of any type is told by its place, and where none is named by its type", () => {
  const helm = { ...target, mediaType: "application/vnd.example+json" };
  assert.equal(read({ action: "push", target: helm }).events.length, 1);
  const { url: _, ...placeless } = target;
  assert.equal(read({ action: "push", target: placeless }).events.length, 1);
  assert.equal(
    read({ action: "push", target: { ...placeless, mediaType: "application/octet-stream" } }).events.length,
    0,
  );
});

test("what cannot be read is counted, and takes nothing along", () => {
  const bad = [
    1,
    { action: "push" },
    { action: "push", target: { ...target, repository: "../../etc" } },
    { action: "push", target: { ...target, digest: "sha256:1" } },
    { action: "delete", target: { repository: "shop/api" } },
  ];
  const { events, unreadable } = read(...bad, { action: "push", target });
  assert.deepEqual([events.length, unreadable], [1, bad.length]);
  assert.deepEqual(readNotification(Buffer.from("{"), 10), { events: [], unreadable: 1 });
  assert.equal(read(...Array(12).fill({ action: "push", target })).unreadable, 2);
  const [event] = read({
    action: "push",
    target,
    actor: { name: "a\u001b[2Jb" },
    id: "x".repeat(300),
    timestamp: "soon",
  }).events;
  assert.deepEqual([event?.by, event?.id, event?.at], ["a\\u001b[2Jb", undefined, undefined]);
});

test("any JSON and any bytes are read without an exception", () => {
  fc.assert(fc.property(fc.json(), (text) => void readNotification(Buffer.from(text), 5)));
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readNotification(Buffer.from(bytes), 5)));
  fc.assert(fc.property(fc.jsonValue(), (value) => void read(value, { action: "push", target: value })));
});
