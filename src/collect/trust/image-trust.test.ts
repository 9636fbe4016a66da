import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Digest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import { parseReference } from "../../engines/oci/reference.ts";
import { heldLayout } from "../../engines/oci/referrers/layout.fixture.ts";
import {
  type HeldDescriptor,
  type HeldOptions,
  type HeldRegistry,
  heldRegistry,
} from "../../engines/oci/referrers/registry.fixture.ts";
import { json } from "../../engines/oci/registry/loopback.fixture.ts";
import { attachSignature } from "../../engines/trust/attach.ts";
import { bounds as trustBounds } from "../../engines/trust/bounds.ts";
import { annotations, mediaTypes } from "../../engines/trust/forms.ts";
import type { SubjectTrust } from "../../engines/trust/model.ts";
import { verifySignature } from "../../engines/trust/verify.ts";
import { bounds } from "./bounds.ts";
import { collectTrust, openTrustMemory, type TrustOptions } from "./image-trust.ts";
import { createTrustMemory } from "./memory.ts";
import { testSigner } from "./signed.fixture.ts";

const now = new Date("2026-11-27T00:00:00Z");
const signer = testSigner();
const CONFIG = "application/vnd.oci.image.config.v1+json";

/** An image that is other for every text. */
function image(registry: Pick<HeldRegistry, "blob" | "manifest">, text: string, tag?: string): HeldDescriptor {
  const config = registry.blob(CONFIG, JSON.stringify({ text }));
  return registry.manifest({ config, layers: [] }, tag);
}

async function signIt(registry: HeldRegistry, subject: HeldDescriptor, about: string = subject.digest): Promise<void> {
  const envelope = { kind: "simple-signing", ...signer.simpleSigning(about) } as const;
  await attachSignature(parseReference(registry.name), subject, { form: "cosign-sig", envelope }, registry.options);
}

async function collect(registry: HeldRegistry, name: string, options: Partial<TrustOptions> = {}) {
  return await collectTrust(registry.name + name, {
    material: signer.material,
    now,
    registry: registry.options,
    ...options,
  });
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
}

/** `verified`, `refused trust.subject`, and the codes of the gaps, each once. */
function told({ signatures, gaps }: SubjectTrust): readonly string[] {
  const outcomes = signatures.map((each) =>
    each.outcome === "refused" ? `refused ${each.refusal.code}` : each.outcome,
  );
  return [...outcomes, ...new Set(gaps.map(({ code }) => `gap ${code}`))];
}

const platform = (architecture: string) => ({ platform: { os: "linux", architecture } });

/** An index over two images, the second within an index of its own, and BuildKit's attestations, which are none. */
function index(registry: HeldRegistry) {
  const [amd64, arm64] = ["amd64", "arm64"].map((text) => image(registry, text));
  assert.ok(amd64 !== undefined && arm64 !== undefined);
  const nested = registry.manifest({ manifests: [{ ...arm64, ...platform("arm64") }] });
  const attestations = {
    ...image(registry, "attestations"),
    platform: { os: "unknown", architecture: "unknown" },
    annotations: { "vnd.docker.reference.type": "attestation-manifest" },
  };
  const root = registry.manifest({ manifests: [{ ...amd64, ...platform("amd64") }, nested, attestations] }, "1");
  return { amd64, arm64, nested, root };
}

test("a signature of the index is not one of the images in it, nor one of theirs the index's", async (t) => {
  const registry = await heldRegistry(t);
  const { amd64, arm64, nested, root } = index(registry);
  await signIt(registry, root);
  await signIt(registry, arm64);
  // A signature of the index beside an image in it.
  await signIt(registry, amd64, root.digest);
  const trust = await collect(registry, ":1");
  assert.equal(trust.reference, `${registry.name}:1`);
  assert.equal(trust.resolvedAt, now.toISOString());
  assert.deepEqual([trust.subject.digest, ...told(trust.subject)], [root.digest, "verified"]);
  assert.deepEqual(
    trust.children.map((child) => [child.digest, child.platform, ...told(child)]),
    [
      [amd64.digest, "linux/amd64", "refused trust.subject"],
      [nested.digest, undefined],
      [arm64.digest, "linux/arm64", "verified"],
    ],
  );
});

test("a tag is resolved once: what it names a moment later is not what was verified", async (t) => {
  let asked = 0;
  const options: HeldOptions & { moved?: () => void } = {
    instead(request) {
      if (request.url === "/v2/shop/web/manifests/1" && asked++ === 0) queueMicrotask(() => options.moved?.());
      return false;
    },
  };
  const registry = await heldRegistry(t, options);
  const first = image(registry, "first", "1");
  await signIt(registry, first);
  const second = image(registry, "second");
  options.moved = () => setImmediate(() => image(registry, "second", "1"));
  const { subject } = await collect(registry, ":1");
  assert.deepEqual([subject.digest, ...told(subject)], [first.digest, "verified"]);
  assert.equal(asked, 1);
  const again = await collect(registry, ":1");
  assert.deepEqual([again.subject.digest, ...told(again.subject)], [second.digest]);
});

