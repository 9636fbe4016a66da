/**
 * Signatures in a real registry (docker-registry, which has no referrers API) beside the real cosign: what cosign stores is
 * found and verified, what is attached here cosign verifies, and neither loses what the other stored.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, createPublicKey } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { collectTrust } from "../../src/collect/trust/image-trust.ts";
import { testSigner } from "../../src/collect/trust/signed.fixture.ts";
import { readClock } from "../../src/core/clock.ts";
import type { Digest } from "../../src/core/digest.ts";
import { Problem } from "../../src/core/problem.ts";
import { parseReference } from "../../src/engines/oci/reference.ts";
import { attachSignature, type NewSignature } from "../../src/engines/trust/attach.ts";
import type { SubjectTrust, TrustMaterial } from "../../src/engines/trust/model.ts";
import { inProcess } from "../in-process.ts";
import { type Cosign, cosignIn, withoutCosign } from "./cosign.ts";
import { startRegistry, type TestRegistry } from "./registry.ts";

const run = promisify(execFile);
const environment = { HOME: "/nonexistent", PATH: process.env.PATH ?? "" };
const skopeo = (process.env.PATH ?? "").split(delimiter).some((place) => existsSync(join(place, "skopeo")));
const withoutSkopeo = !skopeo && "skopeo is not installed";
const insecure = ["--src-tls-verify=false", "--dest-tls-verify=false"];
const PREDICATE = "https://example.com/scan";

/** Form and outcome of each signature, and the codes of the gaps. */
function told({ signatures, gaps }: SubjectTrust): readonly string[] {
  const outcomes = signatures.map((each) => {
    const outcome = each.outcome === "refused" ? `refused ${each.refusal.code}` : each.outcome;
    return `${each.form} ${each.place.by} ${outcome}`;
  });
  return [...outcomes, ...gaps.map(({ code }) => `gap ${code}`)];
}

