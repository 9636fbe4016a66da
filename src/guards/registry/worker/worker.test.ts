import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import type { Digest } from "../../../core/digest.ts";
import type { Policy } from "../../../core/policy.ts";
import { Problem } from "../../../core/problem.ts";
import { recordBelow, withDatabase } from "../../../engines/vulnerability/database/advisories.fixture.ts";
import type { AdvisoryDatabase } from "../../../engines/vulnerability/database/open.ts";
import type { Change, ImageKey, Job } from "../../../store/model.ts";
import { rescanJob, scanJob } from "../jobs.ts";
import type { AuditEntry } from "../model.ts";
import { announce } from "../push/announced.ts";
import { bounds } from "./bounds.ts";
import type { EndedJob } from "./queue.ts";
import { startWorker, type WorkerOptions } from "./worker.ts";
import { npmPackage, outage, world } from "./world.fixture.ts";

const repository = "shop/web";
const policy: Policy = { ...defaultPolicy, advisories: { maxAgeDays: 365 } };
const critical = { database_specific: { severity: "CRITICAL" } };
const nothing = new Problem({ kind: "unavailable", code: "database.missing", place: "advisories.db", cause: "none" });

/** Of the fifth or the sixth of January: the younger one knows more. */
async function withBoth(work: (before: AdvisoryDatabase, after: AdvisoryDatabase) => Promise<void>): Promise<void> {
  const covered = (asOf: string) => [{ ecosystem: "npm", asOf, complete: true }];
  const known = recordBelow("GHSA-known", "npm", "left-pad", "1.0.0", critical);
  await withDatabase([known], covered("2026-01-05"), async (before) => {
    const added = recordBelow("GHSA-added", "npm", "minimist", "1.2.6", critical);
    await withDatabase([known, added], covered("2026-01-06"), (after) => work(before, after));
  });
}

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await delay(10);
}

/** A worker over a world whose database and policy the test changes. */
async function running(t: TestContext, advisories: AdvisoryDatabase | Problem, more: Partial<WorkerOptions> = {}) {
  const state = { policy, advisories };
  const made = world(
    () => state.policy,
    () => state.advisories,
  );
  const found: AuditEntry[] = [];
  const ended: EndedJob[] = [];
  const events: string[] = [];
  const { store, options } = made;
  const worker = startWorker({
    ...options,
    name: "one",
    looks: { poll: 10, judging: 3_600_000 },
    onFound: (entry) => found.push(entry),
    onEnded: (each) => ended.push(each),
    onEvent: (text) => events.push(text),
    ...more,
  });
  t.after(async () => worker.close(0));
  // The first comparison with the catalogue is over, and changes nothing of what comes.
  await until(() => ended.length > 0);
  return {
    ...made,
    state,
    worker,
    found,
    ended,
    events,
    verdict: async (key: ImageKey) =>
      (await store.images.get(key))?.evaluations.find(({ check }) => check === "image/known-vulnerabilities")?.verdict,
  };
}

test("what is pushed is scanned, and what nobody told of is found in the catalogue, scanned and named", async (t) => {
  await withBoth(async (_, after) => {
    const { store, held, found, verdict } = await running(t, after);
    const pushed = held.image(repository, [npmPackage("minimist", "1.2.5")]);
    await store.jobs.add([scanJob({ repository, digest: pushed })]);
    await until(async () => (await verdict({ repository, digest: pushed })) === "fail");
    const behind = held.image("shop/behind", [npmPackage("minimist", "1.2.8")], "1");
    await store.jobs.add([{ kind: "reconcile", about: {}, key: "reconcile" }]);
    await until(async () => (await verdict({ repository: "shop/behind", digest: behind })) === "pass");
    assert.deepEqual(
      found.map(({ operation, repository, reference, decision }) => [
        operation,
        repository,
        reference,
        decision.digest,
      ]),
      [["reconcile", "shop/behind", "1", behind]],
    );
    // What a guard let through and could not record any more, as one that was killed, is nobody's bypass.
    const late = held.image("shop/late", [npmPackage("minimist", "1.2.8")], "1");
    await announce({ repository: "shop/late", digest: late, tag: "1" }, store.locks);
    const list = held.index("shop/late", [], `sha256-${late.slice(7)}`);
    await store.jobs.add([{ kind: "reconcile", about: {}, key: "reconcile" }]);
    for (const digest of [late, list]) {
      await until(async () => (await store.images.get({ repository: "shop/late", digest })) !== undefined);
    }
    assert.equal(found.length, 1);
  });
});

