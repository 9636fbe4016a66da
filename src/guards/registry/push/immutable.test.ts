import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import type { MemoryStore } from "../../../store/memory.fixture.ts";
import { memoryStore } from "../../../store/memory.fixture.ts";
import { claimName } from "./claims.ts";
import { fakeEngine, image, indexOf, signatureOf, stored, world } from "./pushed.fixture.ts";

const REPOSITORY = "shop/api";
const v1 = { tag: "v1" };
const [one, two] = [image("one"), image("two")];
const rules = { immutableTags: ["v*"], mutableTags: ["v0-*"] };

test("a tag that the policy calls immutable keeps its digest; the same digest may come again", async () => {
  const { through, engine, problems } = world({ rules });
  assert.equal((await through(REPOSITORY, v1, one)).action, "allow");
  assert.equal((await through(REPOSITORY, v1, one)).action, "allow");
  const refused = await through(REPOSITORY, v1, two);
  assert.deepEqual([refused.action, refused.refusal?.status, refused.refusal?.code], ["refuse", 403, "DENIED"]);
  assert.equal(
    refused.refusal?.message,
    `shop/api:v1 is immutable and holds ${one.digest} (bulkhead.yaml:7); fix: push under another tag`,
  );
  assert.deepEqual(
    refused.outcomes.map(({ check }) => check),
    ["registry/immutable-tag-moved"],
  );
  assert.equal(engine.tagged(REPOSITORY, "v1"), one.digest);
  for (const tag of ["latest", "v0-dev"]) {
    assert.equal((await through(REPOSITORY, { tag }, one)).action, "allow");
    assert.equal((await through(REPOSITORY, { tag }, two)).action, "allow");
  }
  assert.equal((await through(REPOSITORY, { digest: two.digest }, two)).action, "allow");
  assert.deepEqual(problems, []);
});

test("of two pushes at once to one immutable tag exactly one wins, over replicas, whatever the order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.record({ which: fc.constantFrom("a", "b", "c"), fails: fc.boolean() }), {
        minLength: 2,
        maxLength: 4,
      }),
      async (scheduler, pushes) => {
        const store = scheduled(memoryStore(), scheduler);
        const engine = fakeEngine();
        engine.manifest = scheduler.scheduleFunction(engine.manifest);
        const { replica, through } = world({
          rules,
          store,
          engine,
          busyMilliseconds: 60_000,
          pause: () => scheduler.schedule(Promise.resolve()),
        });
        const held = new Set<string>();
        const put = engine.put;
        engine.put = (repository, reference, pushed) => {
          put(repository, reference, pushed);
          held.add(pushed.digest);
        };
        const all = Promise.all(
          pushes.map(({ which, fails }) => through(REPOSITORY, v1, image(which), replica(), fails)),
        );
        const decisions = await scheduler.waitFor(all);
        assert.ok(held.size <= 1, "the tag moved");
        // Somebody gets it: where none of them failed, whoever came first.
        if (pushes.every(({ fails }) => !fails)) assert.equal(held.size, 1);
        for (const [index, { which, fails }] of pushes.entries()) {
          if (held.has(image(which).digest) || fails) continue;
          assert.equal(decisions[index]?.action, "refuse");
        }
      },
    ),
    runs(60),
  );
});

/** Its answers come in any order. */
function scheduled(store: MemoryStore, scheduler: fc.Scheduler): MemoryStore {
  const { locks } = store;
  return {
    ...store,
    locks: {
      ...locks,
      claim: scheduler.scheduleFunction(locks.claim),
      release: scheduler.scheduleFunction(locks.release),
    },
  };
}

test("a tag that the engine had before anybody claimed it does not move, and one deleted behind the guard comes back as it was", async () => {
  const { through, engine } = world({ rules });
  engine.put(REPOSITORY, v1, one);
  assert.equal((await through(REPOSITORY, v1, two)).action, "refuse");
  engine.remove(REPOSITORY, v1);
  assert.equal((await through(REPOSITORY, v1, two)).action, "refuse");
  assert.equal((await through(REPOSITORY, v1, one)).action, "allow");
});

test("a push that the engine refused leaves the tag free, and one whose replica died does after a while", async () => {
  let time = new Date("2026-11-28T12:00:00Z");
  const { through, gate, asked, store, engine } = world({ rules, now: () => time });
  await through(REPOSITORY, v1, one, gate, true);
  assert.equal((await through(REPOSITORY, v1, two)).action, "allow");
  // It dies before it ends.
  const v2 = { tag: "v2" };
  await gate.manifest({ ...asked(REPOSITORY), reference: v2, manifest: one });
  const busy = await through(REPOSITORY, v2, two);
  assert.match(busy.refusal?.message ?? "", /^shop\/api:v2 is immutable, and another push of sha256:\w+ is under way/);
  time = new Date("2026-11-28T12:16:00Z");
  assert.equal((await through(REPOSITORY, v2, two)).action, "allow");
  assert.equal(await store.locks.claim(claimName({ repository: REPOSITORY, tag: "v2" }), "x"), two.digest);
  // Another one dies after the engine has it.
  const v3 = { tag: "v3" };
  await gate.manifest({ ...asked(REPOSITORY), reference: v3, manifest: one });
  engine.put(REPOSITORY, v3, one);
  time = new Date("2026-11-28T12:32:00Z");
  assert.equal((await through(REPOSITORY, v3, two)).action, "refuse");
});

