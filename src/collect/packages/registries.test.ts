import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Evidence } from "../../core/evidence.ts";
import type { LockedDependency, PackageMetadata } from "../../engines/packages/model.ts";
import { openMetadataCache } from "./cache.ts";
import { openRegistries, type RegistryOptions } from "./registries.ts";
import { archiveOf, type FixtureRegistry, type FixtureVersion, startRegistry } from "./registry.fixture.ts";
import { type RegistrySettings, readRegistrySettings } from "./settings.ts";

const now = new Date("2026-11-25T12:00:00Z");
const settings: RegistrySettings = { bases: {}, scopes: {}, authorizations: [], off: [], privateModules: [] };

/** Waits for nothing. */
const clock = { now: () => now.getTime(), sleep: async () => undefined, random: () => 0 };

function open(t: TestContext, registry: FixtureRegistry, options: Partial<RegistryOptions> = {}) {
  const registries = openRegistries({
    offline: false,
    now,
    settings,
    overrides: { npm: registry.base, pypi: registry.base },
    npmKeys: [registry.key],
    client: { clock, environment: {} },
    ...options,
  });
  t.after(() => registries.close());
  return registries;
}

const first: FixtureVersion = { published: "2024-03-01T00:00:00.000Z", manifest: { license: "MIT" } };
const second: FixtureVersion = {
  published: "2026-11-24T00:00:00.000Z",
  manifest: { license: "MIT", scripts: { postinstall: "node setup.js", test: "x" }, deprecated: "use right" },
};

async function npm(
  t: TestContext,
  versions: Readonly<Record<string, FixtureVersion>> = { "1.0.0": first, "1.1.0": second },
) {
  const registry = await startRegistry(t);
  registry.packages.set("left", { versions });
  return registry;
}

const left = (version = "1.1.0") => ({ type: "npm", name: "left", version }) as const;

function factsOf(evidence: Evidence<PackageMetadata>): PackageMetadata {
  assert.ok(evidence.state === "present", JSON.stringify(evidence));
  return evidence.facts;
}

const codesOf = (evidence: Evidence<unknown>) => evidence.gaps.map(({ code }) => code);

test("what npm's registry says of a version", async (t) => {
  const registry = await npm(t);
  const facts = factsOf(await open(t, registry).metadata(left()));
  assert.equal(facts.published, "2026-11-24T00:00:00.000Z");
  assert.equal(facts.firstPublished, "2024-03-01T00:00:00.000Z");
  assert.deepEqual(facts.versions, ["1.0.0", "1.1.0"]);
  assert.equal(facts.deprecated, "use right");
  assert.deepEqual({ ...facts.scripts }, { postinstall: "node setup.js" });
  assert.equal(facts.hasInstallScript, true);
  assert.equal(facts.license, "MIT");
  assert.deepEqual(facts.maintainers, ["shop"]);
  assert.deepEqual(facts.signature, { state: "verified" });
  assert.deepEqual(facts.notServed, []);
  assert.deepEqual(
    [facts.provenance.state, facts.provenance.state === "present" && facts.provenance.facts.kind],
    ["present", "none"],
  );
});

test("what a mirror leaves out is not served, and its times are none of publication", async (t) => {
  const registry = await npm(t, {
    "1.0.0": { published: "2026-11-01T00:00:00.000Z" },
    "1.1.0": { published: "2026-11-24T00:00:00.000Z" },
  });
  registry.faults = { mirror: true };
  const facts = factsOf(await open(t, registry).metadata(left()));
  assert.equal(facts.published, undefined);
  assert.equal(facts.firstPublished, undefined);
  assert.equal(facts.publishedBefore, "2026-11-24T00:00:00.000Z");
  assert.deepEqual([...facts.notServed].sort(), [
    "attestations",
    "deprecated",
    "license",
    "published",
    "scripts",
    "signatures",
  ]);
  assert.equal(facts.deprecated, undefined);
  assert.equal(facts.hasInstallScript, undefined);
  assert.deepEqual(codesOf(facts.provenance), ["packages.not-served"]);
});