describe("signatures in docker-registry, beside cosign", { skip: withoutCosign }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-store-"));
  const ours = testSigner("ours");
  let registry: TestRegistry;
  let cosign: Cosign;
  let theirs: TrustMaterial;

  before(async () => {
    registry = await startRegistry(folder);
    cosign = await cosignIn(folder);
    await cosign.keyPair("cosign");
    const key = createPublicKey(readFileSync(join(folder, "cosign.pub")));
    const spki = key.export({ type: "spki", format: "der" });
    const fingerprint = `sha256:${createHash("sha256").update(spki).digest("hex")}` as Digest;
    theirs = { roots: [], authorities: [], keys: [{ name: "cosign", spki, fingerprint }] };
    writeFileSync(join(folder, "ours.pub"), ours.pem);
    writeFileSync(join(folder, "predicate.json"), JSON.stringify({ passed: true }));
  });
  after(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const both = (): TrustMaterial => ({ ...theirs, keys: [...theirs.keys, ...ours.material.keys] });
  const collect = async (written: string, material = both()) =>
    await collectTrust(written, { material, now: readClock(), registry: { environment } });
  const by = (name: string, digest: string) => `${registry.host}/${name}@${digest}`;

  async function attach(image: string, digest: string, signature: NewSignature) {
    const { size, mediaType } = await described(image);
    const subject = { digest: digest as Digest, size, mediaType };
    return await attachSignature(parseReference(image), subject, signature, { environment });
  }

  async function described(image: string): Promise<{ size: number; mediaType: string }> {
    const { path, digest } = parseReference(image);
    const accept = ["manifest", "index"].map((kind) => `application/vnd.oci.image.${kind}.v1+json`).join(", ");
    const answer = await fetch(`http://${registry.host}/v2/${path}/manifests/${digest}`, { headers: { accept } });
    const bytes = await answer.arrayBuffer();
    return { size: bytes.byteLength, mediaType: answer.headers.get("content-type") ?? "" };
  }

  it("every form that cosign makes is found and verified", async () => {
    const digest = await registry.image("theirs/forms:1", "forms");
    const image = by("theirs/forms", digest);
    await cosign.sign(image, "cosign.key", ["-a", "built=today"]);
    const referrer = ["sign", "--tlog-upload=false", "--allow-http-registry", "--yes", "--key", "cosign.key"];
    await cosign.run([...referrer, "--registry-referrers-mode=oci-1-1", image], { COSIGN_EXPERIMENTAL: "1" });
    const statement = { type: PREDICATE, predicate: "predicate.json" };
    await cosign.attest(image, "cosign.key", statement);
    await cosign.attest(image, "cosign.key", { ...statement, bundle: true });
    const { subject } = await collect(`${registry.host}/theirs/forms:1`);
    assert.equal(subject.digest, digest);
    // cosign's referrer holds the layer of the tag too.
    const referrers = subject.signatures.filter(({ form }) => form === "cosign-referrer").length;
    assert.ok(referrers >= 1);
    // It sorts the tag that stands in for the list by digest.
    assert.deepEqual(
      [...told(subject)].sort(),
      [
        "bundle-attestation referrers-tag verified",
        "cosign-att tag verified",
        ...Array(referrers).fill("cosign-referrer referrers-tag verified"),
        "cosign-sig tag verified",
      ].sort(),
    );
    const [first] = subject.signatures;
    assert.ok(first?.outcome === "verified" && first.content.kind === "image");
    assert.equal(first.content.annotations.built, "today");
  });

  it("an index that is signed recursively has each of its images signed", async () => {
    const { index, images } = await registry.index("theirs/index:1", "index");
    const image = by("theirs/index", index);
    await cosign.sign(image, "cosign.key");
    const alone = await collect(`${registry.host}/theirs/index:1`);
    assert.deepEqual([alone.subject, ...alone.children].map(told), [["cosign-sig tag verified"], [], []]);
    await cosign.sign(image, "cosign.key", ["--recursive"]);
    const { subject, children } = await collect(image);
    assert.deepEqual(
      children.map(({ digest, platform }) => [digest, platform]),
      images.map((digest, i) => [digest, `linux/${["amd64", "arm64"][i]}`]),
    );
    for (const each of [subject, ...children]) {
      assert.ok(each.signatures.length > 0);
      assert.ok(told(each).every((line) => line === "cosign-sig tag verified"));
    }
  });

  it("every form that is attached here and that cosign reads is verified by it", async () => {
    const digest = await registry.image("ours/forms:1", "ours");
    const image = by("ours/forms", digest);
    const signed = { kind: "simple-signing", ...ours.simpleSigning(digest) } as const;
    const verify = ["--key", "ours.pub", "--insecure-ignore-tlog", "--allow-http-registry"];
    const attested = { predicateType: PREDICATE, predicate: { passed: true } };

    const unsigned = cosign.run(["verify", ...verify, image]);
    await assert.rejects(unsigned, /no signatures found/);
    const tag = await attach(image, digest, { form: "cosign-sig", envelope: signed });
    assert.deepEqual([tag.written, tag.tag], [true, `${digest.replace(":", "-")}.sig`]);
    assert.match(await cosign.run(["verify", ...verify, image]), /"docker-manifest-digest":"sha256:/);

    await attach(image, digest, {
      form: "cosign-att",
      envelope: { kind: "dsse", bytes: ours.attestation(digest, PREDICATE, attested.predicate) },
      predicateType: PREDICATE,
    });
    const words = ["verify-attestation", ...verify, "--type", PREDICATE];
    assert.match(await cosign.run([...words, image]), /"payloadType":"application\/vnd.in-toto\+json"/);

    await attach(image, digest, { form: "cosign-referrer", envelope: signed });
    const experimental = ["verify", ...verify, "--experimental-oci11", image];
    assert.match(await cosign.run(experimental, { COSIGN_EXPERIMENTAL: "1" }), /"docker-manifest-digest":"sha256:/);

    const bytes = ours.bundle(digest, PREDICATE, attested.predicate);
    await attach(image, digest, {
      form: "bundle-attestation",
      envelope: { kind: "bundle", bytes },
      predicateType: PREDICATE,
      created: "2026-11-27T00:00:00Z",
    });
    await cosign.run(["trusted-root", "create", "--out", "empty-root.json"]);
    const bundled = [...words, "--new-bundle-format", "--trusted-root", "empty-root.json", image];
    assert.match(await cosign.run(bundled), /"payloadType":"application\/vnd.in-toto\+json"/);

    const { subject } = await collect(image, ours.material);
    assert.deepEqual(told(subject), [
      "cosign-sig tag verified",
      "cosign-att tag verified",
      "cosign-referrer referrers-tag verified",
      "bundle-attestation referrers-tag verified",
    ]);
  });

  it("neither loses what the other stored", async () => {
    const digest = await registry.image("both/forms:1", "both");
    const image = by("both/forms", digest);
    const envelope = { kind: "simple-signing", ...ours.simpleSigning(digest) } as const;
    const bundle = () =>
      attach(image, digest, {
        form: "bundle-attestation",
        envelope: { kind: "bundle", bytes: ours.bundle(digest, PREDICATE, { at: Math.random() }) },
      });
    const statement = { type: PREDICATE, predicate: "predicate.json", bundle: true };
    await cosign.sign(image, "cosign.key");
    await attach(image, digest, { form: "cosign-sig", envelope });
    await cosign.sign(image, "cosign.key", ["-a", "again=yes"]);
    await Promise.all([bundle(), bundle()]);
    await cosign.attest(image, "cosign.key", statement);
    await bundle();
    const { subject } = await collect(image);
    assert.deepEqual(told(subject), [
      ...Array(3).fill("cosign-sig tag verified"),
      ...Array(4).fill("bundle-attestation referrers-tag verified"),
    ]);
    const words = ["verify", "--insecure-ignore-tlog", "--allow-http-registry", image];
    for (const key of ["ours.pub", "cosign.pub"]) await cosign.run([...words, "--key", key]);
  });

  it("a layout that cosign saved or skopeo copied holds the signatures", { skip: withoutSkopeo }, async () => {
    const digest = await registry.image("theirs/saved:1", "saved");
    const image = by("theirs/saved", digest);
    await cosign.sign(image, "cosign.key");
    await cosign.attest(image, "cosign.key", { type: PREDICATE, predicate: "predicate.json" });
    await cosign.run(["save", "--allow-http-registry", "--dir", "saved", image]);
    const saved = await collect(`oci:${join(folder, "saved")}`);
    assert.deepEqual(
      [saved.subject.digest, ...told(saved.subject)],
      [digest, "cosign-sig tag verified", "cosign-att tag verified"],
    );
    const layout = join(folder, "copied");
    for (const tag of ["1", `${digest.replace(":", "-")}.sig`]) {
      const from = `docker://${registry.host}/theirs/saved:${tag}`;
      await run("skopeo", ["copy", "-q", "--src-tls-verify=false", from, `oci:${layout}:${tag}`]);
    }
    const copied = await collect(`oci:${layout}:1`);
    assert.deepEqual([copied.subject.digest, ...told(copied.subject)], [digest, "cosign-sig tag verified"]);
  });

  it("what cosign downloads to a file is verified from it, for its image alone", { skip: withoutSkopeo }, async () => {
    const [digest, other] = [
      await registry.image("theirs/file:1", "file"),
      await registry.image("theirs/other:1", "o"),
    ];
    const image = by("theirs/file", digest);
    await cosign.sign(image, "cosign.key");
    await cosign.attest(image, "cosign.key", { type: PREDICATE, predicate: "predicate.json" });
    const path = join(folder, "downloaded.jsonl");
    const downloads = ["signature", "attestation"].map((kind) =>
      cosign.run(["download", kind, "--allow-http-registry", image]),
    );
    writeFileSync(path, (await Promise.all(downloads)).join("\n"));
    const options = { material: theirs, now: readClock(), registry: { environment }, signatureFiles: [path] };
    const bare = await collectTrust(by("theirs/other", other), options);
    const refused = "file refused trust.subject";
    assert.deepEqual(told(bare.subject), [`cosign-sig ${refused}`, `cosign-att ${refused}`]);
    const { subject } = await collectTrust(image, options);
    assert.deepEqual(told(subject).slice(2), ["cosign-sig file verified", "cosign-att file verified"]);

    const key = join(folder, "cosign.pub");
    const verify = async (name: string, ...words: readonly string[]) =>
      await inProcess(["verify", `${registry.host}/theirs/${name}:1`, "--key", key, ...words], {
        cwd: folder,
        home: folder,
      });
    await run("skopeo", ["copy", "-q", ...insecure, `docker://${image}`, `docker://${registry.host}/theirs/bare:1`]);
    assert.equal((await verify("bare")).code, 1);
    const trusted = await verify("bare", "--signatures", "downloaded.jsonl");
    assert.equal(trusted.code, 0, trusted.stdout + trusted.stderr);
    assert.equal((await verify("other", "--signatures", "downloaded.jsonl")).code, 1);
  });

  it("a signature that was stripped is not there, and one of another image is refused", {
    skip: withoutSkopeo,
  }, async () => {
    const [digest, victim] = [
      await registry.image("theirs/moved:1", "one"),
      await registry.image("theirs/moved:2", "two"),
    ];
    await cosign.sign(by("theirs/moved", digest), "cosign.key");
    const [from, to] = [digest, victim].map(
      (each) => `docker://${registry.host}/theirs/moved:${each.replace(":", "-")}.sig`,
    );
    assert.ok(from !== undefined && to !== undefined);
    await run("skopeo", ["copy", "-q", ...insecure, from, to]);
    const replayed = await collect(by("theirs/moved", victim));
    assert.deepEqual(told(replayed.subject), ["cosign-sig tag refused trust.subject"]);
    await run("skopeo", ["delete", "--tls-verify=false", from]);
    assert.deepEqual(told((await collect(by("theirs/moved", digest))).subject), []);
  });

  it("a registry that is gone says nothing", async () => {
    const digest = await registry.image("theirs/gone:1", "gone");
    await registry.stop();
    const error = await collect(by("theirs/gone", digest)).catch((reason: unknown) => reason);
    assert.ok(error instanceof Problem);
    assert.deepEqual([error.kind, error.code], ["unavailable", "registry.unreachable"]);
  });
});