test("a younger advisory database judges all anew without the engine, an older one nothing, and an index with its images", async (t) => {
  await withBoth(async (before, after) => {
    const { store, held, state, worker, verdict } = await running(t, before);
    const image = held.image(repository, [npmPackage("minimist", "1.2.5")]);
    const index = held.index(repository, [image], "1");
    await store.jobs.add([scanJob({ repository, digest: index })]);
    await until(async () => (await verdict({ repository, digest: index })) === "pass");
    held.state.fault = outage;
    state.advisories = after;
    await worker.reload();
    const verdicts = async () => [
      await verdict({ repository, digest: image }),
      await verdict({ repository, digest: index }),
    ];
    assert.deepEqual(await verdicts(), ["fail", "fail"]);
    state.advisories = before;
    await worker.reload();
    assert.deepEqual(await verdicts(), ["fail", "fail"]);
    state.advisories = nothing;
    await worker.reload();
    assert.deepEqual(await verdicts(), ["fail", "fail"]);
  });
});

test("what the policy says otherwise of what is read judges all anew, and what gates alone read does not", async (t) => {
  await withBoth(async (_, after) => {
    const { store, held, state, worker } = await running(t, after);
    const digest = held.image(repository, [npmPackage("minimist", "1.2.5")], "1");
    const key = { repository, digest };
    await store.jobs.add([scanJob(key)]);
    await until(async () => (await store.images.get(key)) !== undefined);
    const saved: Change[] = [];
    store.changes.subscribe((change) => saved.push(change));
    state.policy = { ...policy, trust: { ...policy.trust, builders: [] } };
    await worker.reload();
    assert.deepEqual(saved, []);
    state.policy = { ...policy, licenses: { ...policy.licenses, deny: ["MIT"] } };
    await worker.reload();
    assert.deepEqual(saved, [{ kind: "image", key }]);
    const license = (await store.images.get(key))?.evaluations.find(({ check }) => check === "image/denied-license");
    assert.equal(license?.verdict, "fail");
  });
});

test("what runs is judged anew first", async (t) => {
  await withBoth(async (before, after) => {
    const { store, held, state, worker, clock } = await running(t, before);
    const digests = Array.from({ length: 12 }, (_, nth) => held.image(repository, [npmPackage(`p${nth}`, "1.0.0")]));
    await store.jobs.add(digests.map((digest) => scanJob({ repository, digest })));
    await until(async () => (await store.counts()).scanned === digests.length);
    const runs = digests.toSorted().at(-1) as Digest;
    await store.images.savesRunning([runs], clock.now, "cluster");
    const order: Digest[] = [];
    store.changes.subscribe((change) => change.kind === "image" && order.push(change.key.digest));
    state.advisories = after;
    await worker.reload();
    // So many are under way at once.
    assert.ok(order.indexOf(runs) < bounds.rescanned, String(order.indexOf(runs)));
    assert.deepEqual(order.toSorted(), digests.toSorted());
  });
});

test("an image that comes to an index which was judged without it makes it judged again", async (t) => {
  await withBoth(async (_, after) => {
    const { store, held, verdict } = await running(t, after);
    const good = held.image(repository, [npmPackage("minimist", "1.2.8")]);
    const late = held.image(repository, [npmPackage("minimist", "1.2.5")]);
    const manifest = held.manifests.get(`${repository}@${late}`);
    held.manifests.delete(`${repository}@${late}`);
    const index = { repository, digest: held.index(repository, [good, late], "1") };
    await store.jobs.add([scanJob(index)]);
    await until(async () => (await verdict(index)) === "pass");
    assert.ok(manifest !== undefined);
    held.manifests.set(`${repository}@${late}`, manifest);
    await store.jobs.add([scanJob({ repository, digest: late })]);
    await until(async () =>
      ((await store.images.get(index))?.evaluations ?? []).some(({ verdict }) => verdict === "fail"),
    );
  });
});

