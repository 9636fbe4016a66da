import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import type { Digest } from "../../core/digest.ts";
import type { Evidence } from "../../core/evidence.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import type { Inventory } from "../../engines/contents/model.ts";
import { type FixtureEntry, type FixtureImage, paxEntry, sha256, tarOf } from "../../engines/oci/image.fixture.ts";
import { bounds as collectBounds } from "../bounds.ts";
import { openScanCache, type ScanCache } from "./cache.ts";
import {
  alpine310,
  apkDatabase,
  dpkgStatus,
  imageOf,
  memoryStore,
  npmPackage,
  openFixture,
} from "./image-files.fixture.ts";
import { inventoryOfFolder, inventoryOfImage } from "./inventory.ts";
import type { ScanProgress } from "./inventory-context.ts";
import type { LayerScan } from "./layer-scan.ts";

const now = new Date("2026-01-02T00:00:00Z");
const root = mkdtempSync(join(tmpdir(), "bulkhead-inventory-"));
after(() => rmSync(root, { recursive: true, force: true }));
let caches = 0;

function freshCache(): ScanCache {
  caches += 1;
  const cache = openScanCache(join(root, `${caches}.db`));
  assert.ok(cache !== undefined);
  after(() => cache.close());
  return cache;
}

/** `name version @layer` of each package; the gap's codes where there is no inventory. */
function packagesIn(evidence: Evidence<Inventory>): string[] {
  if (evidence.state === "absent") return evidence.gaps.map(({ code }) => code);
  return evidence.facts.packages.map(
    ({ name, version, layer }) => `${name} ${version}${layer === undefined ? "" : ` @${layer}`}`,
  );
}

const base: readonly FixtureEntry[] = [alpine310, apkDatabase({ musl: "1.1.22-r2" })];
const image = imageOf(base, [apkDatabase({ musl: "1.1.22-r2", zlib: "1.2.11-r1" })], [npmPackage("a", "1.0.0")]);
const packages = ["musl 1.1.22-r2 @0", "zlib 1.2.11-r1 @1", "a 1.0.0 @2"];

test("a package belongs to the layer that first brought its version", async () => {
  const evidence = await inventoryOfImage(await openFixture(image), { now });
  assert.deepEqual(packagesIn(evidence), packages);
  assert.ok(evidence.state === "present");
  assert.deepEqual([evidence.facts.distribution?.id, evidence.gaps], ["alpine", []]);
});

test("an image of 500 layers is read to its last, whichever of them brought a package or took it away", async () => {
  const layers = Array.from({ length: 498 }, (_, i) => [
    npmPackage(`p${i}`, "1.0.0"),
    { name: `app/node_modules/.wh.p${i - 1}` },
  ]);
  const many = imageOf(base, ...layers, [apkDatabase({ musl: "1.1.22-r3" })]);
  const evidence = await inventoryOfImage(await openFixture(many), { now });
  assert.deepEqual(evidence.gaps, []);
  const found = packagesIn(evidence);
  assert.ok(found.includes("musl 1.1.22-r3 @499") && found.includes("p497 1.0.0 @498"), found.join());
  assert.equal(found.length, 2);
});

test("a layer that runtimes read in different ways leaves no inventory, and the layer and the entry are named", async () => {
  const long = { name: "././@LongLink", flag: "L", content: "lib/apk/db/installed\0" };
  const hidden = imageOf(base, [paxEntry({ path: "decoy" }), long, apkDatabase({ musl: "9" })]);
  const evidence = await inventoryOfImage(await openFixture(hidden), { now });
  assert.equal(evidence.state, "absent");
  assert.match(evidence.gaps[0]?.reason ?? "", /^layer 2 .*the entry "lib\/apk\/db\/installed": two names/);
});

test("a whiteout of what its own layer holds is a gap", async () => {
  const twice = imageOf(base, [apkDatabase({ musl: "9" }), { name: "lib/apk/db/.wh.installed" }]);
  const evidence = await inventoryOfImage(await openFixture(twice), { now });
  assert.ok(
    evidence.gaps.some(({ code }) => code === "oci.path"),
    JSON.stringify(evidence.gaps),
  );
});

test("a layer with the wrong bytes leaves no inventory at all", async () => {
  const store = memoryStore(image);
  const opened = await openFixture(image, store);
  const middle = opened.layers[1]?.digest as Digest;
  store.blobs.set(middle, Buffer.from("another"));
  const evidence = await inventoryOfImage(opened, { now });
  assert.deepEqual(packagesIn(evidence), ["oci.digest-mismatch"]);
  assert.match(evidence.gaps[0]?.reason ?? "", /^layer 2 of memory: .*sha256:/);
});

