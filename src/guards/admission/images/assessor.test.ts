import assert from "node:assert/strict";
import { test } from "node:test";
import { recordBelow, withDatabase } from "../../../engines/vulnerability/database/advisories.fixture.ts";
import { bounds } from "./bounds.ts";
import {
  attestImage,
  countingRegistry,
  guardedImages,
  guardPolicy,
  pushImage,
  releaseImage,
  report,
  signImage,
  stranger,
  told,
} from "./guarded.fixture.ts";

test("a signed and scanned image passes, and its tag is pinned to the digest that was verified", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = releaseImage(registry, "one", "1");
  const { assess } = guardedImages(t, registry);
  const image = await assess(`${registry.name}:1`);
  assert.deepEqual(told(image), []);
  assert.ok(image.evaluations.length > 3);
  assert.equal(image.pinned, `${registry.name}:1@${digest}`);
  assert.equal(image.digest, digest);
  // What is pinned is itself, and the tag is not asked for again.
  const before = registry.asked.length;
  const again = await assess(`${registry.name}:1@${digest}`);
  assert.equal(again.pinned, `${registry.name}:1@${digest}`);
  assert.deepEqual([again.cached, registry.asked.length], [true, before]);
});

test("unsigned, signed by a stranger, signed beside and scanned by nobody are each told", async (t) => {
  const registry = await countingRegistry(t);
  const { assess } = guardedImages(t, registry);
  pushImage(registry, "bare", "bare");
  assert.deepEqual(told(await assess(`${registry.name}:bare`)), [
    "registry/image-not-scanned fail",
    "registry/unsigned-image fail",
  ]);
  signImage(registry, pushImage(registry, "theirs", "theirs").digest, stranger);
  assert.deepEqual(told(await assess(`${registry.name}:theirs`)), [
    "registry/image-not-scanned fail",
    "registry/untrusted-signer fail",
  ]);
  const other = pushImage(registry, "other", "other");
  signImage(registry, other.digest);
  attestImage(registry, other.digest, "https://cosign.sigstore.dev/attestation/vuln/v1", report(), stranger);
  assert.deepEqual(told(await assess(`${registry.name}:other`)), ["registry/image-not-scanned fail"]);
});

test("references are read as runtimes read them, and what none would pull is unknown", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = releaseImage(registry, "one", "latest");
  const { assess } = guardedImages(t, registry);
  assert.equal((await assess(registry.name)).pinned, `${registry.name}:latest@${digest}`);
  // The tag beside a digest is nobody's business.
  assert.equal((await assess(`${registry.name}:gone@${digest}`)).pinned, `${registry.name}:gone@${digest}`);
  for (const broken of [
    "",
    " nginx",
    `${registry.host}/Shop/Web`,
    "régistry.example.com/shop/web:1",
    `${registry.name}@sha256:abc`,
    `${registry.name}:`,
    "a".repeat(64).replaceAll("a", "0"),
    `https://${registry.name}`,
    `${registry.name}:1\n`,
  ]) {
    const image = await assess(broken);
    assert.deepEqual([image.digest, image.pinned, image.reference], [undefined, undefined, broken]);
    assert.ok(image.evaluations.length >= 2, broken);
    assert.deepEqual(
      new Set(image.evaluations.map(({ verdict, gaps }) => `${verdict} ${gaps[0]?.code}`)),
      new Set(["unknown oci.reference"]),
      broken,
    );
  }
});

