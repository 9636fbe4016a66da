import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { readClock } from "../../src/core/clock.ts";
import { type PushRegistry, pushRegistry } from "../../src/engines/oci/registry/push.fixture.ts";
import { jsonLines, recordBelow } from "../../src/engines/vulnerability/database/advisories.fixture.ts";
import { importAdvisories } from "../../src/engines/vulnerability/database/import.ts";
import { inProcess } from "../in-process.ts";
import { releaseTree } from "./built-release.ts";
import { createRunner, runActionStep } from "./runner.ts";

/** The advisory database by way of a registry, and by way of a cache that others can write. */

const folder = mkdtempSync(join(tmpdir(), "bulkhead-database-"));
const at = (name: string) => join(folder, name);
after(() => rmSync(folder, { recursive: true }));

const DAY = 24 * 60 * 60 * 1000;

const critical = { severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }] };

/** A database of one advisory, as of some days ago. */
async function database(name: string, vulnerable: string, days: number): Promise<string> {
  const now = new Date(readClock().getTime() - days * DAY);
  writeFileSync(at(`${name}.jsonl`), jsonLines([recordBelow("GHSA-1", "npm", vulnerable, "2.0.0", critical)]));
  const coverage = [{ ecosystem: "npm", asOf: now.toISOString().slice(0, 10), complete: true }];
  await importAdvisories({ database: at(name), sources: [at(`${name}.jsonl`)], coverage, now });
  return at(name);
}

function keyPair(name: string): void {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  writeFileSync(at(`${name}.key`), privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(at(`${name}.pub`), publicKey.export({ type: "spki", format: "pem" }));
}

before(async () => {
  await database("current.db", "flawed", 0);
  await database("old.db", "flawed", 30);
  await database("blind.db", "something-else", 0);
  keyPair("ours");
  keyPair("theirs");
  mkdirSync(at("home"));
});

const run = (...words: readonly string[]) => inProcess(words, { cwd: folder, home: at("home") });

async function push(registry: PushRegistry, tag: string, name: string, key = "ours"): Promise<string> {
  const { code, stdout, stderr } = await run(
    ...["db", "push", `oci://${registry.host}/security/advisories:${tag}`],
    ...["--db", at(name), "--key", at(`${key}.key`)],
  );
  assert.equal(code, 0, stderr);
  return /oci:\S+$/.exec(stdout.trim())?.[0] ?? "";
}

let pulls = 0;
async function pull(reference: string, ...words: readonly string[]) {
  pulls += 1;
  const target = at(`pulled-${pulls}.db`);
  const ended = await run("db", "pull", reference, "--db", target, "--public-key", at("ours.pub"), ...words);
  return { ...ended, target };
}

test("what is pushed is pulled by tag and by digest, and is the same database", async (t) => {
  const registry = await pushRegistry(t);
  const pinned = await push(registry, "1", "current.db");
  assert.match(pinned, /^oci:\/\/127\.0\.0\.1:\d+\/security\/advisories:1@sha256:[0-9a-f]{64}$/);
  for (const reference of [`oci://${registry.host}/security/advisories:1`, pinned.replace(":1@", "@")]) {
    const { code, stdout, stderr, target } = await pull(reference);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /@sha256:[0-9a-f]{64}\n1 advisories, /);
    assert.ok(readFileSync(target).equals(readFileSync(at("current.db"))));
  }
  assert.equal(await push(registry, "1", "current.db"), pinned);
});

test("a bundle that is kept is not fetched again, but verified again", async (t) => {
  const registry = await pushRegistry(t);
  const reference = await push(registry, "1", "current.db");
  const fetches = () => registry.seen.filter(({ method, url }) => method === "GET" && url.includes("/blobs/")).length;
  const bundle = at("cache/advisories.bundle");
  assert.equal((await pull(reference, "--bundle", bundle)).code, 0);
  const again = await pull(reference, "--bundle", bundle);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /: unchanged, not fetched again$/m);
  assert.equal(fetches(), 1);
  const foreign = await pull(reference, "--bundle", bundle, "--public-key", at("theirs.pub"));
  assert.equal(foreign.code, 2);
  assert.match(foreign.stderr, /^bulkhead: bundle\.signature: /);
});

