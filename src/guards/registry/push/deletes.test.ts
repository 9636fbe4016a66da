import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../../core/digest.ts";
import { blob, image, indexOf, signatureOf, type World, world } from "./pushed.fixture.ts";

const REPOSITORY = "shop/api";
const one = image("one");
const now = new Date("2026-11-28T11:00:00Z");

async function pushed(options: World = {}) {
  const of = world(options);
  const index = indexOf([one]);
  await of.through(REPOSITORY, { digest: one.digest }, one);
  await of.through(REPOSITORY, { tag: "v1" }, index);
  await of.through(REPOSITORY, { tag: "dev" }, image("dev"));
  const remove = async (target: { tag: string } | { digest: Digest } | { blob: Digest }) =>
    await of.gate.remove({ ...of.asked(REPOSITORY), target });
  return { ...of, index, remove };
}

test("an immutable tag, what it holds and what is in that are not deleted, by whatever name", async () => {
  const { remove, index } = await pushed({ rules: { immutableTags: ["v*"] } });
  assert.match((await remove({ tag: "v1" })).reason, /^shop\/api:v1 is immutable/);
  assert.match((await remove({ digest: index.digest })).reason, /is what the immutable tag v1 holds$/);
  assert.match((await remove({ digest: one.digest })).reason, /which names it, is what the immutable tag v1 holds$/);
  assert.match((await remove({ blob: blob("layer of one").digest })).reason, /references sha256:/);
  assert.equal((await remove({ tag: "dev" })).action, "allow");
  assert.equal((await remove({ digest: image("dev").digest })).action, "allow");
  assert.equal((await remove({ digest: image("never").digest })).action, "allow", "the engine answers that");
});

test("an immutable tag of the engine counts though the store does not know it", async () => {
  const { remove, engine } = await pushed({ rules: { immutableTags: ["v*"] } });
  const behind = image("behind");
  engine.put(REPOSITORY, { tag: "v9" }, behind);
  assert.equal((await remove({ digest: behind.digest })).action, "refuse");
});

test("signatures and lists of referrers are deleted under tags that are immutable by name", async () => {
  const { remove, through } = await pushed({ rules: { immutableTags: ["*"] } });
  const signature = signatureOf("one");
  const tag = `sha256-${one.digest.slice("sha256:".length)}.sig`;
  await through(REPOSITORY, { tag }, signature);
  assert.equal((await remove({ tag })).action, "allow");
  assert.equal((await remove({ digest: signature.digest })).action, "allow");
  assert.equal((await remove({ tag: "dev" })).action, "refuse");
});

test("what was seen running stays where the policy says so", async () => {
  const unused = await pushed();
  await unused.store.images.savesRunning([unused.index.digest], now, "cluster");
  assert.match((await unused.remove({ tag: "v1" })).reason, /was seen running within the last 14 days/);
  assert.match((await unused.remove({ digest: one.digest })).reason, /which names it, was seen running/);
  const allowed = await pushed({ rules: { deletes: "allow" } });
  await allowed.store.images.savesRunning([allowed.index.digest], now, "cluster");
  assert.equal((await allowed.remove({ tag: "v1" })).action, "allow");
  const denied = await pushed({ rules: { deletes: "deny" } });
  assert.equal((await denied.remove({ tag: "dev" })).reason, "nothing is deleted from shop/api");
});

test("a blob goes once the manifests are gone that reference it", async () => {
  const { remove, engine, store } = await pushed();
  const layer = blob("layer of dev").digest;
  assert.equal((await remove({ blob: layer })).action, "refuse");
  const decision = await remove({ digest: image("dev").digest });
  engine.remove(REPOSITORY, { digest: image("dev").digest });
  await decision.end?.("removed");
  assert.deepEqual(await store.images.manifestsWith(REPOSITORY, layer), []);
  assert.equal((await remove({ blob: layer })).action, "allow");
});

test("what is deleted is forgotten, and what the engine refused to delete is not", async () => {
  const { remove, store, index } = await pushed();
  const key = { repository: REPOSITORY, digest: index.digest };
  await (await remove({ tag: "v1" })).end?.("failed");
  assert.deepEqual((await store.images.find(key))?.tags, ["v1"]);
  await (await remove({ tag: "v1" })).end?.("removed");
  assert.deepEqual((await store.images.find(key))?.tags, []);
  await (await remove({ digest: index.digest })).end?.("removed");
  assert.equal(await store.images.find(key), undefined);
});

test("without the engine or the store nothing is deleted but by the policy's word for what is unknown", async () => {
  const strict = await pushed({ rules: { immutableTags: ["v*"] } });
  strict.engine.fail(true);
  const blind = await strict.remove({ digest: one.digest });
  assert.deepEqual([blind.action, blind.outcomes[0]?.verdict], ["refuse", "unknown"]);
  strict.engine.fail(false);
  strict.store.fail(true);
  assert.match((await strict.remove({ tag: "dev" })).reason, /^whether shop\/api, dev may be deleted is unknown/);
  const mild = await pushed({ unknown: "warn" });
  mild.store.fail(true);
  assert.deepEqual([(await mild.remove({ tag: "dev" })).action], ["allow"]);
});
