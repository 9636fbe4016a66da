import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../../core/digest.ts";
import {
  entryOf,
  evaluated,
  guarded,
  node,
  now,
  pullPolicy,
  pushImage,
  pushIndex,
  saveFound,
  saveScan,
  scanner,
  signImage,
  stranger,
  told,
} from "./gate.fixture.ts";

const FOUND = "image/known-vulnerabilities fail deny";
const NOT_SCANNED = "registry/image-not-scanned unknown deny";
const signed = { rules: [{}] };

test("an image without findings is served as its judged bytes, by tag and by digest", async (t) => {
  const held = await guarded(t);
  const image = pushImage(held, "a", "1");
  await saveScan(held, image.digest);
  for (const reference of ["1", image.digest]) {
    const decision = await held.pull(reference);
    assert.equal(told(decision), "allow policy");
    assert.deepEqual(decision.manifest?.bytes, held.registry.manifests.get(image.digest)?.bytes);
    assert.equal(decision.digest, image.digest);
  }
});

test("a refusal names the finding, the policy's line, the fix and whom to ask", async (t) => {
  const held = await guarded(t, pullPolicy({ pull: { askAt: "https://ask.example.com" }, environment: "production" }));
  const image = pushImage(held, "a", "1");
  await saveFound(held, image.digest, ["critical", "high", "critical"]);
  const { refusal, manifest } = await held.pull("1");
  assert.equal(manifest, undefined);
  assert.deepEqual([refusal?.status, refusal?.code], [403, "DENIED"]);
  assert.equal(
    refusal?.message,
    "shop/web:1 may not be pulled for production: critical: CVE-2026-0 in form-data 4.0.0 (bulkhead.yaml:4); fix: upgrade to 4.0.4; 1 more reason (image/known-vulnerabilities); ask for an exception: https://ask.example.com",
  );
  assert.deepEqual(
    refusal?.detail?.reasons,
    [0, 2].map((n) => ({
      check: "image/known-vulnerabilities",
      verdict: "fail",
      message: `critical: CVE-2026-${n} in form-data 4.0.0`,
      fix: "upgrade to 4.0.4",
      policy: "bulkhead.yaml:4",
    })),
  );
});

test("what was never scanned is unknown, and its scan is asked for once", async (t) => {
  const held = await guarded(t);
  const image = pushImage(held, "a", "1");
  assert.equal(told(await held.pull("1")), `refuse 403 DENIED; ${NOT_SCANNED}`);
  held.pass(2_000);
  assert.equal(told(await held.pull("1")), `refuse 403 DENIED; ${NOT_SCANNED}`);
  assert.deepEqual(await held.store.jobs.counts(), { waiting: 1, leased: 0, failed: 0 });
  // At once, as the store tells that something changed.
  await saveScan(held, image.digest);
  assert.equal(told(await held.pull("1")), "allow policy");
});

test("the unknown action stands for what nobody knows, and the hardest check for all of them", async (t) => {
  const held = await guarded(t, pullPolicy({ gate: { unknown: "warn" } }));
  pushImage(held, "a", "1");
  const warned = await held.pull("1");
  assert.equal(told(warned), "allow policy; registry/image-not-scanned unknown warn");
  assert.match(warned.warnings[0] ?? "", /^shop\/web:1: the image is not scanned yet/);
  held.policy = pullPolicy({ gate: { default: "audit", checks: { "image/known-vulnerabilities": "deny" } } });
  assert.equal(told(await held.pull("1")), "refuse 403 DENIED; image/known-vulnerabilities unknown deny");
  held.policy = pullPolicy({ gate: { default: "audit", unknown: "audit" } });
  assert.equal(told(await held.pull("1")), "allow dry-run; registry/image-not-scanned unknown audit");
});

test("a scan that is older than the policy allows is unknown, and so is one whose advisories are", async (t) => {
  const held = await guarded(t);
  const image = pushImage(held, "a", "1");
  const days = (count: number) => new Date(now.getTime() - count * 24 * 60 * 60 * 1_000);
  await saveScan(held, image.digest, { scannedAt: days(6.9) });
  assert.equal(told(await held.pull("1")), "allow policy");
  // It is overdue before its verdict would be reached anew.
  assert.equal(
    told(await held.pull("1", { now: new Date(now.getTime() + 3 * 60 * 60 * 1_000) })),
    `refuse 403 DENIED; ${NOT_SCANNED}`,
  );
  const stale = { ...evaluated(image.digest), validUntil: "2026-11-28T11:00:00Z" };
  await saveScan(held, image.digest, { evaluations: [stale] });
  assert.equal(told(await held.pull("1")), "refuse 403 DENIED; image/known-vulnerabilities unknown deny");
});

