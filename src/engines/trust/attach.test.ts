import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import { valueAt } from "../../core/untyped.ts";
import { parseReference } from "../oci/reference.ts";
import { type HeldOptions, type HeldRegistry, heldRegistry, MANIFEST } from "../oci/referrers/registry.fixture.ts";
import { json } from "../oci/registry/loopback.fixture.ts";
import { digestOf } from "../oci/registry/push.fixture.ts";
import { type AttachOptions, attachSignature, type NewSignature } from "./attach.ts";
import { bounds } from "./bounds.ts";
import { findSignatures } from "./find.ts";
import { annotations, mediaTypes, signPredicateType } from "./forms.ts";
import { signatureForms } from "./model.ts";

const subject = { digest: `sha256:${"a".repeat(64)}` as Digest, mediaType: MANIFEST, size: 7 };
const TAG = subject.digest.replace(":", "-");

function signed(name: string, form: "cosign-sig" | "cosign-referrer" = "cosign-sig"): NewSignature {
  const envelope = { kind: "simple-signing", payload: Buffer.from(`payload ${name}`), signature: name } as const;
  return { form, envelope };
}

function bundled(predicateType: string): NewSignature {
  const payload = Buffer.from(JSON.stringify({ predicateType })).toString("base64");
  const bytes = Buffer.from(JSON.stringify({ dsseEnvelope: { payload } }));
  const form = predicateType === signPredicateType ? "bundle-signature" : "bundle-attestation";
  return { form, envelope: { kind: "bundle", bytes }, predicateType, created: "2026-01-01T00:00:00Z" };
}

const vouched = { certificate: "PEM", chain: "PEMs", rekorBundle: "{}", timestamp: "{ }" };

const each: readonly NewSignature[] = [
  { form: "cosign-sig", envelope: { ...signed("one").envelope, ...vouched } as NewSignature["envelope"] },
  {
    form: "cosign-att",
    envelope: { kind: "dsse", bytes: Buffer.from("envelope"), ...vouched },
    predicateType: "https://example.com/predicate",
  },
  signed("two", "cosign-referrer"),
  bundled("https://example.com/predicate"),
  bundled(signPredicateType),
  { form: "notation-jws", envelope: { kind: "jws", bytes: Buffer.from("{}") }, thumbprints: ["ab".repeat(32)] },
  { form: "notation-cose", envelope: { kind: "cose", bytes: Buffer.from("cose") }, thumbprints: [] },
];

async function attach(registry: HeldRegistry, signature: NewSignature, options: AttachOptions = {}) {
  return await attachSignature(parseReference(registry.name), subject, signature, { ...registry.options, ...options });
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
}

for (const [title, options] of [
  ["the referrers API", { referrersPage: 100 }],
  ["a tag in the place of the referrers API", {}],
] as const satisfies readonly (readonly [string, HeldOptions])[]) {
  test(`every form that is attached is found again, by ${title}`, async (t) => {
    assert.deepEqual(
      each.map(({ form }) => form),
      signatureForms,
    );
    const registry = await heldRegistry(t, options);
    for (const signature of each) {
      const { form, written, manifest, blob } = await attach(registry, signature);
      assert.deepEqual([form, written], [signature.form, true]);
      assert.ok(manifest !== undefined && registry.manifests.has(manifest));
      assert.ok(registry.blobs.has(blob));
    }
    const { signatures, gaps } = await findSignatures(subject.digest, registry.repository);
    assert.deepEqual(gaps, []);
    assert.deepEqual(
      signatures.map(({ form, envelope }) => ({ form, envelope })),
      each.map(({ form, envelope }) => ({ form, envelope })),
    );
    // Whatever a manifest names is there.
    for (const { bytes } of registry.manifests.values()) {
      const document = JSON.parse(String(bytes));
      for (const { digest } of [document.config, ...(document.layers ?? [])].filter((part) => part !== undefined)) {
        assert.ok(registry.blobs.has(digest), String(bytes));
      }
    }
  });
}

test("a signature that is there already is not written again", async (t) => {
  const registry = await heldRegistry(t);
  for (const form of [signed("one"), bundled("https://example.com/predicate")]) {
    await attach(registry, form);
    const before = new Map([...registry.manifests].map(([name, { bytes }]) => [name, String(bytes)]));
    const again = await attach(registry, form);
    assert.equal(again.written, form.form !== "cosign-sig");
    assert.deepEqual(new Map([...registry.manifests].map(([name, { bytes }]) => [name, String(bytes)])), before);
  }
});

test("what others wrote into the manifest stays, as they wrote it", async (t) => {
  const registry = await heldRegistry(t);
  const foreign = { ...registry.blob(mediaTypes.simpleSigning, "theirs"), annotations: { other: "kept" }, more: [1] };
  registry.manifest({ layers: [foreign], annotations: { kept: "yes" } }, `${TAG}.sig`);
  await attach(registry, signed("ours"));
  const document = JSON.parse(String(registry.manifests.get(`${TAG}.sig`)?.bytes));
  assert.deepEqual(document.layers[0], foreign);
  assert.deepEqual(document.annotations, { kept: "yes" });
  assert.equal(document.layers[1].annotations[annotations.signature], "ours");
  const config = JSON.parse(String(registry.blobs.get(document.config.digest)));
  assert.deepEqual(
    config.rootfs.diff_ids,
    document.layers.map(({ digest }: { digest: string }) => digest),
  );
});