test("fields that are left out one by one are named one by one", async (t) => {
  for (const [omitted, field] of [
    ["time", "published"],
    ["dist", "hashes"],
    ["dist.signatures", "attestations"],
  ] as const) {
    const registry = await npm(t);
    registry.faults = { omit: [omitted] };
    const facts = factsOf(await open(t, registry).metadata(left()));
    assert.ok(facts.notServed.includes(field), omitted);
  }
});

test("a package and a version that are not there are gaps, a name of somebody else's is refused", async (t) => {
  const registry = await npm(t);
  const registries = open(t, registry);
  const none = await registries.metadata({ type: "npm", name: "@shop/left", version: "1.0.0" });
  assert.deepEqual([none.state, none.gaps[0]?.code, none.gaps[0]?.concerns], ["absent", "packages.not-found", "name"]);
  const version = await registries.metadata(left("9.0.0"));
  assert.deepEqual([version.gaps[0]?.code, version.gaps[0]?.concerns], ["packages.not-found", "version"]);
  registry.faults = { body: JSON.stringify({ name: "right", versions: { "1.0.0": {} } }) };
  assert.deepEqual(codesOf(await open(t, registry).metadata(left())), ["packages.answer"]);
});

test("a busy registry is asked again, a broken one is a gap", async (t) => {
  const registry = await npm(t);
  registry.faults = { statuses: [429, 503], retryAfter: "1" };
  assert.equal((await open(t, registry).metadata(left())).state, "present");
  assert.equal(registry.seen.filter(({ url }) => url === "/left").length, 3);
  for (const [faults, code] of [
    [{ statuses: [500, 500, 500, 500, 500, 500, 500, 500] }, "packages.unreachable"],
    [{ statuses: [401] }, "packages.refused"],
    [{ statuses: [418] }, "packages.answer"],
    [{ statuses: [410] }, "packages.not-found"],
    [{ body: "<html>" }, "packages.answer"],
    [{ body: "[]" }, "packages.answer"],
    [{ body: `{"name":"left","versions":${"[".repeat(5_000)}` }, "packages.answer"],
    [{ redirectTo: "ftp://registry.example/" }, "packages.answer"],
  ] as const) {
    const broken = await npm(t);
    broken.faults = faults;
    assert.deepEqual(codesOf(await open(t, broken).metadata(left())), [code], JSON.stringify(faults).slice(0, 80));
  }
});

test("a registry that never answers ends with the caller's patience", async (t) => {
  const registry = await npm(t);
  registry.faults = { hangs: true };
  const ended = AbortSignal.abort();
  assert.deepEqual(codesOf(await open(t, registry, { signal: ended }).metadata(left())), ["packages.deadline"]);
});

test("credentials go to their own registry, and not to whom it redirects to", async (t) => {
  const registry = await npm(t);
  const other = await npm(t);
  const host = new URL(registry.base).host;
  const own = {
    ...settings,
    bases: { npm: registry.base },
    authorizations: [{ place: `//${host}/`, header: "Bearer made" }],
  };
  const { npm: _, ...overrides } = { npm: registry.base };
  await open(t, registry, { settings: own, overrides }).metadata(left());
  assert.equal(registry.seen[0]?.headers.authorization, "Bearer made");
  registry.faults = { redirectTo: other.base };
  await open(t, registry, { settings: own, overrides }).metadata(left());
  assert.equal(other.seen.length > 0, true);
  assert.equal(
    other.seen.every(({ headers }) => headers.authorization === undefined),
    true,
  );
});

