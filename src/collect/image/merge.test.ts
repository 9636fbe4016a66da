import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileFacts } from "../../engines/contents/model.ts";
import type { FixtureEntry } from "../../engines/oci/image.fixture.ts";
import { alpine310, apkDatabase, imageOf, npmPackage, openFixture } from "./image-files.fixture.ts";
import { type LayerScan, scanLayer } from "./layer-scan.ts";
import { type MissingFile, mergeLayers } from "./merge.ts";

type Entries = readonly FixtureEntry[];

async function scansOf(...layers: readonly Entries[]): Promise<LayerScan[]> {
  const image = await openFixture(imageOf(...layers));
  return await Promise.all(image.layers.map((layer) => scanLayer(image.store, layer)));
}

const read: FileFacts = { kind: "packages", packages: [], unread: ["read after all"] };

/** What is asked for, as `layer:path for analyser`, and how each file ends: `path@layer,layer kind`. */
async function merged(...layers: readonly Entries[]): Promise<{ asked: string[]; files: string[] }> {
  const asked: string[] = [];
  const { files } = await mergeLayers(await scansOf(...layers), async (missing: readonly MissingFile[]) => {
    for (const { layer, path, analyser } of missing) asked.push(`${layer}:${path} for ${analyser.id}`);
    return missing.map(() => read);
  });
  return {
    asked,
    files: files.map(({ path, versions }) => {
      const facts = versions.at(-1)?.facts;
      const how = facts === read ? "read after all" : facts?.kind;
      return `${path}@${versions.map(({ layer }) => layer).join(",")} ${how}`;
    }),
  };
}

const installed = "lib/apk/db/installed";

test("a file has one version for each layer that wrote it, the oldest first", async () => {
  assert.deepEqual(await merged([apkDatabase({ a: "1" })], [{ name: "etc/motd" }], [apkDatabase({ a: "2" })]), {
    asked: [],
    files: [`${installed}@0,2 packages`],
  });
});

test("a hard link with a wanted name to a file that nobody wanted is read after all", async () => {
  assert.deepEqual(
    await merged([
      { name: "store/ab", content: "{}" },
      { name: "app/node_modules/a/package.json", flag: "1", link: "store/ab" },
      { name: "app/node_modules/b/package.json", flag: "1", link: "./store/ab" },
    ]),
    {
      asked: ["0:store/ab for npm", "0:store/ab for npm"],
      files: ["app/node_modules/a/package.json@0 read after all", "app/node_modules/b/package.json@0 read after all"],
    },
  );
});

test("a hard link keeps the content that its layer saw, whatever a higher layer writes over the target", async () => {
  const { asked } = await merged(
    [{ name: "store/ab" }],
    [{ name: "app/node_modules/a/package.json", flag: "1", link: "store/ab" }],
    [{ name: "store/ab", content: "newer" }],
  );
  assert.deepEqual(asked, ["0:store/ab for npm"]);
});

test("a hard link to a wanted file shares what was read of it", async () => {
  const { asked, files } = await merged([
    npmPackage("a", "1.0.0"),
    { name: "app/node_modules/b/package.json", flag: "1", link: "app/node_modules/a/package.json" },
  ]);
  assert.deepEqual([asked, files.length], [[], 2]);
});

test("a hard link to a hard link is followed to the file", async () => {
  const { asked } = await merged([
    { name: "first" },
    { name: "second", flag: "1", link: "first" },
    { name: "app/node_modules/a/package.json", flag: "1", link: "second" },
  ]);
  assert.deepEqual(asked, ["0:first for npm"]);
});

test("a hard link to itself, to nothing, or around in a circle is unreadable, not absent", async () => {
  const cases: Entries[] = [
    [{ name: installed, flag: "1", link: installed }],
    [{ name: installed, flag: "1", link: "nowhere" }],
    [
      { name: "a", flag: "1", link: "b" },
      { name: "b", flag: "1", link: "a" },
      { name: installed, flag: "1", link: "a" },
    ],
  ];
  for (const entries of cases) {
    assert.deepEqual(await merged(entries), { asked: [], files: [`${installed}@0 unreadable`] });
  }
});

test("a database behind a symlink is read where it really is", async () => {
  assert.deepEqual(
    await merged([{ name: "lib/apk/db", flag: "2", link: "/data/apk" }], [{ name: "data/apk/installed" }]),
    { asked: ["1:data/apk/installed for apk"], files: [`${installed}@1 read after all`] },
  );
});