test("signatures that are attached at the same time are all there", async (t) => {
  const registry = await heldRegistry(t);
  const names = Array.from({ length: 12 }, (_, i) => `signature ${i}`);
  await Promise.all(
    names.flatMap((name) => [attach(registry, signed(name)), attach(registry, bundled(`https://example.com/${name}`))]),
  );
  const { signatures, gaps } = await findSignatures(subject.digest, registry.repository);
  assert.deepEqual(gaps, []);
  const found = signatures.flatMap(({ envelope }) => (envelope.kind === "simple-signing" ? [envelope.signature] : []));
  assert.deepEqual(found.sort(), names.sort());
  assert.equal(signatures.filter(({ form }) => form === "bundle-attestation").length, names.length);
});

/** Another writer on another machine: whenever our manifest is put under the tag, theirs takes its place, so many times. */
function overwriting(
  times: number,
  theirs: (registry: HeldRegistry) => void,
): HeldOptions & { registry?: HeldRegistry } {
  let left = times;
  const options: HeldOptions & { registry?: HeldRegistry } = {
    instead(request, response) {
      const { registry } = options;
      if (request.method !== "PUT" || !request.url?.endsWith(".sig") || left === 0 || registry === undefined)
        return false;
      left -= 1;
      request.resume().on("end", () => {
        theirs(registry);
        response.writeHead(201).end();
      });
      return true;
    },
  };
  return options;
}

test("a signature that somebody else's overwrote is written upon it", async (t) => {
  const options = overwriting(2, (registry) => {
    const layer = { ...registry.blob(mediaTypes.simpleSigning, "theirs"), annotations: {} };
    registry.manifest({ layers: [layer] }, `${TAG}.sig`);
  });
  const registry = await heldRegistry(t, options);
  options.registry = registry;
  assert.equal((await attach(registry, signed("ours"))).written, true);
  const document = JSON.parse(String(registry.manifests.get(`${TAG}.sig`)?.bytes));
  assert.deepEqual(
    document.layers.map(({ digest }: { digest: Digest }) => String(registry.blobs.get(digest))),
    ["theirs", "payload ours"],
  );
  assert.equal(valueAt(document, ["layers", 1, "annotations", annotations.signature]), "ours");
});

test("one who read before and writes after is noticed: the tag is looked at again once they had the time", async (t) => {
  const registry = await heldRegistry(t, {
    instead(request) {
      // Each request takes a while by the clock that is asked.
      if (request.url?.endsWith(".sig")) registry.clock.time += 100;
      return false;
    },
  });
  const { clock } = registry;
  const sleep = clock.sleep;
  const late = { ...registry.blob(mediaTypes.simpleSigning, "late"), annotations: {} };
  clock.sleep = async (milliseconds, signal) => {
    await sleep(milliseconds, signal);
    if (clock.slept.length === 1) registry.manifest({ layers: [late] }, `${TAG}.sig`);
  };
  await attach(registry, signed("ours"));
  const document = JSON.parse(String(registry.manifests.get(`${TAG}.sig`)?.bytes));
  assert.equal(document.layers.length, 2);
  assert.equal(clock.slept[0], 400);
});

test("one that is overwritten each time is a conflict, and not taken for attached", async (t) => {
  const options = overwriting(100, (registry) => registry.manifest({ layers: [] }, `${TAG}.sig`));
  const registry = await heldRegistry(t, options);
  options.registry = registry;
  assert.equal((await problemOf(attach(registry, signed("ours")))).code, "registry.conflict");
});

test("nothing is written over what could not be read", async (t) => {
  for (const [status, document, code] of [
    [500, {}, "registry.unavailable"],
    [404, { errors: [{ code: "NAME_UNKNOWN" }] }, "registry.not-found"],
    [200, { manifests: [] }, "trust.attach"],
    [200, { schemaVersion: 2, layers: Array(bounds.signatures).fill({}) }, "trust.bound"],
  ] as const) {
    let puts = 0;
    const registry = await heldRegistry(t, {
      instead(request, response) {
        if (!request.url?.endsWith(".sig")) return false;
        if (request.method === "PUT") puts += 1;
        json(response, status, document);
        return true;
      },
    });
    assert.equal((await problemOf(attach(registry, signed("ours")))).code, code);
    assert.equal(puts, 0);
  }
});

test("a dry run says where it would go and asks nobody", async (t) => {
  const registry = await heldRegistry(t);
  for (const signature of each) {
    const { written, tag, manifest, blob } = await attach(registry, signature, { dryRun: true });
    assert.equal(written, false);
    assert.ok((tag === undefined) !== (manifest === undefined));
    assert.match(blob, /^sha256:/);
  }
  assert.deepEqual(registry.seen, []);
});

test("an envelope of another kind than its form is refused", async (t) => {
  const registry = await heldRegistry(t);
  for (const { form } of each) {
    const envelope = form === "cosign-att" ? signed("x").envelope : ({ kind: "dsse", bytes: Buffer.from("") } as const);
    assert.equal((await problemOf(attach(registry, { form, envelope }))).code, "trust.attach");
  }
  const long = { ...subject, digest: `sha512:${"a".repeat(128)}` as Digest };
  const tagged = attachSignature(parseReference(registry.name), long, signed("x"), registry.options);
  assert.match((await problemOf(tagged)).line(), /too long for a cosign tag \(use a referrer form\)/);
  // As a referrer it is kept under its shortened tag, and found.
  const referrer = signed("x", "cosign-referrer");
  await attachSignature(parseReference(registry.name), long, referrer, registry.options);
  assert.ok(registry.manifests.has(`sha512-${"a".repeat(64)}`));
  const { signatures } = await findSignatures(long.digest, registry.repository);
  assert.equal(signatures.length, 1);
  assert.equal(signatures[0]?.place.blob, digestOf(Buffer.from("payload x")));
});