test("a lockfile sends nobody to a registry that the user does not name", async (t) => {
  const registry = await npm(t);
  const choice = { overrides: {} };
  const from = { kind: "registry", url: `${registry.base}left/-/left-1.1.0.tgz` } as const;
  const asked = await open(t, registry, choice).metadata({ ...left(), fetchedFrom: from });
  assert.deepEqual(codesOf(asked), ["packages.other-registry"]);
  assert.equal(registry.seen.length, 0);
  const allowed = await open(t, registry, { ...choice, allowed: [registry.base] }).metadata({
    ...left(),
    fetchedFrom: from,
  });
  assert.equal(allowed.state, "present");
  const git = { kind: "git", url: "https://github.com/shop/left", revision: "abc" } as const;
  assert.deepEqual(codesOf(await open(t, registry).metadata({ ...left(), fetchedFrom: git })), []);
  assert.deepEqual(codesOf(await open(t, registry, choice).metadata({ ...left(), fetchedFrom: git })), [
    "packages.no-registry",
  ]);
});

test("the same is asked once, and another run asks whether it is current", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-packages-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "packages.db");
  const registry = await npm(t);
  const documents = () => registry.seen.filter(({ url }) => url === "/left").length;
  const run = async (at: Date, offline = false) => {
    const cache = openMetadataCache(path, at);
    assert.ok(cache !== undefined);
    const registries = open(t, registry, { cache, now: at, offline });
    const [one, other] = await Promise.all([registries.metadata(left()), registries.metadata(left("1.0.0"))]);
    cache.close();
    assert.equal(other.state, one.state);
    return one;
  };
  await run(now);
  assert.equal(documents(), 1);
  await run(new Date(now.getTime() + 30 * 60 * 1000));
  assert.equal(documents(), 1);
  const later = new Date(now.getTime() + 2 * 60 * 60 * 1000);
  const again = await run(later);
  assert.equal(documents(), 2);
  assert.match(String(registry.seen.findLast(({ url }) => url === "/left")?.headers["if-none-match"]), /^"/);
  assert.equal(again.state === "present" && again.observedAt, later.toISOString());
  // Offline the kept answer counts, with its own date.
  const offline = await run(new Date(now.getTime() + 100 * 60 * 60 * 1000), true);
  assert.equal(documents(), 2);
  assert.ok(offline.state === "present");
  assert.equal(offline.observedAt, later.toISOString());
  assert.ok((offline.validUntil ?? "") < new Date(now.getTime() + 100 * 60 * 60 * 1000).toISOString());
});

test("offline without a kept answer nothing is known", async (t) => {
  const registry = await npm(t);
  const evidence = await open(t, registry, { offline: true }).metadata(left());
  assert.deepEqual([evidence.state, codesOf(evidence)], ["absent", ["packages.offline"]]);
  assert.equal(registry.seen.length, 0);
});

test("an archive is held against the lockfile's hash and the registry's", async (t) => {
  const registry = await npm(t);
  const bytes = archiveOf("left", "1.1.0", second);
  const sha512 = createHash("sha512").update(bytes).digest("hex");
  const dependency = (hashes: Readonly<Record<string, string>>): LockedDependency => ({
    ...left(),
    hashes,
    usage: "runtime",
    through: [],
    lockfile: "package-lock.json",
  });
  const fetched = async (hashes: Readonly<Record<string, string>>) => {
    const registries = open(t, registry);
    const archive = await registries.archive(dependency(hashes), await registries.metadata(left()));
    assert.ok(archive.state === "present", JSON.stringify(archive));
    return archive.facts;
  };
  const good = await fetched({ sha512 });
  assert.deepEqual(good.mismatches, []);
  assert.ok(good.bytes.equals(bytes));
  assert.equal(good.hashes.sha512, sha512);
  const wrong = await fetched({ sha512: "0".repeat(128) });
  assert.deepEqual(
    wrong.mismatches.map(({ between }) => between),
    ["archive and lockfile"],
  );
  registry.faults = { otherArchives: true };
  const other = await fetched({ sha512 });
  assert.deepEqual(
    other.mismatches.map(({ between, algorithm }) => `${between} ${algorithm}`),
    ["archive and lockfile sha512", "archive and registry sha1", "archive and registry sha512"],
  );
});