test("the bytes decide what was named, and not the registry's word", async (t) => {
  const registry = await heldRegistry(t, {
    instead(request, response) {
      if (request.url !== "/v2/shop/web/manifests/1") return false;
      const { bytes = Buffer.from("{}") } = [...registry.manifests.values()][0] ?? {};
      json(response, 200, JSON.parse(String(bytes)), { "docker-content-digest": `sha256:${"0".repeat(64)}` });
      return true;
    },
  });
  image(registry, "one");
  assert.equal((await problemOf(collect(registry, ":1"))).code, "oci.digest-mismatch");
  registry.manifests.set(`sha256:${"1".repeat(64)}`, { mediaType: "", bytes: Buffer.from('{"layers":[]}') });
  assert.equal((await problemOf(collect(registry, `@sha256:${"1".repeat(64)}`))).code, "oci.digest-mismatch");
});

test("a reference that cannot be resolved says nothing of any signature", async (t) => {
  for (const [status, code] of [
    [404, "registry.not-found"],
    [403, "registry.denied"],
    [429, "registry.throttled"],
    [503, "registry.unavailable"],
  ] as const) {
    const registry = await heldRegistry(t, {
      instead(request, response) {
        if (request.url === "/v2/") return false;
        json(response, status, {});
        return true;
      },
    });
    const problem = await problemOf(collect(registry, ":1"));
    assert.deepEqual([problem.kind, problem.code], ["unavailable", code]);
  }
});

test("look-ups that fail are gaps of the digest that they are about, and never unsigned", async (t) => {
  let broken = "";
  const registry = await heldRegistry(t, {
    instead(request, response) {
      if (broken === "" || request.url?.includes(broken) !== true) return false;
      json(response, 404, { errors: [{ code: "NAME_UNKNOWN" }] });
      return true;
    },
  });
  const { amd64, arm64, nested, root } = index(registry);
  broken = amd64.digest.slice(7);
  const { subject, children } = await collect(registry, ":1");
  assert.deepEqual([subject, ...children].map(told), [[], ["gap registry.not-found"], [], []]);
  // The index within: its images are not known, so there may be more.
  broken = `manifests/${nested.digest}`;
  const other = await collect(registry, ":1");
  assert.deepEqual(told(other.subject), ["gap registry.not-found"]);
  assert.ok(!other.children.some(({ digest }) => digest === arm64.digest));
  broken = root.digest.slice(7);
  assert.deepEqual(told((await collect(registry, ":1")).subject), ["gap registry.not-found"]);
});

test("a registry that falls silent is asked once more, not once for each image", async (t) => {
  let silent = false;
  let refused = 0;
  const registry = await heldRegistry(t, {
    instead(_, response) {
      if (!silent) return false;
      refused += 1;
      json(response, 429, {}, { "retry-after": "1" });
      return true;
    },
  });
  const images = Array.from({ length: 20 }, (_, i) => image(registry, `${i}`));
  let time = 0;
  const memory = createTrustMemory(verifySignature, () => time);
  const tries = 2;
  const options = { memory, registry: { ...registry.options, limits: { ...registry.options.limits, tries } } };
  silent = true;
  for (const { digest } of images) {
    assert.equal((await problemOf(collect(registry, `@${digest}`, options))).code, "registry.throttled");
  }
  // Each try on loopback asks for https first, which is not spoken.
  assert.equal(refused, tries);
  silent = false;
  time += bounds.silenceMilliseconds;
  assert.deepEqual(told((await collect(registry, `@${images[0]?.digest}`, options)).subject), []);
});

test("what was found is not looked for again for a while; what was not, is", async (t) => {
  const registry = await heldRegistry(t);
  const [signed, unsigned] = [image(registry, "signed", "1"), image(registry, "unsigned", "2")];
  await signIt(registry, signed);
  let time = 0;
  const memory = createTrustMemory(verifySignature, () => time);
  const asked = async (name: string) => {
    const before = registry.seen.length;
    const { subject } = await collect(registry, name, { memory });
    return [registry.seen.slice(before).filter(({ url }) => url !== "/v2/").length, ...told(subject)];
  };
  assert.equal((await asked(`@${signed.digest}`))[1], "verified");
  assert.deepEqual(await asked(`@${signed.digest}`), [0, "verified"]);
  // Of a tag one request is left: what it names now.
  assert.deepEqual(await asked(":1"), [1, "verified"]);
  assert.equal(await asked(":2").then(([requests]) => requests), await asked(":2").then(([requests]) => requests));
  await signIt(registry, unsigned);
  assert.equal((await asked(":2"))[1], "verified");
  // Taken away, it counts for a minute at most.
  registry.manifests.delete(`${signed.digest.replace(":", "-")}.sig`);
  assert.deepEqual(await asked(`@${signed.digest}`), [0, "verified"]);
  time += bounds.lookUpMilliseconds;
  assert.deepEqual((await asked(`@${signed.digest}`)).slice(1), []);
});