test("a scan that judged nothing is no pass", async (t) => {
  const held = await guarded(t);
  const image = pushImage(held, "a", "1");
  await saveScan(held, image.digest, { evaluations: [] });
  assert.equal(told(await held.pull("1")), `refuse 403 DENIED; ${NOT_SCANNED}`);
});

test("exceptions hold until they end, whatever held when the image was scanned", async (t) => {
  const exception = {
    ids: ["CVE-2026-0"],
    reason: "r",
    owner: "o",
    expires: "2026-11-28",
    source: { path: "bulkhead.yaml", line: 9, column: 1 },
  };
  const held = await guarded(t, pullPolicy({ policy: { exceptions: [exception] } }));
  const image = pushImage(held, "a", "1");
  await saveFound(held, image.digest);
  assert.equal(told(await held.pull("1")), "allow policy");
  assert.equal(told(await held.pull("1", { now: new Date("2026-11-29T00:00:00Z") })), `refuse 403 DENIED; ${FOUND}`);
});

test("each environment has its own policy", async (t) => {
  const held = await guarded(t);
  held.environments.set("development", pullPolicy({ gate: { default: "audit" }, environment: "development" }));
  const image = pushImage(held, "a", "1");
  await saveFound(held, image.digest);
  assert.equal(told(await held.pull("1")), `refuse 403 DENIED; ${FOUND}`);
  const developer = { ...node, environment: "development" };
  assert.equal(
    told(await held.pull("1", { principal: developer })),
    "allow dry-run; image/known-vulnerabilities fail audit",
  );
  assert.equal(told(await held.pull("1")), `refuse 403 DENIED; ${FOUND}`);
});

test("whoever scans and signs is served what nobody has scanned or signed", async (t) => {
  const held = await guarded(t, pullPolicy(signed));
  const image = pushImage(held, "a", "1");
  assert.equal(told(await held.pull("1", { principal: scanner })), "allow exempt");
  assert.equal(told(await held.blob(image.layer, { principal: scanner })), "allow exempt");
  assert.match(told(await held.pull("1")), /^refuse 403/);
});

test("signed by whom the policy names: not by nobody, by another key, or about another digest", async (t) => {
  const held = await guarded(t, pullPolicy(signed));
  const image = pushImage(held, "a", "1");
  const other = pushImage(held, "b");
  await saveScan(held, image.digest);
  assert.equal(told(await held.pull("1")), "refuse 403 DENIED; registry/unsigned-image fail deny");
  signImage(held, image.digest, stranger);
  held.pass(6_000);
  assert.equal(told(await held.pull("1")), "refuse 403 DENIED; registry/untrusted-signer fail deny");
  // The release's signature of another image, put where that of this one would be.
  const moved = signImage(held, other.digest);
  const tag = `${image.digest.replace(":", "-")}.sig`;
  const stolen = held.registry.manifests.get(moved.digest);
  if (stolen !== undefined) held.registry.manifests.set(tag, stolen);
  held.pass(6_000);
  assert.match(
    told(await held.pull("1")),
    /^refuse 403 DENIED; registry\/(?:invalid-signature|untrusted-signer) fail deny$/,
  );
  signImage(held, image.digest);
  held.pass(6_000);
  assert.equal(told(await held.pull("1")), "allow policy");
  // A good one counts for minutes, without another look.
  held.registry.manifests.delete(tag);
  held.pass(60_000);
  assert.equal(told(await held.pull("1")), "allow policy");
});

test("without a rule nobody is asked for signatures, but where all must be signed", async (t) => {
  const held = await guarded(t);
  const image = pushImage(held, "a", "1");
  await saveScan(held, image.digest);
  assert.equal(told(await held.pull("1")), "allow policy");
  held.policy = pullPolicy({ pull: { signed: true } });
  const refused = await held.pull("1");
  assert.equal(told(refused), "refuse 403 DENIED; registry/unsigned-image fail deny");
  assert.match(refused.refusal?.message ?? "", /No rule of trust.images says who may sign the image/);
});

test("the tag that moves between check and fetch moves nothing: what is sent is what was judged", async (t) => {
  const held = await guarded(t);
  const good = pushImage(held, "good", "1");
  const bad = pushImage(held, "bad");
  await saveScan(held, good.digest);
  await saveFound(held, bad.digest);
  const store = held.store.images;
  const { getMany } = store;
  store.getMany = async (keys) => {
    const there = held.registry.manifests.get(bad.digest);
    if (there !== undefined) held.registry.manifests.set("1", there);
    return await getMany(keys);
  };
  const decision = await held.pull("1");
  assert.equal(told(decision), "allow policy");
  assert.deepEqual(decision.manifest?.digest, good.digest);
  assert.equal(held.askedEngine.filter((name) => name === "1").length, 1);
  assert.equal(told(await held.pull("1")), `refuse 403 DENIED; ${FOUND}`);
});

