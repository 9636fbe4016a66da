import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { Problem } from "../../core/problem.ts";
import { looksLikeArchive } from "./archive.ts";
import {
  type FixtureEntry,
  type FixtureImage,
  fixtureImage,
  json,
  refusal,
  sha256,
  tarOf,
  writeLayout,
  writeLayoutParts,
} from "./image.fixture.ts";
import { readLayer } from "./layer.ts";
import { type NamedImage, openImage, openImageSet } from "./open.ts";
import { parsePlatform } from "./platform.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-open-"));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
function freshFolder(): string {
  folders += 1;
  return join(root, String(folders));
}

const layerTar = tarOf([{ name: "hello", content: "world" }]);
const image = fixtureImage([{ tar: layerTar, createdBy: "COPY hello /" }]);

function layoutOf(images: Readonly<Record<string, FixtureImage>>): string {
  const folder = freshFolder();
  writeLayout(folder, images);
  return folder;
}

/** What `docker save` writes. */
function dockerArchive(entries: readonly FixtureEntry[] = []): Buffer {
  const config = image.blobs.get(image.config) as Buffer;
  return tarOf([
    { name: "config.json", content: config },
    { name: "l1/layer.tar", content: layerTar },
    {
      name: "manifest.json",
      content: json([{ Config: "config.json", RepoTags: ["shop/web:1.4"], Layers: ["l1/layer.tar"] }]),
    },
    ...entries,
  ]);
}

