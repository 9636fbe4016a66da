import assert from "node:assert/strict";
import { test } from "node:test";
import { analyserFor } from "../../engines/contents/analysers.ts";
import { bounds as ociBounds } from "../../engines/oci/bounds.ts";
import { type FixtureEntry, paxEntry } from "../../engines/oci/image.fixture.ts";
import type { Layer } from "../../engines/oci/model.ts";
import { apkDatabase, imageOf, memoryStore, npmPackage, openFixture } from "./image-files.fixture.ts";
import { entriesOf, type LayerScan, readExtraFiles, scanLayer, unreadEntries } from "./layer-scan.ts";

async function scanOf(...entries: readonly FixtureEntry[]): Promise<LayerScan> {
  const { store, layers } = await openFixture(imageOf(entries));
  return await scanLayer(store, layers[0] as Layer);
}

test("an entry is a letter, its cleaned path, and where a link leads to", async () => {
  const { records } = await scanOf(
    { name: "./", flag: "5" },
    { name: "./bin/", flag: "5" },
    { name: "/bin/../bin/busybox", content: "elf" },
    { name: "bin/sh", flag: "1", link: "bin/busybox" },
    { name: "lib64", flag: "2", link: "/lib" },
    { name: "dev/null", flag: "3" },
    { name: "broken", flag: "2" },
    npmPackage("a", "1.0.0"),
  );
  assert.deepEqual(records, [
    "Dbin",
    "Fbin/busybox",
    "Hbin/sh\0bin/busybox",
    "Slib64\0/lib",
    "Odev/null",
    "Obroken",
    "Wapp/node_modules/a/package.json",
  ]);
});

test("entries give back what the records say, the facts with the files that are theirs", async () => {
  const scan = await scanOf(npmPackage("a", "1.0.0"), { name: "etc/motd" }, apkDatabase({ musl: "1.1.22-r2" }), {
    name: "link",
    flag: "2",
    link: "a b",
  });
  const entries = [...entriesOf(scan)];
  assert.deepEqual(
    entries.map(({ type, path, link }) => [type, path, link]),
    [
      ["file", "app/node_modules/a/package.json", ""],
      ["file", "etc/motd", ""],
      ["file", "lib/apk/db/installed", ""],
      ["symlink", "link", "a b"],
    ],
  );
  assert.deepEqual(
    entries.map(({ payload }) => payload?.kind === "packages" && payload.packages.map(({ name }) => name)),
    [["a"], false, ["musl"], false],
  );
});

test("paths over a bound are counted and named, whatever layer of whatever image it is", async () => {
  const deep = "d/".repeat(ociBounds.pathDepth + 1);
  const long = "x".repeat(ociBounds.pathBytes + 1);
  const { store, layers } = await openFixture(
    imageOf(
      [{ name: "a" }],
      [paxEntry({ path: deep }), { name: "d" }, paxEntry({ linkpath: long }), { name: "l", flag: "2" }],
    ),
  );
  const scan = await scanLayer(store, layers[1] as Layer);
  assert.deepEqual(scan.records, []);
  assert.deepEqual(
    scan.gaps.map(({ code, reason }) => [code, reason.slice(0, 36)]),
    [["oci.path", "2 entries have paths that exceed the"]],
  );
});

test("a wanted file that is stored sparse is a gap, and still replaces what was there", async () => {
  const { records, gaps, facts } = await scanOf({ ...apkDatabase({ musl: "1" }), flag: "S" });
  assert.deepEqual([records, facts], [["Flib/apk/db/installed"], []]);
  assert.deepEqual(
    gaps.map(({ code }) => code),
    ["oci.sparse"],
  );
});

test("finds unread files and hard links by their own name alone", async () => {
  const scan = await scanOf(
    { name: "status" },
    { name: "a/status" },
    { name: "a/status2" },
    { name: "status/below" },
    { name: "b/status", flag: "1", link: "a/status" },
    { name: "b/other", flag: "1", link: "a/status" },
    { name: "c/status", flag: "5" },
  );
  assert.deepEqual(
    [...unreadEntries(scan, new Set(["status"]))],
    [{ path: "status" }, { path: "a/status" }, { path: "b/status", link: "a/status" }],
  );
});

test("reads named files again, the last of a path, and verifies the layer again", async () => {
  const wanted = analyserFor("lib/apk/db/installed");
  assert.ok(wanted !== undefined);
  const image = imageOf([
    { name: "data/status", content: "no database" },
    apkDatabase({ musl: "1.1.22-r2" }, "data/status"),
    { name: "data/other" },
  ]);
  const store = memoryStore(image);
  const { layers } = await openFixture(image, store);
  const layer = layers[0] as Layer;
  const facts = await readExtraFiles(store, layer, new Map([["data/status", wanted]]));
  const found = facts.get("data/status");
  assert.deepEqual(found?.kind === "packages" && found.packages.map(({ name }) => name), ["musl"]);
  store.blobs.set(layer.digest, Buffer.from("another"));
  await assert.rejects(readExtraFiles(store, layer, new Map([["data/status", wanted]])), /digest|bytes/);
});