test("an index is served where one of its images is, and each of them is judged by itself", async (t) => {
  const held = await guarded(t);
  const [good, bad, third] = ["good", "bad", "third"].map((text) => pushImage(held, text)) as [
    ReturnType<typeof pushImage>,
    ReturnType<typeof pushImage>,
    ReturnType<typeof pushImage>,
  ];
  await saveScan(held, good.digest);
  await saveFound(held, bad.digest);
  pushIndex(held, [entryOf(bad), entryOf(good, "arm64")], "mixed");
  pushIndex(held, [entryOf(bad), entryOf(third, "arm64")], "all-bad");
  const nested = pushIndex(held, [entryOf(bad)]);
  pushIndex(held, [nested], "nested");
  pushIndex(held, [{ ...entryOf(bad), platform: { os: "unknown", architecture: "unknown" } }], "disguised");
  assert.equal(told(await held.pull("mixed")), "allow policy");
  assert.equal(told(await held.pull(good.digest)), "allow policy");
  assert.equal(told(await held.pull(bad.digest)), `refuse 403 DENIED; ${FOUND}`);
  for (const reference of ["all-bad", "nested", nested.digest, "disguised"]) {
    assert.match(told(await held.pull(reference)), /^refuse 403 DENIED; (?:image|registry)/, reference);
  }
  pushIndex(held, [pushIndex(held, [entryOf(good)])], "nested-good");
  assert.equal(told(await held.pull("nested-good")), "allow policy");
});

test("what is signed of an index covers its images, and nothing that only claims to be in it", async (t) => {
  const held = await guarded(t, pullPolicy(signed));
  const image = pushImage(held, "a");
  const other = pushImage(held, "b");
  for (const { digest } of [image, other]) await saveScan(held, digest);
  const index = pushIndex(held, [entryOf(image)], "1");
  assert.match(told(await held.pull("1")), /unsigned-image fail deny/);
  signImage(held, index.digest);
  held.pass(6_000);
  assert.equal(told(await held.pull("1")), "allow policy");
  assert.equal(told(await held.pull(image.digest)), "allow policy");
  // Another process that knows of the index by the store alone.
  await held.store.images.saveBlobs({ repository: "shop/web", digest: index.digest }, [], [image.digest, other.digest]);
  await held.store.images.saw({ repository: "shop/web", digest: index.digest, mediaType: index.mediaType, at: now });
  assert.match(told(await held.pull(other.digest)), /unsigned-image fail deny/);
});

test("a blob goes with a manifest that may be pulled, and with no other", async (t) => {
  const held = await guarded(t);
  const good = pushImage(held, "good", "1");
  const bad = pushImage(held, "bad", "2");
  const loose = held.registry.blob("application/octet-stream", "loose");
  await saveScan(held, good.digest);
  await saveFound(held, bad.digest);
  await held.pull("1");
  await held.pull("2");
  for (const digest of [good.layer, good.config]) assert.equal(told(await held.blob(digest)), "allow policy");
  for (const digest of [bad.layer, bad.config]) {
    assert.equal(told(await held.blob(digest)), `refuse 403 DENIED; ${FOUND}`);
  }
  assert.equal(told(await held.blob(loose.digest)), "refuse 404 BLOB_UNKNOWN");
  // A manifest that was deleted speaks for none.
  held.registry.manifests.delete("1");
  held.registry.manifests.delete(good.digest);
  held.pass(61_000);
  assert.equal(told(await held.blob(good.layer)), "refuse 404 BLOB_UNKNOWN");
});

test("another process finds by the store in which manifests a blob is", async (t) => {
  const held = await guarded(t);
  const good = pushImage(held, "good");
  await saveScan(held, good.digest);
  const key = { repository: "shop/web", digest: good.digest };
  await held.store.images.saw({ ...key, mediaType: good.mediaType, at: now });
  await held.store.images.saveBlobs(key, [good.layer], []);
  assert.equal(told(await held.blob(good.layer)), "allow policy");
});

test("a layer of a base is served with the one image of many on it that may be pulled", async (t) => {
  const held = await guarded(t);
  const layer = held.registry.blob("application/vnd.oci.image.layer.v1.tar+gzip", "base");
  for (let n = 0; n < 60; n += 1) {
    const config = held.registry.blob("application/vnd.oci.image.config.v1+json", JSON.stringify({ n }));
    const { digest } = held.registry.manifest({ config, layers: [layer] });
    await saveFound(held, digest, n === 41 ? [] : ["critical"]);
  }
  assert.equal(told(await held.blob(layer.digest)), "allow policy");
});

