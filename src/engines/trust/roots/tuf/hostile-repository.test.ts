import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "../../../../net/loopback.fixture.ts";
import { tufBounds } from "../bounds.ts";
import { readKept } from "./kept.ts";
import { clientOf, TestRepository } from "./repository.fixture.ts";

test("a repository whose first root is signed by others is none of ours", async (context) => {
  const [ours, theirs] = [new TestRepository(), new TestRepository()];
  const client = await clientOf(context, theirs, ours.anchor());
  await assert.rejects(client.update(), {
    code: "tuf.signature",
    message: /0 of the 2 keys that the trusted root asks for/,
  });
  assert.equal(readKept(client.cache, client.repository.anchor), undefined);
  const later = await clientOf(context, ours, ours.anchor(2));
  await assert.rejects(later.update(), { code: "tuf.missing", place: /2\.root\.json$/ });
  ours.files.set("2.root.json", ours.files.get("1.root.json") ?? Buffer.alloc(0));
  await assert.rejects(later.update(), { code: "tuf.mismatch", message: "version 1, not 2" });
});

test("a timestamp of the same version with other content changes nothing", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  await client.update();
  repository.publish();
  repository.timestamp.version = 0;
  repository.publishTimestamp();
  const { kept } = await client.update();
  assert.equal(kept.snapshot?.signed.version, 1);
});

test("roots without an end, and files without one, have bounds", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  for (let version = 2; version <= tufBounds.rootVersions + 2; version += 1) repository.publishRoot();
  await assert.rejects(client.update(), { code: "tuf.bound", message: "more than 256 new versions of the root" });
  const endless = await clientOf(context, new TestRepository());
  const server = await serve(context, (_request, response) => {
    const more = () => response.write(Buffer.alloc(64 * 1024)) && setImmediate(more);
    response.on("drain", more).on("error", () => undefined);
    more();
  });
  Object.assign(endless.repository, { url: new URL(server.origin) });
  await assert.rejects(endless.update(), { code: "tuf.bound", message: /more than 524288 bytes/ });
});

test("servers that do not answer, or with trouble", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  const answers = [500, 503, 429, 200];
  const server = await serve(context, (request, response) => {
    const status = request.url?.endsWith("/1.root.json") ? (answers.shift() ?? 200) : 200;
    const bytes = repository.files.get((request.url ?? "").slice(1));
    response.writeHead(bytes === undefined ? 403 : status).end(status === 200 ? bytes : "");
  });
  Object.assign(client.repository, { url: new URL(server.origin) });
  assert.equal((await client.update()).kept.timestamp?.signed.version, 1);
  const refuse = async (status: number, code: string) => {
    const broken = await serve(context, (_request, response) => response.writeHead(status).end());
    Object.assign(client.repository, { url: new URL(broken.origin) });
    await assert.rejects(client.update(), { code, kind: "unavailable" });
    return broken.seen.length;
  };
  assert.equal(await refuse(502, "tuf.unreachable"), 4);
  assert.equal(await refuse(401, "tuf.answer"), 1);
  Object.assign(client.repository, { url: new URL("http://127.0.0.1:1") });
  await assert.rejects(client.update(), { code: "tuf.unreachable", message: /connection refused/ });
});
