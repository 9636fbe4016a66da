import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { readKept } from "./kept.ts";
import { type Body, clientOf, envelope, NOW, signer, TestRepository } from "./repository.fixture.ts";

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
const file = ({ kept }: { kept: { files: ReadonlyMap<string, Uint8Array> } }) =>
  text(kept.files.get("trusted_root.json"));
const later = (days: number): Date => new Date(NOW.getTime() + days * 86_400_000);

test("a target by way of root, timestamp, snapshot and targets, and again from what was kept", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  const first = await client.update();
  assert.equal(file(first), "the first");
  assert.equal(first.kept.checkedAt, NOW.toISOString());
  assert.deepEqual(
    client.server.seen.map(({ url }) => url.replace(/[0-9a-f]{64}/, "HASH")),
    [
      ...["/tuf/1.root.json", "/tuf/2.root.json", "/tuf/timestamp.json", "/tuf/1.snapshot.json", "/tuf/1.targets.json"],
      "/tuf/targets/HASH.trusted_root.json",
    ],
  );
  client.server.seen.length = 0;
  assert.equal(file(await client.update({ now: later(1) })), "the first");
  assert.deepEqual(
    client.server.seen.map(({ url }) => url),
    ["/tuf/2.root.json", "/tuf/timestamp.json"],
  );
  repository.addTarget("trusted_root.json", "the second");
  repository.publish();
  assert.equal(file(await client.update()), "the second");
  const kept = readKept(client.cache, client.repository.anchor);
  assert.equal(text(kept?.files.get("trusted_root.json")), "the second");
});

test("a root that came with the caller is not fetched, and is verified all the same", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  Object.assign(client.repository, { root: repository.files.get("1.root.json") });
  assert.equal(file(await client.update()), "the first");
  assert.ok(!client.server.seen.some(({ url }) => url.endsWith("/1.root.json")));
  Object.assign(client.repository, { root: Buffer.from(JSON.stringify(envelope(repository.root, [signer()]))) });
  const cache = join(dirname(client.cache), "other.json");
  await assert.rejects(client.update({ cache }), { code: "tuf.signature", place: "the initial root" });
});

test("roots are followed one by one, whatever keys and thresholds they change", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  await client.update();
  for (let version = 2; version <= 6; version += 1) {
    const old = repository.roles.root.signers;
    repository.roles.root = { signers: [...old.slice(1), signer(version === 3 ? "rsa" : "ecdsa")], threshold: 3 };
    repository.publishRoot(old);
  }
  repository.addTarget("trusted_root.json", "behind six roots");
  repository.publish();
  const { kept } = await client.update();
  assert.equal(kept.roots.length, 6);
  assert.equal(text(kept.files.get("trusted_root.json")), "behind six roots");
  // A client that begins anew with the first keys comes to the same.
  assert.equal(file(await client.update({ cache: join(dirname(client.cache), "other.json") })), "behind six roots");
});

test("an old root that has expired is no trouble where a newer one has not; the newest may not have", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  repository.root.expires = "2020-01-01T00:00:00Z";
  repository.publishRoot();
  await assert.rejects(client.update(), { code: "tuf.expired", place: /2\.root\.json$/ });
  repository.root.expires = "2026-04-01T00:00:00Z";
  repository.publishRoot();
  assert.equal(file(await client.update()), "the first");
});

test("new keys of timestamp and snapshot put back the counters that an attacker drove up", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  repository.timestamp.version = 1_000_000;
  repository.snapshot.version = 1_000_000;
  repository.publish();
  await client.update();
  repository.timestamp.version = 1;
  repository.snapshot.version = 1;
  repository.publish();
  await assert.rejects(client.update(), { code: "tuf.rollback" });
  repository.roles.timestamp.signers = [signer()];
  repository.roles.snapshot.signers = [signer()];
  repository.publishRoot();
  repository.publish();
  assert.equal((await client.update()).kept.timestamp?.signed.version, 4 - 1);
});