test("a warm blob asks the store nothing", async (t) => {
  const held = await guarded(t);
  const image = pushImage(held, "a", "1");
  await saveScan(held, image.digest);
  await held.pull("1");
  held.store.images.manifestsWith = () => Promise.reject(new Error("asked"));
  held.store.images.getMany = () => Promise.reject(new Error("asked"));
  assert.equal(told(await held.blob(image.layer)), "allow policy");
});

test("what is said about an image is read where the image is, and an image is no statement by its name", async (t) => {
  const held = await guarded(t, pullPolicy(signed));
  const image = pushImage(held, "a", "1");
  const signature = signImage(held, image.digest);
  const layer = JSON.parse(String(held.registry.manifests.get(signature.digest)?.bytes)).layers[0].digest as Digest;
  assert.match(told(await held.pull(signature.digest)), new RegExp(NOT_SCANNED));
  await saveScan(held, image.digest);
  held.pass(2_000);
  assert.equal(told(await held.pull(`${image.digest.replace(":", "-")}.sig`)), "allow policy");
  assert.equal(told(await held.blob(layer)), "allow policy");
  assert.equal(told(await held.referrers(image.digest)), "allow policy");
  // The same tag's name over an image, and an image that says it is about one that may be pulled.
  const bad = pushImage(held, "bad", `${image.digest.replace(":", "-")}.att`);
  await saveFound(held, bad.digest);
  assert.match(told(await held.pull(`${image.digest.replace(":", "-")}.att`)), /^refuse 403/);
  const layers = [held.registry.blob("application/vnd.oci.image.layer.v1.tar+gzip", "x")];
  const config = held.registry.blob("application/vnd.oci.image.config.v1+json", "{}");
  const about = held.registry.manifest({ config, layers, subject: image }, "about");
  assert.match(told(await held.pull(about.digest)), /^refuse 403 DENIED; .*registry\/image-not-scanned unknown deny/);
});

test("an archive under a signature's media type is not read as one", async (t) => {
  const held = await guarded(t);
  const image = pushImage(held, "a", "1");
  await saveScan(held, image.digest);
  const config = held.registry.blob("application/vnd.oci.image.config.v1+json", "{}");
  for (const content of [Buffer.alloc(512), Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.from("BZh91"), tarText()]) {
    const layer = held.registry.blob("application/vnd.in-toto+json", content);
    held.registry.manifest({ config, layers: [layer], subject: image }, "hidden");
    const refused = await held.pull("hidden");
    assert.match(told(refused), /^refuse 403 DENIED; registry\/image-not-scanned unknown deny$/);
    assert.match(refused.refusal?.message ?? "", /is not what its media type says/);
  }
  const text = held.registry.blob("application/vnd.in-toto+json", '{"_type":"x"}');
  held.registry.manifest({ config, layers: [text], subject: image }, "said");
  assert.equal(told(await held.pull("said")), "allow policy");
});

test("the list that stands in for referrers is read where what is in it is", async (t) => {
  const held = await guarded(t);
  const image = pushImage(held, "a", "1");
  const config = held.registry.blob("application/vnd.oci.empty.v1+json", "{}");
  const text = held.registry.blob("application/vnd.in-toto+json", "{}");
  const said = held.registry.manifest({ config, layers: [text], subject: image });
  pushIndex(held, [{ ...said, artifactType: "application/vnd.in-toto+json" }], image.digest.replace(":", "-"));
  assert.match(told(await held.pull(image.digest.replace(":", "-"))), /^refuse 403/);
  await saveScan(held, image.digest);
  assert.equal(told(await held.pull(image.digest.replace(":", "-"))), "allow policy");
  assert.equal(told(await held.blob(config.digest)), "allow policy");
});

/** A tar without a NUL (as of before ustar), which is JSON at once. */
function tarText(): Buffer {
  const header = Buffer.alloc(512, " ");
  header.write('{"a":"', 0);
  header.write("x".repeat(94), 6);
  header.write("0000644 0000000 0000000 00000000001 00000000000 ", 100);
  header.write("0", 156);
  header.write('"}', 510);
  const sum =
    header.reduce((total, byte) => total + byte, 0) - header.subarray(148, 156).reduce((a, b) => a + b, 0) + 8 * 32;
  header.write(`${sum.toString(8).padStart(6, "0")}  `, 148);
  JSON.parse(String(header));
  return header;
}