function ociArchive(): Buffer {
  return tarOf([
    { name: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
    ...[...image.blobs].map(([digest, content]) => ({ name: `blobs/${digest.replace(":", "/")}`, content })),
    {
      name: "./index.json",
      content: json({
        schemaVersion: 2,
        manifests: [{ mediaType: "application/vnd.oci.image.manifest.v1+json", digest: image.manifest, size: 1 }],
      }),
    },
  ]);
}

function fileOf(name: string, bytes: Buffer): string {
  const folder = freshFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

async function namesIn(named: NamedImage): Promise<string[]> {
  const names: string[] = [];
  for (const layer of named.image.layers) {
    await readLayer(named.image.store, layer, {
      entry(entry) {
        names.push(entry.name);
        return false;
      },
    });
  }
  await named.image.store.close();
  return names;
}

test("an image has one identity and one content, however it is stored", async () => {
  const sources = [
    layoutOf({ v1: image }),
    fileOf("a.tar", ociArchive()),
    fileOf("b.tar.gz", gzipSync(ociArchive())),
    fileOf("c.tar", dockerArchive()),
    fileOf("d.tar.zst", zstdCompressSync(dockerArchive())),
  ];
  for (const source of sources) {
    const named = await openImage(source);
    assert.equal(named.image.configDigest, image.config, source);
    assert.equal(named.image.layers[0]?.history?.createdBy, "COPY hello /");
    assert.deepEqual(await namesIn(named), ["hello"], source);
  }
});

test("the lineage is the repository that a name states, else the path's own name", async () => {
  const tagged = await openImage(fileOf("c.tar", dockerArchive()));
  assert.deepEqual([tagged.reference, tagged.lineage], ["shop/web:1.4", "docker.io/shop/web"]);
  await tagged.image.store.close();
  const bare = await openImage(fileOf("web.oci.tar", ociArchive()));
  assert.equal(bare.lineage, "web");
  await bare.image.store.close();
});

test("one of several images is picked by its name; without one the names are listed", async () => {
  const other = fixtureImage([{ tar: tarOf([{ name: "other" }]) }]);
  const folder = layoutOf({ "shop/web:1": image, "shop/api:2": other });
  assert.equal((await openImage(`oci:${folder}:shop/api:2`)).image.configDigest, other.config);
  assert.equal((await openImage(`oci:${folder}:1`)).image.configDigest, image.config);
  const problem = await refusal(openImage(folder));
  assert.equal(problem.kind, "usage");
  assert.match(problem.remedy ?? "", /shop\/web:1, shop\/api:2/);
  assert.match((await refusal(openImage(`oci:${folder}:nothing`))).message, /no image nothing/);
  const set = await openImageSet(folder);
  assert.deepEqual(
    set.entries.map((entry) => entry.name),
    ["shop/web:1", "shop/api:2"],
  );
});

test("the platform chooses within an index, and within indexes within it", async () => {
  const arm = fixtureImage([{ tar: tarOf([{ name: "arm" }]) }], { config: { architecture: "arm64" } });
  const entry = (digest: string, architecture: string, os = "linux") => ({
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest,
    size: 1,
    platform: { os, architecture },
  });
  const inner = json({
    schemaVersion: 2,
    manifests: [
      entry(image.manifest, "amd64"),
      entry(arm.manifest, "arm64"),
      entry(image.config, "unknown", "unknown"),
    ],
  });
  const outer = json({
    schemaVersion: 2,
    manifests: [{ mediaType: "application/vnd.oci.image.index.v1+json", digest: sha256(inner), size: inner.length }],
  });
  const folder = freshFolder();
  writeLayoutParts(
    folder,
    [{ mediaType: "application/vnd.oci.image.index.v1+json", digest: sha256(outer), size: outer.length }],
    [...image.blobs, ...arm.blobs, [sha256(inner), inner], [sha256(outer), outer]],
  );
  const named = await openImage(folder, { platform: parsePlatform("linux/arm64") });
  assert.equal(named.image.configDigest, arm.config);
  assert.equal(named.image.indexDigest, sha256(outer));
  const problem = await refusal(openImage(folder, { platform: parsePlatform("linux/s390x") }));
  assert.equal(problem.code, "oci.platform");
  assert.match(problem.remedy ?? "", /linux\/amd64, linux\/arm64$/);
});

test("an index within too many others, and one that leads back to itself, are refused", async () => {
  const index = (digest: string) =>
    json({ schemaVersion: 2, manifests: [{ mediaType: "application/vnd.oci.image.index.v1+json", digest, size: 1 }] });
  const chain = [index(image.manifest)];
  for (let i = 0; i < 6; i++) chain.push(index(sha256(chain.at(-1) as Buffer)));
  const folder = freshFolder();
  const last = chain.at(-1) as Buffer;
  const descriptor = { mediaType: "application/vnd.oci.image.index.v1+json", size: 1 };
  writeLayoutParts(
    folder,
    [{ ...descriptor, digest: sha256(last) }],
    chain.map((bytes) => [sha256(bytes), bytes]),
  );
  assert.equal((await refusal(openImage(folder))).code, "oci.index");
  // No document can hold its own digest; a blob that claims to is caught by its digest.
  const self = freshFolder();
  const claimed = sha256(Buffer.from("self"));
  writeLayoutParts(self, [{ ...descriptor, digest: claimed }], [[claimed, index(claimed)]]);
  assert.equal((await refusal(openImage(self))).code, "oci.digest-mismatch");
});

test("a config without history, or with one that does not fit, leaves the layers without instructions", async () => {
  for (const changes of [{ history: false }, { config: { history: [{ created_by: "a" }, { created_by: "b" }] } }]) {
    const named = await openImage(layoutOf({ v1: fixtureImage([{ tar: layerTar }], changes) }));
    assert.equal(named.image.layers[0]?.history, undefined);
  }
  const empty = { config: { history: [{ created_by: "ENV a", empty_layer: true }, { created_by: "COPY b" }] } };
  const named = await openImage(layoutOf({ v1: fixtureImage([{ tar: layerTar }], empty) }));
  assert.deepEqual([named.image.layers[0]?.history?.createdBy, named.image.layers[0]?.history?.index], ["COPY b", 1]);
});

test("broken documents are refused with their place", async () => {
  const cases: [string, FixtureImage][] = [
    ["oci.document", fixtureImage([{ tar: layerTar }], { config: { rootfs: { diff_ids: [] } } })],
    ["oci.document", fixtureImage([{ tar: layerTar }], { config: { rootfs: { diff_ids: ["sha256:zz"] } } })],
    ["oci.document", fixtureImage([{ tar: layerTar }], { manifest: { layers: "none" } })],
    ["oci.document", fixtureImage([{ tar: layerTar }], { manifest: { layers: [{ digest: "sha256:../../etc" }] } })],
    ["oci.ambiguous", fixtureImage([{ tar: layerTar }], { manifest: { manifests: [] } })],
    [
      "oci.not-an-image",
      fixtureImage([{ tar: layerTar }], {
        manifest: { config: { mediaType: "application/vnd.oci.empty.v1+json", digest: image.config, size: 2 } },
      }),
    ],
  ];
  for (const [code, broken] of cases) {
    const problem = await refusal(openImage(layoutOf({ v1: broken })));
    assert.equal(problem.code, code, problem.line());
    assert.equal(problem.kind, "input");
  }
});

test("a missing blob, a missing member and a folder that is no layout say so", async () => {
  const folder = freshFolder();
  writeLayoutParts(folder, [{ mediaType: "", digest: image.manifest, size: 1 }], []);
  assert.equal((await refusal(openImage(folder))).code, "oci.blob-missing");
  const archive = tarOf([{ name: "manifest.json", content: json([{ Config: "gone.json", Layers: [] }]) }]);
  assert.equal((await refusal(openImage(fileOf("a.tar", archive)))).code, "oci.blob-missing");
  mkdirSync(join(folder, "sub"));
  assert.match((await refusal(openImage(join(folder, "sub")))).remedy ?? "", /dir:/);
  assert.equal((await refusal(openImage(fileOf("a.tar", tarOf([{ name: "etc/passwd" }]))))).code, "oci.archive");
  assert.equal((await refusal(openImage(`oci:${folder}/nowhere`))).kind, "usage");
});

test("a symlink in a layout may lead to its other files, and never out of it", async () => {
  const outside = fileOf("secret", Buffer.from("root:x:0:0"));
  const blob = join("blobs", image.manifest.replace(":", "/"));
  for (const name of ["index.json", "oci-layout", blob]) {
    const folder = layoutOf({ v1: image });
    rmSync(join(folder, name));
    symlinkSync(outside, join(folder, name));
    const problem = await refusal(openImage(`oci:${folder}`));
    assert.equal(problem.code, "oci.layout");
    assert.match(problem.message, /leads out of the directory/);
    assert.doesNotMatch(problem.line(), /root:x/);
  }
  const folder = layoutOf({ v1: image });
  renameSync(join(folder, blob), join(folder, "kept"));
  symlinkSync(join(folder, "kept"), join(folder, blob));
  assert.deepEqual(await namesIn(await openImage(folder)), ["hello"]);
});

test("links within a docker archive lead to members and nowhere else", async () => {
  const config = image.blobs.get(image.config) as Buffer;
  const manifest = (layer: string) => ({
    name: "manifest.json",
    content: json([{ Config: "config.json", RepoTags: null, Layers: [layer] }]),
  });
  const base = [
    { name: "config.json", content: config },
    { name: "l1/layer.tar", content: layerTar },
    { name: "l2/layer.tar", flag: "2", link: "../l1/layer.tar" },
    { name: "loop", flag: "2", link: "loop" },
    { name: "out", flag: "2", link: "/etc/passwd" },
  ];
  assert.deepEqual(await namesIn(await openImage(fileOf("a.tar", tarOf([...base, manifest("l2/layer.tar")])))), [
    "hello",
  ]);
  for (const layer of ["loop", "out", "../../etc/passwd"]) {
    assert.equal(
      (await refusal(openImage(fileOf("a.tar", tarOf([...base, manifest(layer)]))))).code,
      "oci.blob-missing",
    );
  }
});

test("tells image archives from other tars", async () => {
  assert.equal(await looksLikeArchive(fileOf("a.tar", dockerArchive())), true);
  assert.equal(await looksLikeArchive(fileOf("a.tar.gz", gzipSync(ociArchive()))), true);
  assert.equal(await looksLikeArchive(fileOf("a.tar", tarOf([{ name: "src/manifest.json" }]))), false);
  assert.equal(await looksLikeArchive(fileOf("a.tar", Buffer.from("no tar at all"))), false);
  assert.equal(await looksLikeArchive(fileOf("a.tar.gz", Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]))), false);
});

test("a tar without members is one, and no image archive", async () => {
  const empty = fileOf("empty.tar", Buffer.alloc(10_240));
  assert.equal((await refusal(openImage(empty))).code, "oci.archive");
  assert.equal((await refusal(openImage(fileOf("zeros.tar", Buffer.alloc(100))))).code, "oci.reference");
});

test("a platform is written as os/architecture", () => {
  assert.deepEqual(parsePlatform("linux/arm/v7"), { os: "linux", architecture: "arm", variant: "v7" });
  for (const written of ["linux", "", "linux/", "a/b/c/d"]) assert.throws(() => parsePlatform(written), Problem);
});
