import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import { mediaTypes } from "../../../engines/oci/document.ts";
import { sha256 } from "../../../engines/oci/image.fixture.ts";
import type { Decision, PullGate, PushGate } from "../model.ts";
import { isAnnounced } from "./announced.ts";
import { blob, image, indexOf, LAYER, signatureOf, stored, world } from "./pushed.fixture.ts";

const { push: pushRules } = defaultPolicy.registry;
const REPOSITORY = "shop/api";
const one = image("one");

function checks({ outcomes }: Decision): string[] {
  return outcomes.map(({ check }) => check);
}

test("what is pushed is known at once, with its blobs, and waits to be scanned", async () => {
  const { through, store, engine } = world();
  await through(REPOSITORY, { digest: one.digest }, one);
  const index = indexOf([one]);
  const decision = await through(REPOSITORY, { tag: "1.0" }, index);
  assert.deepEqual([decision.action, decision.basis, decision.digest], ["allow", "policy", index.digest]);
  const listed = await store.images.list({ limit: 10 });
  assert.deepEqual(
    listed.map(({ digest, tags, mediaType }) => [digest, tags, mediaType]).sort(),
    [
      [one.digest, [], mediaTypes.ociManifest],
      [index.digest, ["1.0"], mediaTypes.ociIndex],
    ].sort(),
  );
  assert.deepEqual(await store.images.manifestsWith(REPOSITORY, blob("layer of one").digest), [one.digest]);
  assert.deepEqual(await store.images.parentsOf(REPOSITORY, one.digest), [index.digest]);
  const jobs = await store.jobs.take("w", 10, 1_000);
  assert.deepEqual(
    jobs.map(({ kind, about }) => [kind, about.digest]),
    [
      ["scan", one.digest],
      ["scan", index.digest],
    ],
  );
  assert.equal(engine.tagged(REPOSITORY, "1.0"), index.digest);
});

test("a push is announced until it is recorded; one that failed is neither", async () => {
  const { gate, asked, store, through } = world();
  const pushed = { repository: REPOSITORY, digest: one.digest, tag: "1.0" };
  const decision = await gate.manifest({ ...asked(REPOSITORY), reference: { tag: "1.0" }, manifest: one });
  assert.equal(await isAnnounced(pushed, store.locks), true);
  assert.equal(await isAnnounced({ ...pushed, tag: "2.0" }, store.locks), false);
  await decision.end?.("stored");
  assert.equal(await isAnnounced(pushed, store.locks), false);
  await through(REPOSITORY, { tag: "3.0" }, one, gate, true);
  assert.equal(await isAnnounced({ ...pushed, tag: "3.0" }, store.locks), false);
  assert.deepEqual((await store.images.find(pushed))?.tags, ["1.0"]);
});

test("a push that the store does not take in is let through, told of, and stays announced for the comparison", async () => {
  const { gate, asked, store, problems } = world();
  const decision = await gate.manifest({ ...asked(REPOSITORY), reference: { tag: "1.0" }, manifest: one });
  store.fail(true);
  await decision.end?.("stored");
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["store.unavailable"],
  );
  store.fail(false);
  assert.equal(await isAnnounced({ repository: REPOSITORY, digest: one.digest, tag: "1.0" }, store.locks), true);
});

test("what two readers could take for two manifests is refused whatever the policy says", async () => {
  const { gate, asked } = world({ push: "audit" });
  const bytes = Buffer.from('{"schemaVersion":2,"layers":[],"layers":[]}');
  const manifest = { digest: sha256(bytes), mediaType: mediaTypes.ociManifest, bytes };
  const refused = await gate.manifest({ ...asked(REPOSITORY), reference: { tag: "1.0" }, manifest });
  assert.deepEqual([refused.refusal?.status, refused.refusal?.code], [400, "MANIFEST_INVALID"]);
  assert.match(refused.reason, /the key "layers" twice/);
});

