import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../core/digest.ts";
import { type HeldRegistry, heldRegistry, INDEX, MANIFEST } from "../oci/referrers/registry.fixture.ts";
import { json } from "../oci/registry/loopback.fixture.ts";
import { bounds } from "./bounds.ts";
import { findSignatures } from "./find.ts";
import { annotations, mediaTypes, signPredicateType } from "./forms.ts";

const SUBJECT = `sha256:${"a".repeat(64)}` as Digest;
const TAG = SUBJECT.replace(":", "-");
const about = { mediaType: MANIFEST, digest: SUBJECT, size: 1 };

/** One artifact of each form that is a referrer. */
function referrers(registry: HeldRegistry) {
  const empty = registry.blob(mediaTypes.empty, "{}");
  const bundle = (predicateType: string) => {
    const payload = Buffer.from(JSON.stringify({ predicateType })).toString("base64");
    const layer = registry.blob(mediaTypes.bundle, JSON.stringify({ dsseEnvelope: { payload } }));
    return registry.manifest({ artifactType: mediaTypes.bundle, config: empty, layers: [layer], subject: about });
  };
  const signed = (name: string) => ({
    ...registry.blob(mediaTypes.simpleSigning, `payload ${name}`),
    annotations: { [annotations.signature]: name },
  });
  const notation = { ...empty, mediaType: mediaTypes.notation };
  const cosign = { ...empty, mediaType: mediaTypes.cosignArtifact };
  return {
    signed,
    listed: [
      registry.manifest({ config: cosign, layers: [signed("referrer")], subject: about }),
      bundle("https://example.com/predicate"),
      bundle(signPredicateType),
      registry.manifest({ config: notation, layers: [registry.blob(mediaTypes.jws, "{}")], subject: about }),
      registry.manifest({ config: notation, layers: [registry.blob(mediaTypes.cose, "cose")], subject: about }),
      // An SBOM is no signature, and its layer of JOSE neither.
      registry.manifest({
        artifactType: "application/spdx+json",
        config: empty,
        layers: [registry.blob(mediaTypes.jws, "{}")],
        subject: about,
      }),
    ],
  };
}

function tags(registry: HeldRegistry, signed: (name: string) => object): void {
  const config = registry.blob("application/vnd.oci.image.config.v1+json", "{}");
  registry.manifest({ config, layers: [signed("first"), signed("second")] }, `${TAG}.sig`);
  registry.manifest({ config, layers: [registry.blob(mediaTypes.dsse, "envelope")] }, `${TAG}.att`);
}

const forms = [
  ["cosign-sig", "tag"],
  ["cosign-sig", "tag"],
  ["cosign-att", "tag"],
];
const referrerForms = ["cosign-referrer", "bundle-attestation", "bundle-signature", "notation-jws", "notation-cose"];

test("all seven forms are found by the registry's own list, on several pages", async (t) => {
  const registry = await heldRegistry(t, { referrersPage: 2 });
  tags(registry, referrers(registry).signed);
  const { signatures, gaps } = await findSignatures(SUBJECT, registry.repository);
  assert.deepEqual(gaps, []);
  assert.deepEqual(
    signatures.map(({ form, place }) => [form, place.by]),
    [...forms, ...referrerForms.map((form) => [form, "referrers"])],
  );
  const [first] = signatures;
  assert.ok(first?.envelope.kind === "simple-signing");
  assert.equal(first.envelope.signature, "first");
  assert.equal(String(first.envelope.payload), "payload first");
  assert.equal(first.place.name, `${TAG}.sig`);
});

test("in the tag that stands in for that list the types of the entries do not count", async (t) => {
  const registry = await heldRegistry(t);
  const { signed, listed } = referrers(registry);
  tags(registry, signed);
  // As cosign 2.5 writes them, and worse.
  const wrong = listed.map((entry) => ({ ...entry, artifactType: "application/spdx+json" }));
  registry.manifest({ manifests: wrong }, TAG);
  const { signatures, gaps } = await findSignatures(SUBJECT, registry.repository);
  assert.deepEqual(gaps, []);
  assert.deepEqual(
    signatures.map(({ form, place }) => [form, place.by]),
    [...forms, ...referrerForms.map((form) => [form, "referrers-tag"])],
  );
});

test("an answer in place of the list that is none is a gap, and the tag is read all the same", async (t) => {
  for (const [status, document] of [
    [400, { errors: [] }],
    [200, { tags: [] }],
    [200, []],
    [406, {}],
  ] as const) {
    const registry = await heldRegistry(t, {
      instead(request, response) {
        if (request.url?.includes("/referrers/") !== true) return false;
        json(response, status, document);
        return true;
      },
    });
    registry.manifest({ manifests: referrers(registry).listed }, TAG);
    const { signatures, gaps } = await findSignatures(SUBJECT, registry.repository);
    assert.equal(gaps.length, 1, JSON.stringify(gaps));
    assert.deepEqual(
      signatures.map(({ form }) => form),
      referrerForms,
    );
  }
});

