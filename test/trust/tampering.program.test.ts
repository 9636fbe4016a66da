/** What an attacker with write access to a registry may do to signatures there: each is refused, for its own reason. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inProcess } from "../in-process.ts";
import { type Cosign, cosignIn, withoutCosign } from "./cosign.ts";
import { type StoredDocument, sha256, startRegistry, type TestRegistry, tagOf } from "./registry.ts";

interface Verified {
  readonly code: number | null;
  readonly stderr: string;
  readonly view: {
    readonly verdict: string;
    readonly reason: string;
    readonly resolved: string;
    readonly tried: readonly {
      readonly form: string;
      readonly outcome: string;
      readonly code?: string;
      readonly reasons: readonly string[];
      readonly steps: readonly { readonly step: string; readonly outcome: string }[];
    }[];
    readonly covers: readonly { readonly name: string; readonly digest: string; readonly signed: string }[];
    readonly gaps: readonly { readonly code: string; readonly reason: string }[];
  };
}

interface Manifest {
  readonly subject?: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly size: number; readonly mediaType: string }[];
}

describe("signatures in a registry that an attacker writes to", { skip: withoutCosign }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-tampering-"));
  let registry: TestRegistry;
  let cosign: Cosign;

  before(async () => {
    registry = await startRegistry(folder);
    cosign = await cosignIn(folder);
    await cosign.keyPair("shop");
    await cosign.keyPair("stranger");
    writeFileSync(join(folder, "predicate.json"), JSON.stringify({ packages: [], spdxVersion: "SPDX-2.3" }));
  });
  after(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true });
  });

  async function verify(reference: string, ...more: readonly string[]): Promise<Verified> {
    const words = ["verify", reference, "--key", "shop.pub", "--format", "json", ...more];
    const { code, stdout, stderr } = await inProcess(words, { cwd: folder, home: folder });
    assert.notEqual(stdout, "", stderr);
    return { code, stderr, view: JSON.parse(stdout) };
  }

  const at = (repository: string, digest: string) => `${registry.host}/${repository}@${digest}`;
  const outcomes = ({ view }: Verified) => view.tried.map(({ form, outcome, code }) => [form, outcome, code]);

  /** The image's signatures, as cosign's tag holds them. */
  async function stored(
    repository: string,
    reference: string,
  ): Promise<StoredDocument & { readonly content: Manifest }> {
    const document = await registry.manifest(repository, reference);
    return { ...document, content: JSON.parse(String(document.bytes)) };
  }

  /** Puts a manifest with another layer in its place. */
  async function withLayer(repository: string, reference: string, change: (bytes: Buffer) => Buffer): Promise<void> {
    const { content, mediaType } = await stored(repository, reference);
    const [layer, ...others] = content.layers;
    assert.ok(layer !== undefined && others.length === 0);
    const changed = change(await registry.blob(repository, layer.digest));
    const digest = await registry.putBlob(repository, changed);
    const bytes = Buffer.from(JSON.stringify({ ...content, layers: [{ ...layer, digest, size: changed.length }] }));
    await registry.putManifest(repository, reference, { mediaType, bytes });
  }

  it("a signature that holds is trusted, with every step told", async () => {
    const digest = await registry.image("whole/api:1", "whole");
    await cosign.sign(at("whole/api", digest), "shop.key");
    const verified = await verify(`${registry.host}/whole/api:1`);
    assert.equal(verified.code, 0, JSON.stringify(verified.view));
    assert.equal(verified.view.verdict, "trusted");
    assert.equal(verified.view.resolved, at("whole/api", digest));
    assert.deepEqual(outcomes(verified), [["cosign .sig", "accepted", undefined]]);
    const steps = verified.view.tried[0]?.steps.filter(({ outcome }) => outcome === "holds").map(({ step }) => step);
    assert.deepEqual(steps, ["form", "subject", "signer", "signature"]);
  });

  // Such a signature does not say by which key it was made: altered bytes are nobody's.
  it("a payload that was altered is refused as nobody's", async () => {
    const digest = await registry.image("altered/api:1", "altered");
    await cosign.sign(at("altered/api", digest), "shop.key");
    await withLayer("altered/api", tagOf(digest, "sig"), (bytes) =>
      Buffer.from(String(bytes).replace('"optional":null', '"optional":{"a":"b"}')),
    );
    const verified = await verify(at("altered/api", digest));
    assert.equal(verified.code, 1);
    assert.deepEqual(outcomes(verified), [["cosign .sig", "refused", "trust.unknown-key"]]);
  });

  it("a signature by another key is refused as nobody's", async () => {
    const digest = await registry.image("stranger/api:1", "stranger");
    await cosign.sign(at("stranger/api", digest), "stranger.key");
    const verified = await verify(at("stranger/api", digest));
    assert.equal(verified.code, 1);
    assert.deepEqual(outcomes(verified), [["cosign .sig", "refused", "trust.unknown-key"]]);
  });

  it("a signature of another image is refused for its subject", async () => {
    const signed = await registry.image("replayed/api:1", "signed");
    await cosign.sign(at("replayed/api", signed), "shop.key");
    const evil = await registry.image("replayed/api:2", "evil");
    await registry.putManifest("replayed/api", tagOf(evil, "sig"), await stored("replayed/api", tagOf(signed, "sig")));
    const verified = await verify(`${registry.host}/replayed/api:2`);
    assert.equal(verified.code, 1);
    assert.deepEqual(outcomes(verified), [["cosign .sig", "refused", "trust.subject"]]);
  });

  it("a payload that names the digest of the attacker's image is refused as nobody's", async () => {
    const signed = await registry.image("renamed/api:1", "signed");
    await cosign.sign(at("renamed/api", signed), "shop.key");
    const evil = await registry.image("renamed/api:2", "evil");
    await registry.putManifest("renamed/api", tagOf(evil, "sig"), await stored("renamed/api", tagOf(signed, "sig")));
    await withLayer("renamed/api", tagOf(evil, "sig"), (bytes) => Buffer.from(String(bytes).replace(signed, evil)));
    const verified = await verify(at("renamed/api", evil));
    assert.equal(verified.code, 1);
    assert.deepEqual(outcomes(verified), [["cosign .sig", "refused", "trust.unknown-key"]]);
  });

  it("a tag that was moved is another image, and what was signed stays signed by its digest", async () => {
    const signed = await registry.image("moved/api:1", "signed");
    await cosign.sign(at("moved/api", signed), "shop.key");
    const evil = await registry.image("moved/api:1", "evil");
    const moved = await verify(`${registry.host}/moved/api:1`);
    assert.equal(moved.code, 1);
    assert.equal(moved.view.resolved, at("moved/api", evil));
    assert.deepEqual(moved.view.tried, []);
    const before = await verify(at("moved/api", signed));
    assert.equal(before.code, 0);
  });

  it("an image whose signature was taken away is not signed", async () => {
    const digest = await registry.image("stripped/api:1", "stripped");
    await cosign.sign(at("stripped/api", digest), "shop.key");
    await registry.removeTag("stripped/api", tagOf(digest, "sig"));
    const verified = await verify(at("stripped/api", digest));
    assert.equal(verified.code, 1);
    assert.deepEqual([verified.view.tried, verified.view.gaps], [[], []]);
    assert.equal(verified.view.verdict, "not trusted");
  });

  const attestationForms = [
    { form: "cosign .att", bundle: false },
    { form: "bundle attestation", bundle: true },
  ] as const;

  it("an attestation of another image is refused for its subject", async () => {
    for (const { form, bundle } of attestationForms) {
      const repository = bundle ? "attested-bundle/api" : "attested/api";
      const signed = await registry.image(`${repository}:1`, "signed");
      const statement = { type: "spdxjson", predicate: "predicate.json", bundle };
      await cosign.attest(at(repository, signed), "shop.key", statement);
      const good = await verify(at(repository, signed), "--attestation", "sbom");
      assert.equal(good.code, 0, JSON.stringify(good.view));
      assert.deepEqual(outcomes(good), [[form, "accepted", undefined]]);
      const evil = await registry.image(`${repository}:2`, "evil");
      if (bundle) await replayReferrer(repository, signed, evil);
      else await registry.putManifest(repository, tagOf(evil, "att"), await stored(repository, tagOf(signed, "att")));
      const verified = await verify(at(repository, evil), "--attestation", "sbom");
      assert.equal(verified.code, 1);
      assert.deepEqual(outcomes(verified), [[form, "refused", "trust.subject"]]);
    }
  });

  it("an attestation that was altered is refused for its signature, or as nobody's where it names no key", async () => {
    for (const { form, bundle } of attestationForms) {
      const repository = bundle ? "changed-bundle/api" : "changed/api";
      const digest = await registry.image(`${repository}:1`, "changed");
      const statement = { type: "spdxjson", predicate: "predicate.json", bundle };
      await cosign.attest(at(repository, digest), "shop.key", statement);
      if (bundle) await replayReferrer(repository, digest, digest, altered);
      else await withLayer(repository, tagOf(digest, "att"), altered);
      const verified = await verify(at(repository, digest), "--attestation", "sbom");
      assert.equal(verified.code, 1);
      assert.deepEqual(outcomes(verified), [[form, "refused", bundle ? "trust.signature" : "trust.unknown-key"]]);
    }
  });

  /** The envelope with another predicate. */
  function altered(bytes: Buffer): Buffer {
    const document = JSON.parse(String(bytes));
    const envelope = document.dsseEnvelope ?? document;
    const payload = Buffer.from(envelope.payload, "base64").toString().replace("SPDX-2.3", "SPDX-9.9");
    envelope.payload = Buffer.from(payload).toString("base64");
    return Buffer.from(JSON.stringify(document));
  }

  /** What is in the list of referrers of one image is put into that of another. */
  async function replayReferrer(
    repository: string,
    from: string,
    to: string,
    change: (bytes: Buffer) => Buffer = (bytes) => bytes,
  ): Promise<void> {
    const list = await registry.manifest(repository, from.replace(":", "-"));
    const [entry] = JSON.parse(String(list.bytes)).manifests;
    const { content, mediaType } = await stored(repository, entry.digest);
    const [layer] = content.layers;
    assert.ok(layer !== undefined && content.subject !== undefined);
    const blob = change(await registry.blob(repository, layer.digest));
    const layers = [{ ...layer, digest: await registry.putBlob(repository, blob), size: blob.length }];
    const bytes = Buffer.from(JSON.stringify({ ...content, layers, subject: { ...content.subject, digest: to } }));
    const digest = await registry.putManifest(repository, sha256(bytes), { mediaType, bytes });
    const manifests = [{ ...entry, digest, size: bytes.length }];
    const index = Buffer.from(JSON.stringify({ ...JSON.parse(String(list.bytes)), manifests }));
    await registry.putManifest(repository, to.replace(":", "-"), { mediaType: list.mediaType, bytes: index });
  }

  it("a signature of an index covers no image in it, and one of an image not the index", async () => {
    const { index, images } = await registry.index("many/api:1", "many");
    const [first = "", second = ""] = images;
    await cosign.sign(at("many/api", index), "shop.key");
    const whole = await verify(`${registry.host}/many/api:1`);
    assert.equal(whole.code, 0, JSON.stringify(whole.view));
    const covers = ({ view }: Verified) => view.covers.map(({ name, digest, signed }) => [name, digest, signed]);
    assert.deepEqual(covers(whole), [
      ["index", index, "yes"],
      ["linux/amd64", first, "no"],
      ["linux/arm64", second, "no"],
    ]);
    const each = await verify(`${registry.host}/many/api:1`, "--recursive");
    assert.equal(each.code, 1);
    assert.equal((await verify(at("many/api", first))).code, 1);
    await cosign.sign(at("many/api", first), "shop.key");
    const partly = await verify(`${registry.host}/many/api:1`, "--recursive");
    assert.equal(partly.code, 1);
    assert.deepEqual(covers(partly), [
      ["index", index, "yes"],
      ["linux/amd64", first, "yes"],
      ["linux/arm64", second, "no"],
    ]);
    await cosign.sign(at("many/api", second), "shop.key");
    assert.equal((await verify(`${registry.host}/many/api:1`, "--recursive")).code, 0);
  });

  it("--platform verifies the image of that platform", async () => {
    const { images } = await registry.index("chosen/api:1", "chosen");
    const [first = "", second = ""] = images;
    await cosign.sign(at("chosen/api", second), "shop.key");
    const arm = await verify(`${registry.host}/chosen/api:1`, "--platform", "linux/arm64");
    assert.deepEqual([arm.code, arm.view.resolved], [0, at("chosen/api", second)]);
    const amd = await verify(`${registry.host}/chosen/api:1`, "--platform", "linux/amd64");
    assert.deepEqual([amd.code, amd.view.resolved], [1, at("chosen/api", first)]);
  });

  it("a registry that does not answer leaves it unknown", async () => {
    const other = await startRegistry(join(folder, "other"));
    const digest = await other.image("gone/api:1", "gone");
    await other.stop();
    const verified = await verify(`${other.host}/gone/api@${digest}`);
    assert.equal(verified.code, 3);
    assert.equal(verified.view.verdict, "unknown");
  });
});