test("a repository without consistent snapshots", async (context) => {
  const repository = new TestRepository();
  repository.root.consistent_snapshot = false;
  repository.publishRoot();
  for (const name of ["snapshot", "targets"]) {
    repository.files.set(`${name}.json`, repository.files.get(`1.${name}.json`) ?? Buffer.alloc(0));
    repository.files.delete(`1.${name}.json`);
  }
  repository.files.set("targets/trusted_root.json", Buffer.from("the first"));
  const client = await clientOf(context, repository, repository.anchor(1));
  assert.equal(file(await client.update()), "the first");
});

function delegate(repository: TestRepository, delegations: readonly Body[], body: Body = repository.targets) {
  const signers = delegations.map(() => signer());
  body.delegations = {
    keys: Object.fromEntries(signers.map(({ id, described }) => [id, described])),
    roles: delegations.map((each, index) => ({
      keyids: [signers[index]?.id],
      threshold: 1,
      terminating: false,
      ...each,
    })),
  };
  return signers;
}

function publishRole(
  repository: TestRepository,
  name: string,
  by: unknown,
  targets: Readonly<Record<string, string>>,
  more: Body = {},
) {
  const body: Body = {
    _type: "targets",
    spec_version: "1.0.31",
    version: 1,
    expires: "2026-03-08T12:00:00Z",
    targets: {},
    ...more,
  };
  for (const [path, content] of Object.entries(targets)) repository.addTarget(path, content, body);
  repository.snapshot.meta = { ...repository.snapshot.meta, [`${name}.json`]: { version: 1 } };
  repository.write(`1.${name}.json`, body, [by as ReturnType<typeof signer>]);
}

test("delegated targets: in order, by path, and not behind a terminating role", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  const [a, b, c] = delegate(repository, [
    { name: "registry.npmjs.org", paths: ["registry.npmjs.org/*"], terminating: true },
    { name: "others/role", paths: ["registry.npmjs.org/*", "other/?.json"] },
    {
      name: "hashed",
      path_hash_prefixes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"],
    },
  ]);
  publishRole(repository, "registry.npmjs.org", a, { "registry.npmjs.org/keys.json": "keys" });
  publishRole(repository, "others/role", b, {
    "registry.npmjs.org/more.json": "hidden",
    "other/a.json": "a",
    "far/b.json": "not its",
  });
  publishRole(repository, "hashed", c, { "anything.json": "any" });
  repository.publish();
  const load = async (path: string) => text((await client.update({ files: [path] })).kept.files.get(path));
  assert.equal(await load("registry.npmjs.org/keys.json"), "keys");
  assert.equal(await load("other/a.json"), "a");
  assert.equal(await load("anything.json"), "any");
  const absent = { code: "tuf.missing", message: "the repository has no such target" };
  await assert.rejects(load("registry.npmjs.org/more.json"), absent);
  await assert.rejects(load("far/b.json"), absent);
  await assert.rejects(load("none.json"), absent);
  for (const path of ["../timestamp.json", "a/../b", "", "a//b", "./a"])
    await assert.rejects(load(path), { code: "tuf.missing" });
});

test("delegations that lead in a circle end, and so do those that never do", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  const chain = (count: number, last: string) => {
    const signers = delegate(repository, [{ name: "role0", paths: ["x/*"] }]);
    let by = signers[0];
    for (let index = 0; index < count; index += 1) {
      const body: Body = { targets: {} };
      const [follower] = delegate(
        repository,
        [{ name: index === count - 1 ? last : `role${index + 1}`, paths: ["x/*"] }],
        body,
      );
      publishRole(repository, `role${index}`, by, {}, { delegations: body.delegations });
      by = follower;
    }
    repository.publish();
  };
  chain(3, "role0");
  await assert.rejects(client.update({ files: ["x/a"] }), { code: "tuf.missing" });
  chain(40, "role40");
  await assert.rejects(client.update({ files: ["x/a"] }), {
    code: "tuf.bound",
    message: "more than 32 delegated roles",
  });
});