test("what is remembered is the same, and reads nothing", async () => {
  const cache = freshCache();
  const cold = await inventoryOfImage(await openFixture(image), { now, cache });
  const store = memoryStore(image);
  const warm = await inventoryOfImage(await openFixture(image, store), { now, cache });
  assert.deepEqual(warm, cold);
  assert.equal(store.opened.size, 0);
});

test("an image that shares layers pays for the new ones alone", async () => {
  const cache = freshCache();
  await inventoryOfImage(await openFixture(image), { now, cache });
  const second = imageOf(base, [npmPackage("b", "2.0.0")]);
  const store = memoryStore(second);
  const evidence = await inventoryOfImage(await openFixture(second, store), { now, cache });
  assert.deepEqual(packagesIn(evidence), ["musl 1.1.22-r2 @0", "b 2.0.0 @1"]);
  assert.equal(store.opened.size, 1);
});

test("a shared layer's gap has the number that the layer has in each image", async () => {
  const cache = freshCache();
  const loop = [
    { name: `${"d/".repeat(40)}x`, flag: "5" },
    { ...apkDatabase({}), flag: "S" },
  ];
  const gapsOf = async (made: FixtureImage) => (await inventoryOfImage(await openFixture(made), { now, cache })).gaps;
  assert.match((await gapsOf(imageOf(loop)))[0]?.reason ?? "", /^layer 1: 1 wanted files are sparse/);
  assert.match((await gapsOf(imageOf(base, [npmPackage("c", "1.0.0")], loop)))[0]?.reason ?? "", /^layer 3: /);
});

/** A store of local files whose stamps the test decides. */
async function scanLocal(cache: ScanCache, stamp: () => string | undefined, changed?: Buffer) {
  const store = memoryStore(image, stamp);
  const opened = await openFixture(image, store);
  const first = opened.layers[0]?.digest as Digest;
  if (changed !== undefined) store.blobs.set(first, changed);
  const evidence = await inventoryOfImage(opened, { now, cache });
  return { found: packagesIn(evidence), read: [...store.opened.keys()], first };
}

test("local files with the stamps of the last scan are not read again", async () => {
  const cache = freshCache();
  await scanLocal(cache, () => "as it was");
  assert.deepEqual((await scanLocal(cache, () => "as it was")).read, []);
});

test("a blob that was changed under its name is read again, and refused", async () => {
  const cache = freshCache();
  await scanLocal(cache, () => "as it was");
  const { found, read, first } = await scanLocal(cache, () => "changed", Buffer.from("another"));
  assert.deepEqual(found, ["oci.digest-mismatch"]);
  // Others are begun before this one has ended.
  assert.equal(read[0], first);
});

test("files too young for a stamp are read each time", async () => {
  const cache = freshCache();
  await scanLocal(cache, () => undefined);
  assert.equal((await scanLocal(cache, () => undefined)).read.length, 3);
  assert.equal((await scanLocal(cache, () => "grown old")).read.length, 3);
  assert.deepEqual((await scanLocal(cache, () => "grown old")).read, []);
});

test("a file that changed while it was read earns no stamp", async () => {
  const cache = freshCache();
  let asked = 0;
  await scanLocal(cache, () => `now ${asked++}`);
  assert.equal((await scanLocal(cache, () => `now ${asked - 1}`)).read.length, 3);
});

test("a stamp that cannot be had is none", async () => {
  const cache = freshCache();
  const failing = () => {
    throw new Error("gone");
  };
  assert.deepEqual((await scanLocal(cache, failing)).found, packages);
  assert.equal((await scanLocal(cache, failing)).read.length, 3);
});

test("a diffID that does not fit its blob is refused, though blob and content were each seen before", async () => {
  const cache = freshCache();
  const plain = tarOf(base);
  const forged = imageOf(base, [npmPackage("a", "1.0.0")]);
  await inventoryOfImage(await openFixture(forged), { now, cache });
  const opened = await openFixture(forged);
  const swapped = { ...opened, layers: opened.layers.map((layer) => ({ ...layer, diffId: sha256(plain) })) };
  assert.deepEqual(packagesIn(await inventoryOfImage(swapped, { now, cache })), ["oci.diffid-mismatch"]);
});