test("a store that fails is waited for and told, and a job that names nothing ends as failed", async (t) => {
  await withBoth(async (_, after) => {
    const { store, held, worker, ended } = await running(t, after);
    const digest = held.image(repository, [npmPackage("minimist", "1.2.5")], "1");
    store.fail(true);
    await until(async () => (await worker.look()) !== undefined);
    assert.match((await worker.look()) ?? "", /store\.unavailable/);
    store.fail(false);
    await store.jobs.add([scanJob({ repository, digest }), { kind: "scan", about: { repository }, key: "broken" }]);
    await until(() => ended.some(({ kind, outcome }) => kind === "scan" && outcome === "failed"));
    await until(async () => (await store.images.get({ repository, digest })) !== undefined);
    assert.equal(await worker.look(), undefined);
  });
});

test("a stopped worker leaves what it did not finish", async (t) => {
  await withBoth(async (_, after) => {
    const begun = Promise.withResolvers<void>();
    const hang = (_job: Job, signal: AbortSignal) => {
      begun.resolve();
      return new Promise<string>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    const { store, worker, ended } = await running(t, after, { work: { mirror: hang } });
    await store.jobs.add([{ kind: "mirror", about: {}, key: "slow" }]);
    await begun.promise;
    assert.equal(await worker.close(0), 1);
    assert.deepEqual(ended.map(({ kind, outcome }) => [kind, outcome]).at(-1), ["mirror", "failed"]);
    assert.equal((await store.jobs.counts()).waiting, 1);
  });
});

test("an image whose reading is not kept any more is scanned again, and a job judges one image anew", async (t) => {
  await withBoth(async (before, after) => {
    const { store, held, state, worker, verdict } = await running(t, before);
    const digest = held.image(repository, [npmPackage("minimist", "1.2.5")], "1");
    const key = { repository, digest };
    await store.jobs.add([scanJob(key)]);
    await until(async () => (await verdict(key)) === "pass");
    await store.images.saveDocument(key, "sbom", Buffer.from("broken"));
    state.advisories = after;
    await store.jobs.add([rescanJob(key)]);
    await until(async () => (await verdict(key)) === "fail");
    assert.equal(held.state.layerReads, 2);
    assert.equal(await worker.look(), undefined);
  });
});

test("advisories that come while an image is read are those that it is judged by in the end", async (t) => {
  await withBoth(async (before, after) => {
    const { store, held, state, worker, verdict } = await running(t, before);
    const digest = held.image(repository, [npmPackage("minimist", "1.2.5")], "1");
    const key = { repository, digest };
    // What it read is about to be stored when the others are judged anew, and this one is not among them yet.
    const { saveDocument } = store.images;
    const reading = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    Object.assign(store.images, {
      async saveDocument(...given: Parameters<typeof saveDocument>) {
        reading.resolve();
        await go.promise;
        await saveDocument(...given);
      },
    });
    await store.jobs.add([scanJob(key)]);
    await reading.promise;
    state.advisories = after;
    await worker.reload();
    go.resolve();
    await until(async () => (await verdict(key)) === "fail");
    assert.match((await store.images.get(key))?.databaseDigest ?? "", /^2026-01-06/);
  });
});

test("what was judged long ago is judged anew, and what was a moment ago is not", async (t) => {
  await withBoth(async (_, after) => {
    const { store, held, clock, worker, verdict } = await running(t, after);
    const digest = held.image(repository, [npmPackage("minimist", "1.2.5")], "1");
    const key = { repository, digest };
    await store.jobs.add([scanJob(key)]);
    await until(async () => (await verdict(key)) === "fail");
    const scannedAt = async () => (await store.images.get(key))?.scannedAt.toISOString();
    clock.now = new Date("2026-01-10T11:00:00Z");
    await worker.reload();
    assert.equal(await scannedAt(), "2026-01-10T00:00:00.000Z");
    clock.now = new Date("2026-01-10T15:00:00Z");
    await worker.reload();
    assert.equal(await scannedAt(), "2026-01-10T15:00:00.000Z");
  });
});
