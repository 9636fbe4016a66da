import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../../core/digest.ts";
import type { Problem } from "../../../core/problem.ts";
import type { AuditEntry, StoredManifest } from "../model.ts";
import { createEventPage, type EventOptions, type EventOutcome } from "./events.ts";
import { image, indexOf, world } from "./pushed.fixture.ts";

const REPOSITORY = "shop/api";
const SECRET = ["events", "secret"].join("-");
const [one, two] = [image("one"), image("two")];

function events(options: Parameters<typeof world>[0] & Partial<EventOptions> = {}) {
  const of = world(options);
  const outcomes: EventOutcome[] = [];
  const bypasses: AuditEntry[] = [];
  const problems: Problem[] = [];
  const page = createEventPage({
    store: of.store,
    engine: of.engine,
    secrets: () => [SECRET],
    policies: () => ({ digest: of.policy.digest, trustFaults: [], forEnvironment: () => of.policy }),
    now: () => new Date("2026-11-28T12:00:00Z"),
    onBypass: (entry) => void bypasses.push(entry),
    onEvent: (outcome) => void outcomes.push(outcome),
    onProblem: (problem) => void problems.push(problem),
    announcedMilliseconds: 100,
    ...options,
  } as EventOptions);
  let ids = 0;
  const post = async (body: object | string, authorization: string | undefined = `Bearer ${SECRET}`) => {
    const header = (name: string) => (name === "authorization" ? authorization : undefined);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return await page.answer({ method: "POST", header, body: Buffer.from(text) });
  };
  const tell = async (...events: readonly object[]) =>
    await post({ events: events.map((event) => ({ id: `id-${++ids}`, ...event })) });
  return { ...of, page, post, tell, outcomes, bypasses, problems };
}

function pushed({ digest, mediaType }: StoredManifest, tag?: string, repository = REPOSITORY) {
  const url = `http://engine/v2/${repository}/manifests/${digest}`;
  return { action: "push", target: { mediaType, digest, repository, url, ...(tag === undefined ? {} : { tag }) } };
}

function deleted(digest?: Digest, tag?: string) {
  const named = { ...(digest === undefined ? {} : { digest }), ...(tag === undefined ? {} : { tag }) };
  return { action: "delete", target: { repository: REPOSITORY, ...named } };
}

test("only who has the engine's secret is listened to", async () => {
  const { post, page, bypasses } = events();
  const body = { events: [pushed(one)] };
  for (const wrong of ["", "Bearer", `Bearer ${SECRET}x`, `Basic ${SECRET}`, `Bearer ${SECRET.slice(1)}`])
    assert.equal((await post(body, wrong)).status, 401, wrong);
  const header = () => undefined;
  assert.equal((await page.answer({ method: "POST", header, body: Buffer.from("{}") })).status, 401);
  assert.equal((await page.answer({ method: "GET", header, body: Buffer.alloc(0) })).status, 405);
  const { post: unset } = events({ secrets: () => ["", ""] });
  assert.equal((await unset(body, "Bearer ")).status, 401);
  assert.deepEqual(bypasses, []);
});

test("what went through the guard is known, also while it is being recorded", async () => {
  const { through, gate, asked, engine, tell, outcomes, bypasses, store } = events({ announcedMilliseconds: 60_000 });
  await through(REPOSITORY, { tag: "v1" }, one);
  await tell(pushed(one, "v1"), pushed(one));
  const decision = await gate.manifest({ ...asked(REPOSITORY), reference: { tag: "v2" }, manifest: two });
  engine.put(REPOSITORY, { tag: "v2" }, two);
  const answer = tell(pushed(two, "v2"));
  await new Promise((resolve) => setImmediate(resolve));
  await decision.end?.("stored");
  assert.equal((await answer).status, 200);
  assert.deepEqual([outcomes, bypasses], [["known", "known", "known"], []]);
  assert.equal((await store.jobs.counts()).waiting, 2, "each is scanned once");
});

test("a push whose replica died before it was recorded is recorded by its event, and is no bypass", async () => {
  const { gate, asked, engine, tell, outcomes, bypasses, store } = events();
  await gate.manifest({ ...asked(REPOSITORY), reference: { tag: "v1" }, manifest: one });
  engine.put(REPOSITORY, { tag: "v1" }, one);
  await tell(pushed(one, "v1"));
  assert.deepEqual([outcomes, bypasses], [["late"], []]);
  assert.deepEqual((await store.images.find({ repository: REPOSITORY, digest: one.digest }))?.tags, ["v1"]);
  assert.equal((await store.jobs.counts()).waiting, 1);
});