test("a list that was filtered though nobody asked for it may have lost entries", async (t) => {
  const registry = await heldRegistry(t, {
    instead(request, response) {
      if (request.url?.includes("/referrers/") !== true) return false;
      json(response, 200, { manifests: [] }, { "content-type": INDEX, "oci-filters-applied": "artifactType" });
      return true;
    },
  });
  const { gaps } = await findSignatures(SUBJECT, registry.repository);
  assert.match(gaps[0]?.reason ?? "", /a filter that was not requested/);
});

test("where there is nothing, nothing is a gap", async (t) => {
  for (const options of [{}, { referrersPage: 10 }]) {
    const registry = await heldRegistry(t, options);
    assert.deepEqual(await findSignatures(SUBJECT, registry.repository), { signatures: [], gaps: [] });
  }
});

test("a look-up that fails is a gap, whatever else is found", async (t) => {
  for (const [part, status, code] of [
    [".sig", 500, "registry.unavailable"],
    [".sig", 403, "registry.denied"],
    [".att", 429, "registry.throttled"],
    ["/referrers/", 500, "registry.unavailable"],
    ["/referrers/", 400, "registry.answer"],
    [TAG, 503, "registry.unavailable"],
    ["/blobs/", 404, "registry.not-found"],
  ] as const) {
    const registry = await heldRegistry(t, {
      instead(request, response) {
        if (request.url?.includes(part) !== true || request.method !== "GET") return false;
        json(response, status, { errors: [{ code: "FAILED" }] });
        return true;
      },
    });
    const config = registry.blob(mediaTypes.empty, "{}");
    registry.manifest({ config, layers: [registry.blob(mediaTypes.dsse, "envelope")] }, `${TAG}.att`);
    const { gaps } = await findSignatures(SUBJECT, registry.repository);
    assert.ok(
      gaps.some((gap) => gap.code === code),
      `${part} ${status}: ${JSON.stringify(gaps)}`,
    );
  }
});

test("a registry that is asked too often is asked again when it says so", async (t) => {
  let left = 3;
  const registry = await heldRegistry(t, {
    instead(request, response) {
      if (request.url?.includes(TAG) !== true || left === 0) return false;
      left -= 1;
      json(response, 429, { errors: [{ code: "TOOMANYREQUESTS" }] }, { "retry-after": "7" });
      return true;
    },
  });
  tags(registry, referrers(registry).signed);
  const { signatures, gaps } = await findSignatures(SUBJECT, registry.repository);
  assert.deepEqual(gaps, []);
  assert.equal(signatures.length, forms.length);
  assert.deepEqual(registry.clock.slept, [7_000, 7_000, 7_000]);
});

test("a 404 that is not the registry's own says nothing", async (t) => {
  for (const [head, body] of [
    [{ "content-type": "text/html; charset=utf-8" }, "<h1>not here</h1>"],
    [{ "content-type": "application/json" }, JSON.stringify({ errors: [{ code: "NAME_UNKNOWN" }] })],
  ] as const) {
    const registry = await heldRegistry(t, {
      instead(request, response) {
        if (request.url?.endsWith(".sig") !== true) return false;
        response.writeHead(404, head).end(body);
        return true;
      },
    });
    const { signatures, gaps } = await findSignatures(SUBJECT, registry.repository);
    assert.deepEqual(signatures, []);
    assert.deepEqual(
      gaps.map(({ code }) => code),
      ["registry.not-found"],
    );
  }
});

test("pages that lead back, lead away, never end or fail end the list with a gap", async (t) => {
  for (const [link, reason] of [
    ["</v2/shop/web/referrers/SUBJECT>; rel=next", /pages repeat/],
    ["</v2/shop/web/referrers/SUBJECT?n=NEXT>; rel=next", /more than 50 pages/],
    ["</v2/other/referrers/SUBJECT?n=1>; rel=next", /not part of the same list/],
    ["<https://elsewhere.invalid/v2/shop/web/tags/list>; rel=next", /not part of the same list/],
    ["</v2/shop/web/referrers/SUBJECT?n=gone>; rel=next", /page 2 was not found/],
  ] as const) {
    let pages = 0;
    const registry = await heldRegistry(t, {
      instead(request, response) {
        if (request.url?.includes("/referrers/") !== true || request.url.endsWith("gone")) return false;
        const next = link.replace("SUBJECT", SUBJECT).replace("NEXT", String(++pages));
        json(response, 200, { manifests: [] }, { "content-type": INDEX, link: next });
        return true;
      },
    });
    const { gaps } = await findSignatures(SUBJECT, registry.repository);
    assert.equal(gaps.length, 1, JSON.stringify(gaps));
    assert.match(gaps[0]?.reason ?? "", reason);
  }
});