test("databases behind links are read after all, two of them behind one file too", async () => {
  const shared = { name: "data/db", content: dpkgStatus({ bash: "5.2-1" }).content ?? "" };
  const linked = imageOf([
    shared,
    { name: "var/lib/dpkg/status", flag: "2", link: "/data/db" },
    { name: "lib/apk/db/installed", flag: "2", link: "/data/db" },
  ]);
  const evidence = await inventoryOfImage(await openFixture(linked), { now });
  assert.deepEqual(packagesIn(evidence), ["bash 5.2-1 @0"]);
  assert.ok(
    evidence.gaps.some(({ concerns }) => concerns === "apk"),
    "it is no apk database",
  );
});

test("layers that each keep to the bounds must keep to them together", async () => {
  const scans: LayerScan[] = [
    { records: Array.from({ length: collectBounds.entries / 2 }, () => "Fa"), facts: [], gaps: [] },
    { records: Array.from({ length: 100_000 }, () => `F${"a".repeat(2_000)}`), facts: [], gaps: [] },
  ];
  for (const scan of scans) {
    const cache: ScanCache = { ...freshCache(), isVerified: () => true, image: () => undefined, layer: () => scan };
    const evidence = await inventoryOfImage(await openFixture(image), { now, cache });
    assert.deepEqual(packagesIn(evidence), ["oci.entries"]);
  }
});

test("progress counts the stored bytes of all layers", async () => {
  const seen: ScanProgress[] = [];
  const opened = await openFixture(image);
  await inventoryOfImage(opened, { now, onProgress: (progress) => seen.push(progress) });
  const total = opened.layers.reduce((sum, { size }) => sum + size, 0);
  assert.deepEqual(seen.at(-1), { name: "memory", done: total, total });
});

test("an abort leaves no inventory, and says so as its reason", async () => {
  const reason = new Problem({ kind: "unavailable", code: "collect.stopped", place: "here", cause: "stopped" });
  const evidence = await inventoryOfImage(await openFixture(image), { now, signal: AbortSignal.abort(reason) });
  assert.deepEqual(packagesIn(evidence), ["collect.stopped"]);
});

test("a bug stays a bug", async () => {
  const opened = await openFixture(image);
  const broken = { ...opened, store: { ...opened.store, open: () => Promise.reject(new TypeError("a bug")) } };
  await assert.rejects(inventoryOfImage(broken, { now }), TypeError);
  assert.equal(asProblem("text", "here"), "text");
});

test("what the file system says becomes a problem with its place", async () => {
  const opened = await openFixture(image);
  const error = Object.assign(new Error("EIO: i/o error, read"), { code: "EIO", syscall: "read" });
  const broken = { ...opened, store: { ...opened.store, open: () => Promise.reject(error) } };
  const evidence = await inventoryOfImage(broken, { now });
  assert.deepEqual(packagesIn(evidence), ["collect.io"]);
});

test("a folder is a root file system without layers", async () => {
  const folder = join(root, "rootfs");
  for (const { name, content } of [...base, npmPackage("a", "1.0.0")]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content ?? "");
  }
  const evidence = await inventoryOfFolder(folder, { now });
  assert.deepEqual(packagesIn(evidence), ["musl 1.1.22-r2", "a 1.0.0"]);
  await assert.rejects(inventoryOfFolder(join(root, "nowhere"), { now }), Problem);
});

test("in a folder a wanted file that is a link is said, unless its file is read where it is", async () => {
  const folder = join(root, "linked");
  for (const [path, content] of [
    ["opt/blob", "Package: openssl\nStatus: install ok installed\nVersion: 1\n\n"],
    ["usr/lib/os-release", "ID=debian\n"],
  ] as const) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  mkdirSync(join(folder, "var/lib/dpkg"), { recursive: true });
  mkdirSync(join(folder, "etc"), { recursive: true });
  symlinkSync("../usr/lib/os-release", join(folder, "etc/os-release"));
  symlinkSync("nowhere", join(folder, "etc/dead.jar"));
  const reasons = async () => (await inventoryOfFolder(folder, { now })).gaps.map(({ reason }) => reason);
  assert.deepEqual(
    (await reasons()).filter((reason) => reason.includes("link")),
    [],
  );
  symlinkSync("/opt/blob", join(folder, "var/lib/dpkg/status"));
  assert.ok(
    (await reasons()).includes("1 wanted files are links, which are not followed, first /var/lib/dpkg/status"),
    (await reasons()).join("; "),
  );
});