test("a reference is a registry's, whatever this machine has of the same name", async (t) => {
  const registry = await countingRegistry(t);
  const { assess } = guardedImages(t, registry, {
    mirrors: new Map([["docker.io", `${registry.host}/hub`]]),
  });
  // Schemes of the command line, and the working directory's own folders.
  for (const written of ["oci:latest", "dir:1", "src", "docker-archive:1"]) {
    const image = await assess(written);
    assert.ok(
      image.evaluations.every(({ verdict }) => verdict === "unknown"),
      written,
    );
    assert.match(registry.asked.at(-1) ?? "", /^GET \/v2\/hub\/library\/[a-z-]+\/manifests\//, written);
  }
});

test("a rule is about the name that the pod has, and a mirror is where it is asked for", async (t) => {
  const registry = await countingRegistry(t);
  releaseImage(registry, "one", "1");
  const { assess } = guardedImages(t, registry, {
    mirrors: new Map([["registry.example.com", `${registry.host}/mirror`]]),
  });
  const policy = guardPolicy({ rules: [{ match: "registry.example.com/shop/**" }] });
  const image = await assess("registry.example.com/shop/api:1", { policy });
  assert.deepEqual(told(image), []);
  assert.match(image.pinned ?? "", /^registry\.example\.com\/shop\/api:1@sha256:/);
  assert.ok(registry.asked.every((asked) => asked === "GET /v2/" || asked.includes(" /v2/mirror/shop/api/")));
});

test("an index counts by its own signature, and an image of it by its own", async (t) => {
  const registry = await countingRegistry(t);
  const { assess } = guardedImages(t, registry);
  const amd64 = pushImage(registry, "amd64");
  const platform = { os: "linux", architecture: "amd64" };
  const index = registry.manifest({ manifests: [{ ...amd64, platform }] }, "1");
  signImage(registry, index.digest);
  attestImage(registry, index.digest, "https://cosign.sigstore.dev/attestation/vuln/v1", report());
  assert.deepEqual(told(await assess(`${registry.name}:1`)), []);
  // By its own digest nothing is signed of it.
  assert.deepEqual(told(await assess(`${registry.name}@${amd64.digest}`)), [
    "registry/image-not-scanned fail",
    "registry/unsigned-image fail",
  ]);
  const each = guardPolicy({ rules: [{ eachImage: true }], digest: "1" });
  assert.deepEqual(told(await assess(`${registry.name}:1`, { policy: each })), ["registry/unsigned-image fail"]);
  // And what is signed of an image is nothing of the index.
  const arm64 = pushImage(registry, "arm64");
  const other = registry.manifest({ manifests: [{ ...arm64, platform: { os: "linux", architecture: "arm64" } }] }, "2");
  signImage(registry, arm64.digest);
  assert.ok(told(await assess(`${registry.name}:2`)).includes("registry/unsigned-image fail"));
  assert.notEqual(other.digest, arm64.digest);
});

test("a hundred pods of five images each cause one look at each digest", async (t) => {
  const registry = await countingRegistry(t);
  const names = ["a", "b", "c", "d", "e"].map((tag) => {
    releaseImage(registry, tag, tag);
    return `${registry.name}:${tag}`;
  });
  const { assess } = guardedImages(t, registry);
  const pods = Array.from({ length: 100 }, () => Promise.all(names.map((name) => assess(name))));
  const images = (await Promise.all(pods)).flat();
  assert.equal(images.length, 500);
  assert.ok(images.every((image) => told(image).length === 0));
  const times = new Map<string, number>();
  for (const asked of registry.asked) times.set(asked, (times.get(asked) ?? 0) + 1);
  for (const [asked, count] of times) if (asked !== "GET /v2/") assert.equal(count, 1, asked);
  const before = registry.asked.length;
  assert.ok((await Promise.all(names.map((name) => assess(name)))).every(({ cached }) => cached));
  assert.equal(registry.asked.length, before);
});

test("a policy, its keys and the advisories are each another verdict over the same look", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = releaseImage(registry, "one", "1");
  const component = { type: "library", name: "minimist", version: "1.2.5", purl: "pkg:npm/minimist@1.2.5" };
  attestImage(registry, digest, "https://cyclonedx.org/bom", {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    components: [component],
  });
  const critical = recordBelow("GHSA-1", "npm", "minimist", "1.2.6", { database_specific: { severity: "CRITICAL" } });
  const coverage = [{ ecosystem: "npm", asOf: "2026-11-26", complete: true }];
  await withDatabase([critical], coverage, async (bad) => {
    await withDatabase([], coverage, async (good) => {
      let database = good;
      const { assess } = guardedImages(t, registry, { advisories: () => database });
      assert.deepEqual(told(await assess(`${registry.name}:1`)), []);
      const before = registry.asked.length;
      database = bad;
      assert.deepEqual(told(await assess(`${registry.name}:1`)), ["image/known-vulnerabilities fail"]);
      // The same digest of the policy, whose key's file has another content by now.
      const rekeyed = guardPolicy({ by: stranger });
      assert.ok(
        told(await assess(`${registry.name}:1`, { policy: rekeyed })).some((one) => /untrusted-signer/.test(one)),
      );
      const exception = {
        ids: ["GHSA-1"],
        reason: "not reached",
        owner: "shop",
        expires: "2027-01-01",
        source: { path: "bulkhead.yaml", line: 1, column: 1 },
      };
      const excepted = guardPolicy({ policy: { exceptions: [exception] }, digest: "2" });
      assert.deepEqual(told(await assess(`${registry.name}:1`, { policy: excepted })), []);
      assert.equal(registry.asked.length, before);
    });
  });
});

