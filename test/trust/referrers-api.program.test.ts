/** Signatures in a registry with the referrers API: those of the real cosign, and those that are attached here. */
import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createLayout } from "../../scripts/image/layout.ts";
import { pushLayout } from "../../scripts/image/push.ts";
import { collectTrust } from "../../src/collect/trust/image-trust.ts";
import { testSigner } from "../../src/collect/trust/signed.fixture.ts";
import { readClock } from "../../src/core/clock.ts";
import type { Digest } from "../../src/core/digest.ts";
import { parseReference } from "../../src/engines/oci/reference.ts";
import { attachSignature, type NewSignature } from "../../src/engines/trust/attach.ts";
import type { TrustMaterial } from "../../src/engines/trust/model.ts";
import { type Cosign, cosignIn, withoutCosign } from "./cosign.ts";
import { type ReferrersRegistry, startReferrersRegistry, withoutReferrersRegistry } from "./referrers/registry.ts";

const environment = { HOME: "/nonexistent", PATH: process.env.PATH ?? "" };
const PREDICATE = "https://example.com/scan";

describe("signatures in a registry with the referrers API", { skip: withoutCosign || withoutReferrersRegistry }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-referrers-"));
  const ours = testSigner("ours");
  let registry: ReferrersRegistry;
  let cosign: Cosign;
  let material: TrustMaterial;

  before(async () => {
    registry = await startReferrersRegistry();
    cosign = await cosignIn(folder);
    await cosign.keyPair("cosign");
    const key = createPublicKey(readFileSync(join(folder, "cosign.pub")));
    const spki = key.export({ type: "spki", format: "der" });
    const fingerprint = `sha256:${createHash("sha256").update(spki).digest("hex")}` as Digest;
    material = { ...ours.material, keys: [...ours.material.keys, { name: "cosign", spki, fingerprint }] };
    writeFileSync(join(folder, "ours.pub"), ours.pem);
    writeFileSync(join(folder, "predicate.json"), JSON.stringify({ passed: true }));
  });
  after(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** An image of no layers, other for every name. */
  async function push(name: string) {
    const layout = join(folder, name);
    const writer = createLayout(layout);
    const created = "2026-11-27T00:00:00Z";
    const image = writer.image({ architecture: "amd64", created, layers: [], execution: {}, annotations: { name } });
    writer.close("1", image, []);
    await pushLayout(layout, `${registry.host}/shop/${name}:1`, { environment });
    const { mediaType, size } = image;
    return {
      mediaType,
      size,
      digest: image.digest as Digest,
      reference: `${registry.host}/shop/${name}@${image.digest}`,
    };
  }

  async function told(reference: string) {
    const { subject } = await collectTrust(reference, { material, now: readClock(), registry: { environment } });
    assert.deepEqual(subject.gaps, []);
    return subject.signatures.map(({ form, place, outcome }) => `${form} ${place.by} ${outcome}`);
  }

  it("those of cosign are found, though the list calls a bundle's type that of its empty config", async () => {
    const { reference, digest } = await push("theirs");
    assert.deepEqual(await told(reference), []);
    const statement = { type: PREDICATE, predicate: "predicate.json" };
    const words = ["sign", "--tlog-upload=false", "--allow-http-registry", "--yes", "--key", "cosign.key"];
    await cosign.run([...words, "--registry-referrers-mode=oci-1-1", reference], { COSIGN_EXPERIMENTAL: "1" });
    await cosign.attest(reference, "cosign.key", { ...statement, bundle: true });
    await cosign.attest(reference, "cosign.key", statement);
    const answer = await fetch(`http://${registry.host}/v2/shop/theirs/referrers/${digest}`);
    const listed = (await answer.json()) as { readonly manifests: readonly { readonly artifactType: string }[] };
    assert.ok(listed.manifests.some(({ artifactType }) => artifactType === "application/vnd.oci.empty.v1+json"));
    assert.deepEqual((await told(reference)).sort(), [
      "bundle-attestation referrers verified",
      "cosign-att tag verified",
      "cosign-referrer referrers verified",
    ]);
  });

  it("those that are attached here are found, and verified by cosign", async () => {
    const { reference, ...subject } = await push("ours");
    const { digest } = subject;
    const attach = (signature: NewSignature) =>
      attachSignature(parseReference(reference), subject, signature, { environment });
    const bytes = ours.bundle(digest, PREDICATE, { passed: true });
    await attach({ form: "bundle-attestation", envelope: { kind: "bundle", bytes }, predicateType: PREDICATE });
    await attach({ form: "cosign-referrer", envelope: { kind: "simple-signing", ...ours.simpleSigning(digest) } });
    assert.deepEqual((await told(reference)).sort(), [
      "bundle-attestation referrers verified",
      "cosign-referrer referrers verified",
    ]);
    const verify = ["--key", "ours.pub", "--insecure-ignore-tlog", "--allow-http-registry"];
    await cosign.run(["trusted-root", "create", "--out", "empty-root.json"]);
    const bundle = ["--new-bundle-format", "--trusted-root", "empty-root.json"];
    const attested = await cosign.run(["verify-attestation", ...verify, ...bundle, "--type", PREDICATE, reference]);
    assert.match(attested, /"payloadType":"application\/vnd.in-toto\+json"/);
    const experimental = ["verify", ...verify, "--experimental-oci11", reference];
    assert.match(await cosign.run(experimental, { COSIGN_EXPERIMENTAL: "1" }), /"docker-manifest-digest":"sha256:/);
  });
});
