import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { digestHex } from "../../core/digest.ts";
import { isDirectoryImage } from "./dir-transport.ts";
import { type FixtureImage, fixtureImage, json, refusal, tarOf } from "./image.fixture.ts";
import { readLayer } from "./layer.ts";
import { openImage, openImageSet } from "./open.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-dir-"));
after(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

const image = fixtureImage([{ tar: tarOf([{ name: "hello", content: "world" }]) }]);
const VERSION = "Directory Transport Version: 1.1\n";

/** What `skopeo copy … dir:FOLDER` writes. */
function directory({ blobs, manifest }: FixtureImage, { version = VERSION } = {}): string {
  folders += 1;
  const folder = join(root, String(folders));
  mkdirSync(folder);
  writeFileSync(join(folder, "version"), version);
  for (const [digest, bytes] of blobs) {
    writeFileSync(join(folder, digest === manifest ? "manifest.json" : digestHex(digest)), bytes);
  }
  return folder;
}

async function namesIn(written: string): Promise<string[]> {
  const named = await openImage(written);
  const names: string[] = [];
  for (const layer of named.image.layers) {
    await readLayer(named.image.store, layer, { entry: ({ name }) => names.push(name) > 9 });
  }
  return names;
}

test("an image of skopeo's dir: is read by its scheme, by its path and among the images of a folder", async () => {
  const folder = directory(image);
  assert.deepEqual(await namesIn(`dir:${folder}`), ["hello"]);
  assert.deepEqual(await namesIn(folder), ["hello"]);
  const { image: opened } = await openImage(`dir:${folder}`);
  assert.deepEqual([opened.manifestDigest, opened.configDigest], [image.manifest, image.config]);
  assert.equal((await openImageSet(folder)).entries.length, 1);
});

test("of an index each platform's manifest has a file of its own", async () => {
  const folder = directory(image);
  const bytes = image.blobs.get(image.manifest) as Buffer;
  writeFileSync(join(folder, `${digestHex(image.manifest)}.manifest.json`), bytes);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const platform = { os: "linux", architecture: "riscv64" };
  const manifests = [{ mediaType, digest: image.manifest, size: bytes.length, platform }];
  writeFileSync(join(folder, "manifest.json"), json({ schemaVersion: 2, manifests }));
  assert.deepEqual(await namesIn(`dir:${folder}`), ["hello"]);
});

test("a root filesystem is none, and one of another version is refused, not taken for one", async () => {
  const plain = join(root, "plain");
  mkdirSync(plain);
  writeFileSync(join(plain, "manifest.json"), "{}");
  assert.equal(isDirectoryImage(plain), false);
  writeFileSync(join(plain, "version"), "1.2.3\n");
  assert.equal(isDirectoryImage(plain), false);
  const later = directory(image, { version: "Directory Transport Version: 2.0\n" });
  assert.match((await refusal(openImage(`dir:${later}`))).message, /version 2\.0/);
});

test("what is missing, changed or leads out of the folder is refused", async () => {
  const changed = directory(image);
  writeFileSync(join(changed, digestHex(image.config)), "{}");
  assert.equal((await refusal(openImage(`dir:${changed}`))).code, "oci.digest-mismatch");
  const missing = directory(image);
  rmSync(join(missing, digestHex(image.config)));
  assert.equal((await refusal(openImage(`dir:${missing}`))).code, "oci.blob-missing");
  const out = directory(image);
  rmSync(join(out, digestHex(image.config)));
  writeFileSync(join(root, "config"), image.blobs.get(image.config) as Buffer);
  symlinkSync("../config", join(out, digestHex(image.config)));
  assert.match((await refusal(openImage(`dir:${out}`))).message, /symlink that leads out/);
});