test("10,000 signatures on one digest are read up to the bound, with one reason", async (t) => {
  const registry = await heldRegistry(t);
  const layer = registry.blob(mediaTypes.simpleSigning, "payload");
  const config = registry.blob(mediaTypes.empty, "{}");
  const layers = Array.from({ length: 10_000 }, (_, i) => ({
    ...layer,
    annotations: { [annotations.signature]: `${i}` },
  }));
  registry.manifest({ config, layers }, `${TAG}.sig`);
  const { signatures, gaps } = await findSignatures(SUBJECT, registry.repository);
  assert.equal(signatures.length, bounds.signatures);
  assert.deepEqual(
    gaps.map(({ code }) => code),
    ["trust.bound"],
  );
  // One blob is fetched once.
  assert.equal(registry.seen.filter(({ url }) => url.includes("/blobs/")).length, 1);
});

test("10,000 manifests about one digest are not all opened", async (t) => {
  const registry = await heldRegistry(t);
  const manifests = Array.from({ length: 10_000 }, (_, i) => ({
    mediaType: MANIFEST,
    digest: `sha256:${i.toString(16).padStart(64, "0")}`,
    size: 2,
  }));
  registry.manifest({ manifests }, TAG);
  const { signatures, gaps } = await findSignatures(SUBJECT, registry.repository);
  assert.deepEqual(signatures, []);
  assert.ok(gaps.length < 30, `${gaps.length} gaps`);
  assert.ok(gaps.some(({ reason }) => /stopped after 20 failed requests/.test(reason)));
  assert.ok(gaps.some(({ reason }) => /more than 5000 referrers/.test(reason)));
  assert.ok(registry.seen.length < 50);
});

test("signatures over the bounds of bytes are told and not fetched", async (t) => {
  const registry = await heldRegistry(t);
  const layer = registry.blob(mediaTypes.dsse, "envelope");
  const config = registry.blob(mediaTypes.empty, "{}");
  registry.manifest({ config, layers: [{ ...layer, size: bounds.envelopeBytes + 1 }] }, `${TAG}.att`);
  const layers = Array.from({ length: 5 }, (_, i) => ({
    ...registry.blob(mediaTypes.simpleSigning, `${i}`),
    size: bounds.envelopeBytes,
  }));
  registry.manifest({ config, layers }, `${TAG}.sig`);
  const { signatures, gaps } = await findSignatures(SUBJECT, registry.repository);
  assert.deepEqual(signatures, []);
  assert.ok(gaps.some(({ reason }) => /a signature of 16777217 bytes/.test(reason)));
  assert.ok(gaps.some(({ reason }) => /exceed the limit of 67108864 bytes/.test(reason)));
  // What is fetched is not of the size that was stated.
  assert.ok(gaps.some(({ code }) => code === "registry.blob-size"));
});

test("a manifest that is no signature under a signature's name is a gap", async (t) => {
  for (const [document, reason] of [
    [{ manifests: [] }, /an index, not a manifest/],
    [{ config: about, layers: [] }, /no layers/],
    [
      { config: about, layers: [{ ...about, mediaType: "text/plain\u001b[2J" }] },
      /type text\/plain\\u001b\[2J is not a known/,
    ],
    [{ config: about, Layers: [], layers: [about] }, /is read as another one/],
  ] as const) {
    const registry = await heldRegistry(t);
    registry.manifest(document, `${TAG}.sig`);
    const { signatures, gaps } = await findSignatures(SUBJECT, registry.repository);
    assert.deepEqual(signatures, []);
    assert.match(gaps[0]?.reason ?? "", reason);
  }
});

test("one blob with other bytes than its digest says is a gap, and the other signatures are found", async (t) => {
  const registry = await heldRegistry(t);
  const { signed } = referrers(registry);
  tags(registry, signed);
  registry.blobs.set(signed("first").digest, Buffer.from("payload other"));
  const { signatures, gaps } = await findSignatures(SUBJECT, registry.repository);
  assert.deepEqual(
    gaps.map(({ code }) => code),
    ["oci.digest-mismatch"],
  );
  assert.equal(signatures.filter(({ form }) => form === "cosign-sig").length, 1);
});