test("what an earlier update left is verified again, and replaced where it is damaged", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  await client.update();
  const { anchor } = client.repository;
  const whole = readFileSync(client.cache, "utf8");
  const value = JSON.parse(whole);
  const other = signer();
  const damaged: readonly string[] = [
    "",
    whole.slice(0, 1_000),
    "[]",
    JSON.stringify({ ...value, form: 2 }),
    JSON.stringify({ ...value, files: { "trusted_root.json": Buffer.from("another").toString("base64") } }),
    JSON.stringify({ ...value, roots: [JSON.stringify(envelope(repository.root, [other]))] }),
    JSON.stringify({ ...value, timestamp: "{}" }),
    JSON.stringify({ ...value, snapshot: value.timestamp }),
  ];
  for (const each of damaged) {
    writeFileSync(client.cache, each);
    assert.throws(() => readKept(client.cache, anchor), { code: "tuf.cache", place: client.cache });
    const { kept, discarded } = await client.update();
    assert.equal(discarded?.code, "tuf.cache");
    assert.equal(text(kept.files.get("trusted_root.json")), "the first");
    assert.equal(text(readKept(client.cache, anchor)?.files.get("trusted_root.json")), "the first");
  }
  // Targets that another key signed are none, and nothing that only they name is.
  writeFileSync(
    client.cache,
    JSON.stringify({ ...value, targets: JSON.stringify(envelope(repository.targets, [other])) }),
  );
  assert.equal(readKept(client.cache, anchor)?.files.size, 0);
  assert.equal(readKept(client.cache, anchor)?.checkedAt, undefined);
});

test("an update that fails keeps what it had seen, and what was whole before", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  await client.update();
  repository.addTarget("trusted_root.json", "the second");
  repository.publish();
  const snapshot = repository.files.get("2.snapshot.json") ?? Buffer.alloc(0);
  repository.files.delete("2.snapshot.json");
  await assert.rejects(client.update({ now: later(1) }), { code: "tuf.missing", kind: "unavailable" });
  const kept = readKept(client.cache, client.repository.anchor);
  assert.equal(kept?.timestamp?.signed.version, 2);
  assert.equal(text(kept?.files.get("trusted_root.json")), "the first");
  assert.equal(kept?.checkedAt, NOW.toISOString());
  repository.files.set("2.snapshot.json", snapshot);
  assert.equal(file(await client.update()), "the second");
});

test("an update that cannot be kept is one all the same, and says so", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  const blocked = join(dirname(dirname(client.cache)), "blocked");
  mkdirSync(dirname(blocked), { recursive: true });
  writeFileSync(blocked, "a file in the place of a directory");
  const updated = await client.update({ cache: join(blocked, "test.json") });
  assert.equal(file(updated), "the first");
  assert.match(updated.unkept?.line() ?? "", /blocked/);
  repository.files.delete("timestamp.json");
  await assert.rejects(client.update({ cache: join(blocked, "test.json") }), { code: "tuf.missing" });
});

test("two updates at once: the newer one stays", async (context) => {
  const repository = new TestRepository();
  const client = await clientOf(context, repository);
  await Promise.all([client.update(), client.update(), client.update()]);
  const old = readFileSync(client.cache, "utf8");
  repository.addTarget("trusted_root.json", "the second");
  repository.publish();
  const slow = client.update({ now: later(1) });
  const quick = client.update({ now: later(2) });
  await Promise.all([slow, quick]);
  const kept = readKept(client.cache, client.repository.anchor);
  assert.equal(kept?.timestamp?.signed.version, 2);
  assert.equal(kept?.checkedAt, later(2).toISOString());
  assert.notEqual(readFileSync(client.cache, "utf8"), old);
});