test("a signature that is added counts a moment later, and one that is taken away not for long", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = pushImage(registry, "one", "1");
  const { assess, pass } = guardedImages(t, registry);
  const name = `${registry.name}@${digest}`;
  assert.ok(told(await assess(name)).includes("registry/unsigned-image fail"));
  signImage(registry, digest);
  attestImage(registry, digest, "https://cosign.sigstore.dev/attestation/vuln/v1", report());
  assert.ok(told(await assess(name)).includes("registry/unsigned-image fail"));
  pass(bounds.poorMilliseconds);
  assert.deepEqual(told(await assess(name)), []);
  registry.manifests.delete(`${digest.replace(":", "-")}.sig`);
  assert.deepEqual(told(await assess(name)), []);
  pass(bounds.goodMilliseconds);
  assert.deepEqual(told(await assess(name)), ["registry/unsigned-image fail"]);
});

test("a tag that moves is another image after a moment, and what was pinned stays what it was", async (t) => {
  const registry = await countingRegistry(t);
  const first = releaseImage(registry, "one", "1");
  const { assess, pass } = guardedImages(t, registry);
  const { pinned = "" } = await assess(`${registry.name}:1`);
  const second = pushImage(registry, "two", "1");
  pass(bounds.tagMilliseconds);
  const moved = await assess(`${registry.name}:1`);
  assert.deepEqual([moved.digest, told(moved).length], [second.digest, 2]);
  const kept = await assess(pinned);
  assert.deepEqual([kept.digest, told(kept)], [first.digest, []]);
});

test("what the policy's registries do not name is not asked", async (t) => {
  const registry = await countingRegistry(t);
  releaseImage(registry, "one", "1");
  const { assess } = guardedImages(t, registry);
  const policy = guardPolicy({ policy: { registries: ["registry.example.com"] } });
  const image = await assess(`${registry.name}:1`, { policy });
  assert.deepEqual([image.evaluations[0]?.gaps[0]?.code, registry.asked], ["registry.not-allowed", []]);
  const own = guardPolicy({ policy: { registries: [`${registry.host}/shop`] } });
  assert.deepEqual(told(await assess(`${registry.name}:1`, { policy: own })), []);
});

test("each asking is told, with what came of it, and what is remembered is none", async (t) => {
  const registry = await countingRegistry(t);
  releaseImage(registry, "one", "1");
  const asked: string[] = [];
  const { assess } = guardedImages(t, registry, {
    onAsked: ({ registry: host, what, outcome }) => asked.push(`${host === registry.host} ${what} ${outcome}`),
  });
  await assess(`${registry.name}:1`);
  await assess(`${registry.name}:1`);
  await assess(`${registry.name}:2`);
  assert.deepEqual(asked, ["true tag ok", "true signatures ok", "true tag registry.not-found"]);
});

test("only the digest is asked for where only that is wanted", async (t) => {
  const registry = await countingRegistry(t);
  const { digest } = pushImage(registry, "one", "1");
  const { assess } = guardedImages(t, registry);
  const image = await assess(`${registry.name}:1`, { resolveOnly: true });
  assert.deepEqual([image.digest, image.evaluations], [digest, []]);
  assert.deepEqual(
    registry.asked.filter((asked) => asked !== "GET /v2/"),
    ["GET /v2/shop/web/manifests/1"],
  );
  assert.deepEqual((await assess("Nginx:1", { resolveOnly: true })).pinned, undefined);
});
