import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../../core/digest.ts";
import { digestOf, INDEX, MANIFEST, patient, putReferrer, world } from "./upstream.fixture.ts";

patient.test(
  "an upstream that says that it is asked too often is left alone, and what is there is served",
  async (t) => {
    const { pull, upstream, time } = await world(t);
    const digest = upstream.image("library/nginx", "1");
    await pull("hub/library/nginx", "1");
    upstream.state.throttled = true;
    time.now += 3_600_000;
    const served = await pull("hub/library/nginx", "1");
    assert.equal(served.digest, digest);
    assert.match(served.warnings.join(), /is served as it was fetched before: .*429/);
    const { refusal } = await pull("hub/library/other", "2");
    assert.equal(refusal?.status, 429);
    assert.equal(refusal?.headers?.["Retry-After"], "60");
    const asked = upstream.seen.length;
    assert.equal((await pull("hub/library/third", "3")).refusal?.status, 429);
    assert.equal(upstream.seen.length, asked, "it said for how long");
  },
);

patient.test("nothing is fetched of an upstream that has no pull left, and tags are still asked about", async (t) => {
  const { pull, upstream, time } = await world(t);
  upstream.image("library/nginx", "1");
  upstream.state.left = 0;
  const { refusal } = await pull("hub/library/nginx", "1");
  assert.equal(refusal?.status, 429);
  assert.match(refusal?.message ?? "", /no pull is left \(limit 100;w=21600\)/);
  assert.equal(upstream.pulls(), 0);
  upstream.state.left = 50;
  time.now += 61_000;
  assert.equal((await pull("hub/library/nginx", "1")).action, "allow");
});

test("an upstream that does not answer at all leaves a client without a word no longer than a second", async (t) => {
  const { pull, upstream } = await world(t);
  upstream.state.silent = true;
  const { refusal } = await pull("hub/library/nginx", "1", { patience: 600_000 });
  assert.equal(refusal?.status, 403);
  assert.match(refusal?.message ?? "", /no answer yet \(pull again in a moment\)/);
});

patient.test(
  "a tag that the upstream has no more is served as before, one that it never had is not found",
  async (t) => {
    const { pull, upstream, time } = await world(t);
    const digest = upstream.image("library/nginx", "gone");
    await pull("hub/library/nginx", "gone");
    upstream.manifests.delete("library/nginx:gone");
    time.now += 3_600_000;
    const served = await pull("hub/library/nginx", "gone");
    assert.equal(served.digest, digest);
    assert.match(served.warnings.join(), /has no .*:gone any more/);
    assert.equal((await pull("hub/library/nginx", "never")).refusal?.code, "MANIFEST_UNKNOWN");
  },
);

patient.test(
  "while the upstream cannot be asked, tags are refused where the policy says so, and digests are not",
  async (t) => {
    const { pull, upstream, time } = await world(t, { offline: "refuse" });
    const digest = upstream.image("library/nginx", "1");
    await pull("hub/library/nginx", "1");
    upstream.state.throttled = true;
    time.now += 3_600_000;
    assert.equal((await pull("hub/library/nginx", "1")).action, "refuse");
    assert.equal((await pull("hub/library/nginx", digest)).action, "allow");
  },
);

patient.test("bytes that are not those of their digest never get into the engine", async (t) => {
  const { pull, upstream, engine } = await world(t);
  const digest = upstream.image("library/nginx", "1");
  upstream.state.corrupt = true;
  const { refusal } = await pull("hub/library/nginx", "1");
  assert.match(refusal?.message ?? "", /its bytes have digest/);
  assert.equal(engine.manifests.size, 0);
  assert.equal(engine.blobs.size, 0);
  upstream.manifests.set(`library/nginx:${digest}`, { mediaType: MANIFEST, bytes: Buffer.from("{}") });
  assert.equal((await pull("hub/library/nginx", digest)).action, "refuse");
});

test("a fetch that takes longer than a client waits goes on, and the client is told to ask again", async (t) => {
  const { pull, upstream, fetched } = await world(t);
  upstream.image("library/nginx", "1");
  const { promise, resolve } = Promise.withResolvers<void>();
  upstream.state.hold = promise;
  const early = await pull("hub/library/nginx", "1", { patience: 500 });
  assert.equal(early.refusal?.status, 429);
  assert.match(early.refusal?.message ?? "", /is not here yet: .*; pull again in 5 s/);
  resolve();
  assert.equal((await pull("hub/library/nginx", "1")).action, "allow");
  assert.equal(fetched.length, 1);
});

patient.test(
  "without a store nothing is fetched, and what was let through before is judged by what is known",
  async (t) => {
    const { pull, upstream, store, engine } = await world(t);
    const digest = upstream.image("library/nginx", "1");
    store.fail(true);
    const { refusal } = await pull("hub/library/nginx", "1");
    assert.equal(refusal?.status, 403);
    assert.match(refusal?.message ?? "", /store/);
    assert.equal(engine.manifests.size, 0);
    store.fail(false);
    await pull("hub/library/nginx", "1");
    store.fail(true);
    assert.equal((await pull("hub/library/nginx", digest)).action, "allow");
  },
);