test("another trust is asked anew of what is remembered", async (t) => {
  const registry = await heldRegistry(t);
  const signed = image(registry, "signed", "1");
  await signIt(registry, signed);
  const memory = await openTrustMemory();
  assert.deepEqual(told((await collect(registry, ":1", { memory })).subject), ["verified"]);
  const { material } = testSigner("another");
  assert.deepEqual(told((await collect(registry, ":1", { memory, material })).subject), ["refused trust.unknown-key"]);
});

test("10,000 signatures on one digest end in a bound and a gap", async (t) => {
  const registry = await heldRegistry(t);
  const { digest } = image(registry, "flooded", "1");
  const { payload, signature } = signer.simpleSigning(digest);
  const layer = registry.blob(mediaTypes.simpleSigning, payload);
  const layers = Array.from({ length: 10_000 }, () => ({
    ...layer,
    annotations: { [annotations.signature]: signature },
  }));
  registry.manifest({ config: registry.blob(CONFIG, "{}"), layers }, `${digest.replace(":", "-")}.sig`);
  const { subject } = await collect(registry, ":1");
  assert.equal(subject.signatures.length, trustBounds.signatures);
  assert.deepEqual(
    subject.gaps.map(({ code }) => code),
    ["trust.bound"],
  );
});

test("an index of more images than the bound is told", async (t) => {
  const registry = await heldRegistry(t);
  const children = Array.from({ length: bounds.children + 1 }, (_, i) => image(registry, `${i}`));
  registry.manifest({ manifests: children }, "1");
  const { subject, children: found } = await collect(registry, ":1");
  assert.deepEqual(told(subject), ["gap trust.bound"]);
  assert.equal(found.length, bounds.children);
});

test("a caller that gives up ends it with its own reason", async (t) => {
  const giveUp = new AbortController();
  const reason = new Error("enough");
  const registry = await heldRegistry(t, {
    instead(request) {
      if (request.url?.endsWith(".sig") !== true) return false;
      giveUp.abort(reason);
      return true;
    },
  });
  image(registry, "one", "1");
  const asked = collect(registry, ":1", { registry: { ...registry.options, signal: giveUp.signal } });
  await assert.rejects(asked, (error) => error === reason);
});

test("a registry that never ends is waited for until the bound, and what it did not say is a gap", async (t) => {
  const asked = Promise.withResolvers<void>();
  const registry = await heldRegistry(t, {
    instead(request) {
      if (request.url?.endsWith(".att") !== true) return false;
      asked.resolve();
      return true;
    },
  });
  const signed = image(registry, "one", "1");
  await signIt(registry, signed);
  const endless = { stallMilliseconds: 2 ** 30, documentMilliseconds: 2 ** 30 };
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const collected = collect(registry, ":1", { registry: { ...registry.options, limits: endless } });
  await asked.promise;
  t.mock.timers.tick(bounds.imageMilliseconds);
  const { subject } = await collected;
  assert.ok(told(subject).includes("gap registry.timeout"), told(subject).join());
});

test("a file's signatures are told of the digest that each is about, and once", async (t) => {
  const registry = await heldRegistry(t);
  const { arm64, root } = index(registry);
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-signatures-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "signatures.jsonl");
  const about = [root.digest, arm64.digest, `sha256:${"0".repeat(64)}`];
  const lines = about.map((digest) => signer.attestation(digest, "https://example.com/scan", {}).toString());
  writeFileSync(file, [...lines, '{"payloadType":"x","payload":"","signatures":[]}'].join("\n"));
  const { subject, children } = await collect(registry, ":1", { signatureFiles: [file] });
  assert.deepEqual(told(subject), ["verified", "refused trust.subject", "refused trust.form"]);
  assert.deepEqual(children.map(told), [[], [], ["verified"]]);
});

async function layoutOf(t: TestContext) {
  const held = heldLayout(t);
  const root = image(held, "saved");
  const layer = held.blob(
    mediaTypes.dsse,
    signer.attestation(root.digest, "https://example.com/scan", { passed: true }),
  );
  const referrer = held.manifest({
    artifactType: mediaTypes.dsse,
    config: held.blob(mediaTypes.empty, "{}"),
    layers: [layer],
    subject: root,
  });
  held.names([root, referrer]);
  return { ...held, root };
}

test("a layout's signatures are collected as a registry's", async (t) => {
  const { folder, root } = await layoutOf(t);
  const { subject } = await collectTrust(`oci:${folder}`, { material: signer.material, now });
  assert.deepEqual([subject.digest as Digest, ...told(subject)], [root.digest, "verified"]);
  const [found] = subject.signatures;
  assert.ok(found?.outcome === "verified" && found.content.kind === "statement");
  assert.equal(found.content.predicateType, "https://example.com/scan");
});
