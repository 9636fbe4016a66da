import assert from "node:assert/strict";
import { readClock } from "../../../core/clock.ts";
import type { PullGate } from "../model.ts";
import { patient, putReferrer, world } from "./upstream.fixture.ts";

patient.test("what is not of an upstream is none of its business", async (t) => {
  const { guard, pull, upstream } = await world(t);
  assert.equal(guard.of("shop/api"), undefined);
  assert.deepEqual(guard.of("hub/library/nginx"), { name: "hub" });
  assert.deepEqual(guard.of("hub"), { name: "hub" });
  assert.equal(guard.of("hubs/library/nginx"), undefined);
  assert.equal((await pull("shop/api", "1.0")).action, "allow");
  assert.equal(upstream.seen.length, 0);
});

patient.test("an image is fetched once, however many ask, and its scan is asked for", async (t) => {
  const { pull, upstream, engine, store, fetched } = await world(t);
  const digest = upstream.image("library/nginx", "1.27", { layer: Buffer.alloc(3_000_000, "x") });
  const decisions = await Promise.all([1, 2, 3].map(() => pull("hub/library/nginx", "1.27")));
  for (const decision of decisions) {
    assert.equal(decision.action, "allow", decision.reason);
    assert.equal(decision.digest, digest);
  }
  assert.equal(upstream.pulls(), 1);
  assert.equal(engine.manifests.has(digest), true);
  assert.equal(engine.manifests.has("1.27"), true);
  assert.equal(fetched.length, 1);
  const jobs = await store.jobs.take("test", 10, 1_000);
  assert.deepEqual(
    jobs.map(({ kind, about }) => ({ kind, about })),
    [{ kind: "scan", about: { repository: "hub/library/nginx", digest } }],
  );
  const [listed] = await store.images.list({ limit: 10 });
  assert.deepEqual([listed?.digest, listed?.tags], [digest, ["1.27"]]);
  const before = upstream.seen.length;
  assert.equal((await pull("hub/library/nginx", "1.27")).action, "allow");
  assert.equal(upstream.seen.length, before, "the tag was asked about a moment ago");
});

patient.test("of an index all images come along, or those of the platforms that are named", async (t) => {
  const all = await world(t);
  const platforms = ["linux/amd64", "linux/arm64"];
  const digest = all.upstream.image("library/nginx", "1", { platforms });
  assert.equal((await all.pull("hub/library/nginx", "1")).digest, digest);
  assert.equal(all.engine.manifests.size, 4, "the index by digest and tag, and its images");
  const one = await world(t, { platforms: ["linux/arm64"] });
  one.upstream.image("library/nginx", "1", { platforms });
  await one.pull("hub/library/nginx", "1");
  assert.equal(one.engine.manifests.size, 3);
});

patient.test("referrers come along, and one that is made later with the next look", async (t) => {
  const { pull, upstream, engine, time } = await world(t);
  upstream.state.referrers = true;
  const digest = upstream.image("library/nginx", "1");
  const first = putReferrer(upstream, "library/nginx", digest, "the first");
  await pull("hub/library/nginx", "1");
  assert.equal(engine.manifests.has(first), true);
  const second = putReferrer(upstream, "library/nginx", digest, "the second");
  time.now += 60_000;
  assert.equal((await pull("hub/library/nginx", `sha256-${digest.slice(7)}`)).action, "allow");
  assert.equal(engine.manifests.has(second), true);
  const tag = engine.manifests.get(`sha256-${digest.slice(7)}`);
  assert.equal(JSON.parse(String(tag?.bytes)).manifests.length, 2, "the engine keeps no list itself");
  assert.equal((await pull("hub/library/nginx", second)).action, "allow");
});

patient.test(
  "a repository that is not among those that are allowed is refused with the line that says so",
  async (t) => {
    const { pull, upstream } = await world(t, { allow: ["library/*"] });
    upstream.image("evil/miner", "1");
    const { action, refusal } = await pull("hub/evil/miner", "1");
    assert.equal(action, "refuse");
    assert.equal(refusal?.status, 403);
    assert.match(
      refusal?.message ?? "",
      /evil\/miner is not among the repositories that hub serves \(.*bulkhead\.yaml:1\)/,
    );
    assert.equal(upstream.seen.length, 0);
    const named = await pull("hub", "1");
    assert.equal(named.refusal?.code, "NAME_UNKNOWN");
  },
);