patient.test("what is listed beside an image and is about another one does not come along", async (t) => {
  const { pull, upstream, engine } = await world(t);
  const digest = upstream.image("library/nginx", "1");
  const other = putReferrer(upstream, "library/nginx", `sha256:${"0".repeat(64)}` as Digest, "about another");
  const own = putReferrer(upstream, "library/nginx", digest, "about it");
  const listed = [other, own].map((one) => ({ mediaType: MANIFEST, digest: one, size: 1 }));
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: listed }));
  upstream.manifests.set(`library/nginx:sha256-${digest.slice(7)}`, { mediaType: INDEX, bytes });
  const { action } = await pull("hub/library/nginx", "1");
  assert.equal(action, "allow");
  assert.equal(engine.manifests.has(own), true);
  assert.equal(engine.manifests.has(other), false);
});

patient.test("an image that claims to be about another one is an image", async (t) => {
  const { pull, upstream, engine } = await world(t, { signedBy: { of: ["release"] } });
  const trusted = upstream.image("library/nginx", "1");
  const image = upstream.manifests.get(`library/nginx:${trusted}`)?.bytes;
  const posing = Buffer.from(
    JSON.stringify({ ...JSON.parse(String(image)), subject: { mediaType: MANIFEST, digest: trusted, size: 1 } }),
  );
  engine.manifests.set(digestOf(posing), { mediaType: MANIFEST, bytes: posing });
  assert.match((await pull("hub/library/nginx", digestOf(posing))).reason, /is held back/);
  // Nor does the tag of a signature make one of it.
  upstream.image("library/nginx", `sha256-${"0".repeat(64)}.sig`);
  await pull("hub/library/nginx", `sha256-${"0".repeat(64)}.sig`);
  assert.equal(engine.manifests.size, 1, "nothing was fetched by such a tag");
});

patient.test("what one environment was let have is not let through in another, nor are its blobs", async (t) => {
  const { pull, blob, upstream } = await world(
    t,
    {},
    {
      policy: {
        environments: { production: { enforcement: { registry: { pull: "deny" } } } },
        registry: {
          environments: { "robot:prod": "production" },
          upstreams: { hub: { registry: "HOST", signedBy: { of: ["release"] } } },
        },
        enforcement: { registry: { pull: "warn" } },
      },
    },
  );
  const layer = Buffer.from("the layer");
  const digest = upstream.image("library/nginx", "1", { layer });
  const lax = await pull("hub/library/nginx", "1");
  assert.equal(lax.action, "allow");
  assert.match(lax.warnings.join(), /sign/);
  assert.equal((await blob("hub/library/nginx", digestOf(layer))).action, "allow");
  const production = { principal: { name: "robot:prod", environment: "production" } };
  for (const reference of ["1", digest]) {
    assert.equal((await pull("hub/library/nginx", reference, production)).refusal?.status, 403);
  }
  assert.equal((await blob("hub/library/nginx", digestOf(layer), production)).refusal?.status, 403);
  assert.equal((await blob("hub/library/nginx", digestOf(Buffer.from("?")))).refusal?.code, "BLOB_UNKNOWN");
});

patient.test("credentials that cannot be read are told, and the upstream is not asked without them", async (t) => {
  const { pull, upstream } = await world(t, { credentials: "hub" });
  upstream.image("library/nginx", "1");
  const { refusal } = await pull("hub/library/nginx", "1");
  assert.equal(refusal?.detail?.problem, "registry.upstream-credentials");
  assert.equal(upstream.seen.length, 0);
});

patient.test("an upstream that sends us to a cloud's metadata is not followed there", async (t) => {
  const { pull, upstream } = await world(t);
  upstream.image("library/nginx", "1");
  upstream.state.location = "http://169.254.169.254/latest/meta-data/";
  const { refusal } = await pull("hub/library/nginx", "1");
  assert.equal(refusal?.status, 403);
  assert.match(refusal?.message ?? "", /169\.254\.169\.254/);
  assert.equal(refusal?.detail?.problem, "registry.unreachable");
});

patient.test(
  "documents by which an upstream would fill the engine, or keep the guard busy, are refused before a blob is fetched",
  async (t) => {
    const { pull, upstream, engine } = await world(t);
    const put = (tag: string, mediaType: string, document: object) => {
      const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
      for (const name of [tag, digestOf(bytes)]) upstream.manifests.set(`library/x:${name}`, { mediaType, bytes });
      return { mediaType, digest: digestOf(bytes), size: bytes.length };
    };
    const blob = (size: number, nth = 0) => ({
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      digest: digestOf(Buffer.from(String(nth))),
      size,
    });
    put("huge", MANIFEST, { config: blob(10), layers: [blob(99 * 2 ** 30, 1), blob(2 * 2 ** 30, 2)] });
    put("many", INDEX, { manifests: Array.from({ length: 1_001 }, (_, nth) => blob(1, nth)) });
    let deep = put("level-0", MANIFEST, { config: blob(1), layers: [] });
    for (let nth = 1; nth <= 6; nth += 1) deep = put(`level-${nth}`, INDEX, { manifests: [deep] });
    put("both", INDEX, { manifests: [], layers: [], config: blob(1) });
    put("folded", MANIFEST, { config: blob(1), layers: [], Layers: [blob(1)] });
    for (const tag of ["huge", "many", "level-6", "both", "folded"]) {
      const { action, refusal } = await pull("hub/library/x", tag);
      assert.equal(action, "refuse", tag);
      assert.match(refusal?.message ?? "", /cannot be fetched/, tag);
    }
    assert.equal(engine.manifests.size, 0);
    assert.equal(engine.blobs.size, 0);
  },
);