test("so it is where its own entry leads through another symlink, or is a hard link", async () => {
  const symlink = { name: "lib/apk/db", flag: "2", link: "/data/apk" };
  const { asked } = await merged([
    symlink,
    { name: "other", flag: "2", link: "data" },
    { name: "other/apk/installed" },
  ]);
  assert.deepEqual(asked, ["0:other/apk/installed for apk"]);
  const linked = await merged([symlink, { name: "kept" }, { name: "data/apk/installed", flag: "1", link: "kept" }]);
  assert.deepEqual(linked.asked, ["0:kept for apk"]);
});

test("a symlinked os-release is read where nothing else names the distribution", async () => {
  const { asked, files } = await merged([
    { name: "etc/os-release", flag: "2", link: "../opt/distribution" },
    { name: "opt/distribution", content: "ID=alpine\n" },
  ]);
  assert.deepEqual([asked, files], [["0:opt/distribution for os-release"], ["etc/os-release@0 read after all"]]);
  // The usual link leads to a path that is wanted by itself.
  const usual = await merged([
    { name: "etc/os-release", flag: "2", link: "../usr/lib/os-release" },
    { ...alpine310, name: "usr/lib/os-release" },
  ]);
  assert.deepEqual(usual, { asked: [], files: ["usr/lib/os-release@0 distribution"] });
});

test("a symlink that leads nowhere, or out of the root, asks for nothing", async () => {
  for (const link of ["/nowhere/installed", "../../../../../../etc/passwd", installed]) {
    assert.deepEqual(await merged([{ name: installed, flag: "2", link }]), { asked: [], files: [] });
  }
});

test("what cannot be read after all is unreadable", async () => {
  const scans = await scansOf([{ name: "x" }, { name: installed, flag: "1", link: "x" }]);
  const { files } = await mergeLayers(scans, async (missing) => missing.map(() => undefined));
  assert.equal(files[0]?.versions[0]?.facts.kind, "unreadable");
});

test("gaps name the layer by its place in this image", async () => {
  const deep = { name: "y", flag: "5" };
  const [bad, good] = await scansOf([{ name: "loop", flag: "2", link: "loop" }, { name: "loop/file" }], [deep]);
  assert.ok(bad !== undefined && good !== undefined);
  const withOwnGap: LayerScan = { ...bad, gaps: [{ code: "oci.path", reason: "1 entry is too long" }] };
  const { gaps } = await mergeLayers([good, withOwnGap], async () => []);
  assert.deepEqual(
    gaps.map(({ reason }) => reason),
    [
      "layer 2: 1 entry is too long",
      "layer 2: 1 entries stand below a loop of symlinks or too deep to be reached, or are whiteouts that runtimes read in different ways",
    ],
  );
});

test("a hundred thousand links into a hundred thousand files are found in one pass", async () => {
  const count = 100_000;
  const files = Array.from({ length: count }, (_, i) => `Fstore/${i}`);
  const links = Array.from({ length: count }, (_, i) => `Happ/node_modules/p${i}/package.json\0store/${i}`);
  let asked = 0;
  await mergeLayers([{ records: [...files, ...links], facts: [], gaps: [] }], async (missing) => {
    asked = missing.length;
    return missing.map(() => read);
  });
  assert.equal(asked, count);
});

test("every link with a wanted name is followed, and a folder of Python's metadata that is one", async () => {
  const site = "usr/lib/python3/site-packages";
  const { asked } = await merged([
    { name: "opt/blob", content: "Name: a\nVersion: 1\n" },
    { name: "opt/hidden/METADATA", content: "Name: b\nVersion: 1\n" },
    { name: `${site}/a-1.dist-info/METADATA`, flag: "2", link: "/opt/blob" },
    { name: `${site}/b-1.dist-info`, flag: "2", link: "/opt/hidden" },
    { name: "app/a.jar", flag: "2", link: "../opt/blob" },
    { name: "app/dead.jar", flag: "2", link: "../opt/nothing" },
    { name: "var/lib/dpkg/status", flag: "2", link: "/opt/blob" },
    { name: "var/lib/dpkg/updates/0001", flag: "2", link: "/opt/blob" },
  ]);
  assert.deepEqual(asked.sort(), [
    "0:opt/blob for dpkg",
    "0:opt/blob for dpkg",
    "0:opt/blob for jar",
    "0:opt/blob for pypi",
    "0:opt/hidden/METADATA for pypi",
  ]);
});