test("no registry's document leads into the user's own network", async (t) => {
  const [registry, inner] = [await npm(t), await npm(t)];
  registry.faults = { archivesAt: inner.base };
  const asked: LockedDependency = {
    ...left(),
    hashes: {},
    usage: "runtime",
    through: [],
    lockfile: "package-lock.json",
  };
  const registries = open(t, registry);
  const archive = await registries.archive(asked, await registries.metadata(left()));
  assert.deepEqual([archive.state, codesOf(archive)], ["absent", ["packages.unreachable"]]);
  assert.equal(inner.seen.length, 0);
  const allowed = open(t, registry, { allowed: [inner.base] });
  assert.equal((await allowed.archive(asked, await allowed.metadata(left()))).state, "present");
});

test("a signature of the registry by another key does not hold", async (t) => {
  const registry = await npm(t);
  registry.faults = { otherKey: true };
  const { signature } = factsOf(await open(t, registry).metadata(left()));
  assert.equal(signature?.state, "refused");
  // Of a key that is not carried the registry's own word is taken.
  registry.faults = {};
  assert.deepEqual(factsOf(await open(t, registry, { npmKeys: [] }).metadata(left())).signature, { state: "verified" });
});

test("what PyPI's index and its JSON say of a version", async (t) => {
  const registry = await startRegistry(t, "pypi");
  registry.packages.set("left-pad", {
    versions: {
      "1.0": { published: "2024-03-01T00:00:00.000Z" },
      "1.1.0": { published: "2026-11-24T10:00:00.123456Z", yanked: "broken", manifest: { license: "BSD-3-Clause" } },
    },
  });
  const facts = factsOf(await open(t, registry).metadata({ type: "pypi", name: "Left_Pad", version: "1.1" }));
  assert.equal(facts.published, "2026-11-24T10:00:00.123Z");
  assert.deepEqual([facts.yanked, facts.deprecated, facts.license], [true, "broken", undefined]);
  const exact = factsOf(await open(t, registry).metadata({ type: "pypi", name: "left.pad", version: "1.1.0" }));
  assert.equal(exact.license, "BSD-3-Clause");
  assert.equal(exact.name, "left.pad");
  assert.match(exact.archive?.url ?? "", /\/files\/left_pad-1\.1\.0-py3-none-any\.whl$/);
  registry.faults = { omit: ["upload-time", "provenance", "json"] };
  const less = factsOf(await open(t, registry).metadata({ type: "pypi", name: "left-pad", version: "1.1.0" }));
  assert.equal(less.published, undefined);
  assert.deepEqual([...less.notServed].sort(), ["attestations", "license", "published"]);
  registry.faults = { body: "<!DOCTYPE html>" };
  assert.deepEqual(codesOf(await open(t, registry).metadata({ type: "pypi", name: "left-pad", version: "1.1.0" })), [
    "packages.answer",
  ]);
});

test("the settings of this user are read, whatever they are", () => {
  assert.ok(Array.isArray(readRegistrySettings({ home: "/nonexistent", environment: {} }).authorizations));
});

test("more documents than are held at a time are asked for all the same", async (t) => {
  const registry = await startRegistry(t);
  const names = Array.from({ length: 300 }, (_, i) => `left-${i}`);
  for (const name of names) registry.packages.set(name, { versions: { "1.0.0": first, "1.1.0": second } });
  const registries = open(t, registry);
  const all = await Promise.all(
    names.flatMap((name) => ["1.0.0", "1.1.0"].map((version) => registries.metadata({ type: "npm", name, version }))),
  );
  assert.ok(all.every(({ state }) => state === "present"));
  // Both versions of a package are of one answer.
  assert.equal(registry.seen.filter(({ url }) => url.startsWith("/left-")).length, 300);
});
