import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { combine, type Evaluation } from "../../../core/evaluation.ts";
import { mediaTypes } from "../../../engines/oci/document.ts";
import { recordBelow, withDatabase } from "../../../engines/vulnerability/database/advisories.fixture.ts";
import type { AdvisoryDatabase } from "../../../engines/vulnerability/database/open.ts";
import { scanManifest } from "./scan.ts";
import { npmPackage, outage, world } from "./world.fixture.ts";

const repository = "shop/web";
const policy = { ...defaultPolicy, advisories: { maxAgeDays: 365 } };
const covered = [{ ecosystem: "npm", asOf: "2026-01-05", complete: true }];

async function withAdvisories(work: (database: AdvisoryDatabase) => Promise<void>): Promise<void> {
  const critical = { database_specific: { severity: "CRITICAL" } };
  await withDatabase([recordBelow("GHSA-made", "npm", "minimist", "1.2.6", critical)], covered, work);
}

const asked = (t: TestContext, isLast = false) => ({ signal: t.signal, isLast });

const vulnerabilities = (evaluations: readonly Evaluation[] = []) =>
  evaluations.filter(({ check }) => check === "image/known-vulnerabilities");

test("an image is read once: its verdict, its blobs and what was read of it are kept", async (t) => {
  await withAdvisories(async (database) => {
    const { store, held, options } = world(
      () => policy,
      () => database,
    );
    const digest = held.image(repository, [npmPackage("minimist", "1.2.5")], "1");
    const key = { repository, digest };
    assert.equal(await scanManifest(key, asked(t), options), "image");
    const image = await store.images.get(key);
    assert.equal(combine(vulnerabilities(image?.evaluations).map(({ verdict }) => verdict)), "fail");
    assert.match(image?.databaseDigest ?? "", /^2026-01-05T00:00:00\.000Z [0-9a-f]+$/);
    assert.equal(image?.createdAt?.toISOString(), "2026-01-01T00:00:00.000Z");
    for (const blob of held.blobs.keys())
      assert.deepEqual(await store.images.manifestsWith(repository, blob), [digest]);
    assert.ok((await store.images.document(key, "sbom")) !== undefined);
    assert.equal(held.state.layerReads, 1);
    assert.equal(await scanManifest(key, asked(t), options), "known");
    assert.equal(held.state.layerReads, 1);
  });
});

test("an index is all its images, whatever an entry says of one; what attests them is none", async (t) => {
  await withAdvisories(async (database) => {
    const { store, held, options } = world(
      () => policy,
      () => database,
    );
    const good = held.image(repository, [npmPackage("minimist", "1.2.8")]);
    const bad = held.image(repository, [npmPackage("minimist", "1.2.5")]);
    const statement = held.put(repository, {
      config: held.blob("{}", mediaTypes.ociConfig),
      layers: [held.blob("{}", "application/vnd.in-toto+json")],
    });
    const hidden = {
      digest: bad,
      platform: { os: "unknown", architecture: "unknown" },
      annotations: { "vnd.docker.reference.type": "attestation-manifest" },
    };
    const digest = held.index(repository, [good, hidden, statement], "1");
    assert.equal(await scanManifest({ repository, digest }, asked(t), options), "index");
    const verdicts = vulnerabilities((await store.images.get({ repository, digest }))?.evaluations);
    assert.deepEqual(verdicts.map(({ verdict }) => verdict).sort(), ["fail", "pass"]);
    assert.deepEqual(await store.images.parentsOf(repository, bad), [digest]);
    const attests = await store.images.get({ repository, digest: statement });
    assert.equal(combine((attests?.evaluations ?? []).map(({ verdict }) => verdict)), "unknown");
  });
});

test("what is no image is unknown, with the reason", async (t) => {
  await withAdvisories(async (database) => {
    const { store, held, options } = world(
      () => policy,
      () => database,
    );
    const chart = held.put(repository, {
      config: held.blob("{}", "application/vnd.cncf.helm.config.v1+json"),
      layers: [],
    });
    const both = held.put(repository, { manifests: [], layers: [] });
    const empty = held.index(repository, []);
    const reasons: Record<string, string | undefined> = {};
    for (const digest of [chart, both, empty]) {
      const scanned = await scanManifest({ repository, digest }, asked(t), options);
      assert.equal(scanned, "unreadable");
      const { evaluations = [] } = (await store.images.get({ repository, digest })) ?? {};
      assert.ok(evaluations.length > 0 && vulnerabilities(evaluations).every(({ verdict }) => verdict === "unknown"));
      reasons[digest] = vulnerabilities(evaluations)[0]?.gaps[0]?.code;
    }
    assert.deepEqual(reasons, { [chart]: "oci.not-an-image", [both]: "oci.ambiguous", [empty]: "oci.index" });
  });
});

test("an engine that does not answer leaves no verdict until it was asked often enough, and never takes one away", async (t) => {
  await withAdvisories(async (database) => {
    const { store, held, options } = world(
      () => policy,
      () => database,
    );
    const digest = held.image(repository, [npmPackage("minimist", "1.2.5")]);
    const key = { repository, digest };
    held.state.fault = outage;
    await assert.rejects(scanManifest(key, asked(t), options), { code: "registry.unreachable" });
    assert.equal(await store.images.get(key), undefined);
    await assert.rejects(scanManifest(key, asked(t, true), options), { code: "registry.unreachable" });
    const unknown = await store.images.get(key);
    assert.equal(vulnerabilities(unknown?.evaluations)[0]?.gaps[0]?.code, "registry.unreachable");
    assert.equal(unknown?.databaseDigest, "");
    held.state.fault = undefined;
    assert.equal(await scanManifest(key, asked(t), options), "image");
    held.state.fault = outage;
    await assert.rejects(scanManifest(key, asked(t, true), options), { code: "registry.unreachable" });
    const kept = vulnerabilities((await store.images.get(key))?.evaluations);
    assert.equal(kept[0]?.verdict, "fail");
  });
});

test("a manifest that the engine has no more is gone", async (t) => {
  await withAdvisories(async (database) => {
    const { store, options } = world(
      () => policy,
      () => database,
    );
    const digest = parseDigest(`sha256:${"0".repeat(64)}`) as Digest;
    await store.images.saw({ repository, digest, mediaType: mediaTypes.ociManifest, at: options.now() });
    assert.equal(await scanManifest({ repository, digest }, asked(t), options), "gone");
    assert.equal(await store.images.find({ repository, digest }), undefined);
  });
});