test("repositories, media types and sizes are held against the policy", async () => {
  const rules = {
    push: {
      ...pushRules,
      repositories: ["shop/**"],
      mediaTypes: ["application/vnd.oci.image.*"],
      maxManifestBytes: 2_000,
      maxLayerBytes: 2_000,
      maxImageBytes: 3_000,
    },
  };
  const { through } = world({ rules });
  assert.equal((await through(REPOSITORY, { tag: "a" }, one)).action, "allow");
  assert.deepEqual(checks(await through("other", { tag: "a" }, one)), ["registry/repository-not-pushed"]);
  const signed = await through(REPOSITORY, { tag: "a" }, signatureOf("one"));
  assert.deepEqual(checks(signed), ["registry/media-type-not-allowed"]);
  assert.match(signed.refusal?.message ?? "", /^the layer's media type "application\/vnd\.dev\.cosign\.simplesigning/);
  const typed = stored({ artifactType: "application/vnd.example", layers: [] });
  assert.deepEqual(checks(await through(REPOSITORY, { tag: "a" }, typed)), ["registry/media-type-not-allowed"]);
  const large = await through(REPOSITORY, { tag: "a" }, image("x", { layers: [blob("x", LAYER, 2_001)] }));
  assert.deepEqual([large.refusal?.status, large.refusal?.code], [413, "SIZE_INVALID"]);
  assert.match(large.reason, /^a layer has 2001 bytes, and 2000 may be pushed$/);
  const many = image("x", { layers: [blob("a", LAYER, 1_900), blob("b", LAYER, 1_900)] });
  assert.match((await through(REPOSITORY, { tag: "a" }, many)).reason, /together have/);
  const long = image("x", { annotations: { text: "x".repeat(2_000) } });
  assert.match((await through(REPOSITORY, { tag: "a" }, long)).reason, /^the manifest has/);
});

test("nothing is pushed to a namespace of another registry, nor before a policy is in force", async () => {
  const { gate, asked } = world({
    upstreams: { of: (name) => (name.startsWith("hub/") ? { name: "docker.io" } : undefined) },
  });
  const push = { ...asked("hub/library/nginx"), reference: { tag: "1" }, manifest: one };
  const refused = [
    await gate.manifest(push),
    await gate.upload(push),
    await gate.remove({ ...push, target: { tag: "1" } }),
  ];
  for (const each of refused) assert.match(each.refusal?.message ?? "", /^hub\/library\/nginx mirrors docker\.io/);
  const { gate: early } = world({ policies: () => undefined } as object);
  const decision = await early.manifest({ ...asked(REPOSITORY), reference: { tag: "1" }, manifest: one });
  assert.deepEqual([decision.action, decision.refusal?.status], ["refuse", 503]);
});

test("uploads end at the bytes that the policy allows, before they begin where the length is told", async () => {
  const rules = { push: { ...pushRules, maxLayerBytes: 5_000 } };
  const strict = world({ rules });
  const open = await strict.gate.upload(strict.asked(REPOSITORY));
  assert.deepEqual([open.action, open.mostBytes, open.mounts], ["allow", 5_000, false]);
  const told = await strict.gate.upload({ ...strict.asked(REPOSITORY), bytes: 5_001 });
  assert.deepEqual([told.action, told.refusal?.status], ["refuse", 413]);
  const dry = world({ rules, push: "audit" });
  const long = await dry.gate.upload({ ...dry.asked(REPOSITORY), bytes: 5_001 });
  assert.deepEqual([long.action, long.mostBytes], ["allow", Number.MAX_SAFE_INTEGER]);
});

test("a blob is mounted only from where its principal and the policy would let it be pulled; else it is uploaded", async () => {
  const digest = blob("layer").digest;
  const permitted: Parameters<PullGate["blob"]>[0][] = [];
  let pullable = true;
  const pull: Pick<PullGate, "blob"> = {
    async blob(asked) {
      permitted.push(asked);
      return { action: pullable ? "allow" : "refuse", basis: "policy", reason: "", outcomes: [], warnings: [] };
    },
  };
  const { gate, asked } = world({ pull });
  const base = asked("shop/web");
  const mounted = async (mount: Parameters<PushGate["upload"]>[0]["mount"], readable: readonly string[]) => {
    const grants = [...base.grants, ...readable.map((repository) => ({ repository, actions: ["pull"] as const }))];
    const decision = await gate.upload({ ...base, grants, ...(mount === undefined ? {} : { mount }) });
    assert.equal(decision.action, "allow");
    return decision.mounts;
  };
  assert.equal(await mounted({ digest, from: REPOSITORY }, [REPOSITORY]), true);
  assert.deepEqual([permitted[0]?.repository, permitted[0]?.digest], [REPOSITORY, digest]);
  assert.equal(await mounted({ digest, from: REPOSITORY }, ["shop/other"]), false);
  assert.equal(await mounted({ digest }, [REPOSITORY]), false);
  assert.equal(await mounted({ digest, from: "shop/web" }, []), false);
  assert.equal(permitted.length, 1);
  pullable = false;
  assert.equal(await mounted({ digest, from: REPOSITORY }, [REPOSITORY]), false);
  const late = world({ pull: { blob: () => new Promise(() => undefined) } });
  const grants = [{ repository: REPOSITORY, actions: ["pull"] as const }];
  const unanswered = await late.gate.upload({ ...base, grants, mount: { digest, from: REPOSITORY } });
  assert.deepEqual([unanswered.action, unanswered.mounts], ["allow", false]);
});