test("what was pushed to the engine past the guard is named, recorded and scanned, a moved tag too", async () => {
  const { through, tell, outcomes, bypasses, store } = events({ rules: { immutableTags: ["v*"] } });
  await through(REPOSITORY, { tag: "v1" }, one);
  await tell({ ...pushed(two, "v1"), actor: { name: "intruder" } }, pushed(two, "latest"));
  assert.deepEqual(outcomes, ["bypass", "bypass"]);
  assert.deepEqual(
    bypasses.map(({ principal, operation, reference, decision }) => [principal, operation, reference, decision.checks]),
    [
      ["engine:intruder", "bypass", "v1", ["registry/immutable-tag-moved"]],
      ["unknown", "bypass", "latest", []],
    ],
  );
  assert.deepEqual((await store.images.find({ repository: REPOSITORY, digest: two.digest }))?.tags, ["latest", "v1"]);
  const jobs = await store.jobs.take("w", 10, 1_000);
  assert.deepEqual(new Set(jobs.map(({ about }) => about.digest)), new Set([one.digest, two.digest]));
  await tell(pushed(two, "v1"));
  assert.deepEqual(outcomes.at(-1), "known", "named once");
});

test("what the guard itself writes is recorded and is no bypass: mirrored images and lists of referrers", async () => {
  const upstreams = { of: (name: string) => (name.startsWith("hub/") ? { name: "docker.io" } : undefined) };
  const { tell, outcomes, bypasses, store } = events({ upstreams });
  await tell(pushed(one, "1", "hub/library/nginx"));
  await tell(pushed(indexOf([one]), `sha256-${one.digest.slice("sha256:".length)}`));
  assert.deepEqual([outcomes, bypasses], [["mirrored", "mirrored"], []]);
  assert.equal((await store.jobs.counts()).waiting, 2);
});

test("an event that comes again is dealt with once; an old one takes no tag back", async () => {
  const { tell, through, outcomes, store } = events();
  const event = { ...pushed(one, "v1"), id: "same" };
  await tell(event, event);
  await tell(event);
  assert.deepEqual(outcomes, ["bypass", "repeated", "repeated"]);
  await through(REPOSITORY, { tag: "v1" }, two);
  await tell({ ...pushed(one, "v1"), timestamp: "2026-11-28T11:00:00Z" });
  assert.deepEqual((await store.images.find({ repository: REPOSITORY, digest: two.digest }))?.tags, ["v1"]);
});

test("what is deleted is forgotten unless the engine has it again; of a tag alone the repository is compared", async () => {
  const { through, engine, tell, outcomes, store } = events();
  await through(REPOSITORY, { tag: "v1" }, one);
  await tell(deleted(one.digest));
  assert.notEqual(await store.images.find({ repository: REPOSITORY, digest: one.digest }), undefined);
  engine.remove(REPOSITORY, { digest: one.digest });
  await tell(deleted(one.digest), deleted(undefined, "v1"));
  assert.equal(await store.images.find({ repository: REPOSITORY, digest: one.digest }), undefined);
  assert.deepEqual(outcomes, ["kept", "deleted", "deleted"]);
  const kinds = (await store.jobs.take("w", 10, 1_000)).map(({ kind, about }) => [kind, about.repository]);
  assert.deepEqual(kinds.at(-1), ["reconcile", REPOSITORY]);
});

test("nothing is acknowledged before it is stored, and what was stored is not done twice", async () => {
  const { store, engine, tell, post, outcomes, problems } = events();
  store.fail(true);
  assert.equal((await tell(pushed(one, "v1"))).status, 503);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["store.unavailable"],
  );
  store.fail(false);
  engine.fail(true);
  const both = {
    events: [
      { ...pushed(one, "v1"), id: "a" },
      { ...deleted(two.digest), id: "b" },
    ],
  };
  assert.equal((await post(both)).status, 503);
  engine.fail(false);
  assert.equal((await post(both)).status, 200);
  assert.deepEqual(outcomes, ["bypass", "repeated", "deleted"]);
});

test("what can never be read is acknowledged, told of, and brings about a comparison of everything", async () => {
  const { post, problems, store, outcomes } = events();
  for (const body of ["{", "[]", { events: [{ action: "push", target: { repository: "UP" } }] }])
    assert.equal((await post(body)).status, 200);
  assert.deepEqual([problems.length, outcomes], [3, ["unreadable", "unreadable", "unreadable"]]);
  const [job] = await store.jobs.take("w", 10, 1_000);
  assert.deepEqual([job?.kind, job?.about], ["reconcile", {}]);
});

test("notifications over the bound are sent away to come again, and the rest goes on", async () => {
  const { promise: held, resolve: go } = Promise.withResolvers<void>();
  const { tell, store } = events();
  const find = store.images.find;
  Object.assign(store.images, {
    find: async (key: Parameters<typeof find>[0]) => {
      await held;
      return await find(key);
    },
  });
  const all = Array.from({ length: 20 }, (_, index) => tell(pushed(image(`n${index}`))));
  await new Promise((resolve) => setImmediate(resolve));
  go();
  const statuses = (await Promise.all(all)).map(({ status }) => status);
  assert.deepEqual(
    [statuses.filter((each) => each === 200).length, statuses.filter((each) => each === 503).length],
    [16, 4],
  );
});