test("without the store or the engine the policy's word for what is unknown decides, and what is known still refuses", async () => {
  const strict = world({ rules });
  strict.store.fail(true);
  const unknown = await strict.through(REPOSITORY, v1, one);
  assert.deepEqual([unknown.action, unknown.outcomes[0]?.verdict], ["refuse", "unknown"]);
  assert.match(unknown.refusal?.message ?? "", /^whether shop\/api:v1 is taken is unknown \(connection refused\)/);
  const mild = world({ rules, unknown: "warn" });
  mild.store.fail(true);
  const warned = await mild.through(REPOSITORY, v1, one);
  assert.deepEqual([warned.action, warned.warnings.length], ["allow", 1]);
  assert.equal((await mild.through(REPOSITORY, v1, two)).action, "refuse", "the engine has it");
  const blind = world({ rules });
  blind.engine.fail(true);
  assert.equal((await blind.through(REPOSITORY, v1, one)).outcomes[0]?.verdict, "unknown");
  blind.engine.fail(false);
  assert.equal((await blind.through(REPOSITORY, v1, two)).action, "allow", "nothing is left claimed");
});

test("a store that never answers is unknown within a second, and its late claim is given back", {
  timeout: 20_000,
}, async () => {
  const store = memoryStore();
  const { promise: answers, resolve: answer } = Promise.withResolvers<void>();
  const claim = store.locks.claim;
  let slow = true;
  const late: MemoryStore = {
    ...store,
    locks: {
      ...store.locks,
      async claim(name, value) {
        if (slow) await answers;
        return await claim(name, value);
      },
    },
  };
  const { through } = world({ rules, store: late });
  const unknown = await through(REPOSITORY, v1, one);
  assert.match(unknown.refusal?.message ?? "", /no answer within 900 ms/);
  slow = false;
  answer();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await through(REPOSITORY, v1, two)).action, "allow");
});

test("a dry run lets the tag move and says so; once the policy denies, it keeps what it had last", async () => {
  const dry = world({ rules, push: "warn" });
  await dry.through(REPOSITORY, v1, one);
  const moved = await dry.through(REPOSITORY, v1, two);
  assert.deepEqual([moved.action, moved.basis, moved.warnings.length], ["allow", "dry-run", 1]);
  const strict = world({ rules, store: dry.store, engine: dry.engine });
  assert.equal((await strict.through(REPOSITORY, v1, two)).action, "allow");
  assert.equal((await strict.through(REPOSITORY, v1, one)).action, "refuse");
});

test("signatures and lists of referrers move under their own tags, and nothing else does", async () => {
  const { through, engine } = world({ rules: { immutableTags: ["*"] } });
  const hex = one.digest.slice("sha256:".length);
  const sig = { tag: `sha256-${hex}.sig` };
  await through(REPOSITORY, sig, signatureOf("first"));
  assert.equal((await through(REPOSITORY, sig, signatureOf("second"))).action, "allow");
  assert.equal((await through(REPOSITORY, sig, one)).action, "refuse", "an image under a signature's name");
  assert.equal((await through(REPOSITORY, { tag: "v1" }, one)).action, "allow");
  assert.equal((await through(REPOSITORY, { tag: "v1" }, signatureOf("x"))).action, "refuse", "a signature's content");

  const subject = { mediaType: one.mediaType, digest: one.digest, size: one.bytes.length };
  const referrers = [signatureOf("a", { subject }), signatureOf("b", { subject })];
  for (const each of referrers) engine.put(REPOSITORY, { digest: each.digest }, each);
  const list = { tag: `sha256-${hex}` };
  assert.equal((await through(REPOSITORY, list, indexOf(referrers.slice(0, 1)))).action, "allow");
  assert.equal((await through(REPOSITORY, list, indexOf(referrers))).action, "allow");
  engine.put(REPOSITORY, { digest: two.digest }, two);
  assert.equal((await through(REPOSITORY, list, indexOf([...referrers, two]))).action, "refuse", "no referrer");
  const elsewhere = signatureOf("c", { subject: { ...subject, digest: two.digest } });
  engine.put(REPOSITORY, { digest: elsewhere.digest }, elsewhere);
  assert.equal((await through(REPOSITORY, list, indexOf([...referrers, elsewhere]))).action, "refuse", "of another");
  assert.equal((await through(REPOSITORY, list, indexOf([...referrers, signatureOf("absent")]))).action, "refuse");
  assert.equal((await through(REPOSITORY, list, stored({ layers: [] }))).action, "refuse");
});