patient.test(
  "an unsigned image is refused where the upstream's signers are named, also where the engine has it",
  async (t) => {
    const { pull, upstream, engine } = await world(t, { signedBy: { of: ["release"] } });
    const digest = upstream.image("library/nginx", "1");
    const { refusal, outcomes } = await pull("hub/library/nginx", "1");
    assert.equal(refusal?.status, 403);
    assert.match(refusal?.message ?? "", /library\/nginx@sha256:.* is held back: .*(signed|signature)/);
    assert.deepEqual([...new Set(outcomes.map(({ action }) => action))], ["deny"]);
    assert.equal(engine.manifests.size, 0, "nothing of it was fetched");
    const exempt = await pull("hub/library/nginx", "1", { principal: { isExempt: true } });
    assert.equal(exempt.action, "allow");
    assert.equal(exempt.basis, "exempt");
    assert.equal(engine.manifests.has(digest), true);
    for (const reference of ["1", digest]) assert.equal((await pull("hub/library/nginx", reference)).action, "refuse");
  },
);

patient.test(
  "an image is held back from the first time that it was asked for, while what its tag named before is served",
  async (t) => {
    const { pull, upstream, store, time } = await world(t, { cooldownDays: 3 });
    const day = (nth: number) => new Date(Date.UTC(2026, 0, nth));
    const old = upstream.image("library/nginx", "1", { layer: Buffer.from("old") });
    const first = await pull("hub/library/nginx", "1", { now: day(1) });
    assert.match(
      first.refusal?.message ?? "",
      /first asked for 2026-01-01 and is held back for 3 days, until 2026-01-04 00:00 UTC/,
    );
    time.now += 60_000;
    assert.equal((await pull("hub/library/nginx", "1", { now: day(4) })).digest, old);
    const next = upstream.image("library/nginx", "1", { layer: Buffer.from("new") });
    time.now += 700_000;
    const held = await pull("hub/library/nginx", "1", { now: day(5) });
    assert.equal(held.digest, old);
    assert.match(held.warnings.join(), /held back for 3 days, until 2026-01-08/);
    time.now += 60_000;
    const unscanned = await pull("hub/library/nginx", "1", { now: day(9) });
    assert.equal(unscanned.digest, old);
    assert.match(unscanned.warnings.join(), /not scanned yet/);
    const key = { repository: "hub/library/nginx", digest: next };
    const scan = { scannedAt: day(9), databaseDigest: "", policyDigest: "", evaluations: [], relations: [] };
    await store.images.save({ ...key, ...scan });
    time.now += 60_000;
    assert.equal((await pull("hub/library/nginx", "1", { now: day(9) })).digest, next);
  },
);

patient.test("the image's own date counts where the policy says so, and none that no image can have", async (t) => {
  const { pull, upstream } = await world(t, { cooldownDays: 3, cooldownFrom: "created" });
  const now = new Date("2026-02-10T00:00:00Z");
  upstream.image("library/old", "old", { created: "2026-02-01T00:00:00Z", platforms: ["linux/amd64", "linux/arm64"] });
  assert.equal((await pull("hub/library/old", "old", { now })).action, "allow");
  upstream.image("library/young", "young", { created: "2026-02-09T00:00:00Z" });
  assert.match(
    (await pull("hub/library/young", "young", { now })).reason,
    /made 2026-02-09 and is held back for 3 days/,
  );
  for (const [at, created] of ["1970-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "soon"].entries()) {
    upstream.image(`library/odd${at}`, `odd${at}`, { created });
    assert.equal((await pull(`hub/library/odd${at}`, `odd${at}`, { now })).action, "refuse", created);
  }
});

patient.test("a tag goes on naming what it named where its new image is scanned and refused", async (t) => {
  const asked: string[] = [];
  let action: "allow" | "refuse" = "refuse";
  const pull = {
    manifest: async ({ reference }: Parameters<PullGate["manifest"]>[0]) => {
      asked.push("digest" in reference ? reference.digest : "");
      return { action, basis: "policy", reason: "it has a critical vulnerability", outcomes: [], warnings: [] };
    },
  };
  const { pull: ask, upstream, store, time } = await world(t, {}, { pull });
  const old = upstream.image("library/nginx", "1", { layer: Buffer.from("old") });
  assert.equal((await ask("hub/library/nginx", "1")).digest, old);
  assert.deepEqual(asked, [], "the first image is for the gate alone to judge");
  const next = upstream.image("library/nginx", "1", { layer: Buffer.from("new") });
  time.now += 3_600_000;
  await ask("hub/library/nginx", "1");
  const scan = { scannedAt: readClock(), databaseDigest: "", policyDigest: "", evaluations: [], relations: [] };
  await store.images.save({ repository: "hub/library/nginx", digest: next, ...scan });
  time.now += 60_000;
  const held = await ask("hub/library/nginx", "1");
  assert.equal(held.digest, old);
  assert.match(held.warnings.join(), /served as before: it has a critical vulnerability/);
  assert.deepEqual(asked, [next]);
  action = "allow";
  assert.equal((await ask("hub/library/nginx", "1")).digest, next);
});