test("a cache with another bundle in it, signed by others, old, or a link, blinds no scan", async (t) => {
  const registry = await pushRegistry(t);
  const reference = await push(registry, "1", "current.db");
  const bundle = at("poisoned.bundle");
  for (const [name, key] of [
    ["blind.db", "theirs"],
    ["old.db", "ours"],
  ] as const) {
    rmSync(bundle, { force: true });
    assert.equal((await run("db", "export", bundle, "--db", at(name), "--key", at(`${key}.key`))).code, 0);
    const { code, stderr, target } = await pull(reference, "--bundle", bundle);
    assert.equal(code, 0, stderr);
    assert.ok(readFileSync(target).equals(readFileSync(at("current.db"))), name);
  }
  rmSync(bundle);
  symlinkSync(at("somewhere"), bundle);
  const { code, stderr } = await pull(reference, "--bundle", bundle);
  assert.equal(code, 2);
  assert.match(stderr, /^bulkhead: files\.link: /);
  assert.equal(existsSync(at("somewhere")), false);
});

test("a registry with an old database, or with another's signature, is refused, and what was there stays", async (t) => {
  const registry = await pushRegistry(t);
  const old = await push(registry, "old", "old.db");
  const foreign = await push(registry, "foreign", "blind.db", "theirs");
  for (const [reference, said] of [
    [old, /^bulkhead: bundle\.age: .*30 days ago; the limit is 7 /],
    [foreign, /^bulkhead: bundle\.signature: /],
  ] as const) {
    const { code, stderr, target } = await pull(reference);
    assert.equal(code, 2);
    assert.match(stderr, said);
    assert.equal(existsSync(target), false);
  }
  assert.equal((await pull(old, "--max-age", "31")).code, 0);
});

test("without a network, the cached bundle is imported by signature and age", async () => {
  const bundle = at("offline.bundle");
  assert.equal((await run("db", "export", bundle, "--db", at("old.db"), "--key", at("ours.key"))).code, 0);
  const take = (...words: readonly string[]) =>
    run("db", "import", bundle, "--db", at("offline.db"), "--public-key", at("ours.pub"), ...words);
  const refused = await take("--max-age", "7");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^bulkhead: bundle\.age: /);
  assert.equal((await take("--max-age", "31")).code, 0);
  assert.match((await take("--max-age", "soon")).stderr, /--max-age soon: not a number of days/);
});

test("what is no database, is not named as one, or has no key is refused before anything is written", async (t) => {
  const registry = await pushRegistry(t);
  const manifest = { schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", layers: [] };
  const bytes = Buffer.from(JSON.stringify(manifest));
  registry.manifests.set("image", { mediaType: manifest.mediaType, bytes });
  const place = `${registry.host}/security/advisories`;
  for (const [words, said] of [
    [
      ["db", "pull", `oci://${place}:image`, "--public-key", at("ours.pub")],
      /bundle\.artifact: .*not an advisory database/,
    ],
    [["db", "pull", `oci://${place}:missing`, "--public-key", at("ours.pub")], /registry\.not-found/],
    [["db", "pull", place, "--public-key", at("ours.pub")], /not a registry \(write oci:\/\//],
    [["db", "pull", `oci://${place}:1`], /no public key given/],
    [["db", "push", `oci://${place}:1`], /no signing key given/],
    [["db", "push", `oci://${place}@sha256:${"0".repeat(64)}`, "--key", at("ours.key")], /use a tag/],
  ] as const) {
    const { code, stderr } = await run(...words, "--db", at("refused.db"));
    assert.equal(code, 2);
    assert.match(stderr, said);
    assert.equal(existsSync(at("refused.db")), false);
  }
});

test("the action scans by a database of a registry, and not at all where its signature is another's", async (t) => {
  const registry = await pushRegistry(t);
  const reference = await push(registry, "1", "current.db");
  const foreign = await push(registry, "2", "blind.db", "theirs");
  const release = at("release");
  await releaseTree(release);
  const runner = createRunner(at("site"));
  const lock = { lockfileVersion: 3, packages: { "": { name: "shop" }, "node_modules/flawed": { version: "1.0.0" } } };
  writeFileSync(join(runner.workspace, "package-lock.json"), JSON.stringify(lock));
  const step = (database: string) =>
    runActionStep(runner, release, {
      database,
      "database-public-key": at("ours.pub"),
      "database-bundle": at("action/advisories.bundle"),
    });
  const red = await step(reference);
  assert.equal(red.code, 1, red.log);
  assert.match(red.log, /GHSA-1/);
  const refused = await step(foreign);
  assert.equal(refused.code, 2, refused.log);
  assert.match(refused.log, /bundle\.signature/);
  assert.match(refused.log, /::error title=Bulkhead::the advisory database was not fetched or is not trusted/);
  assert.equal(refused.summary, "");
});
