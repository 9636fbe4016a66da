import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { digestHex } from "../../core/digest.ts";
import { openFromStorage } from "./containers-storage.ts";
import { type FixtureEntry, fixtureImage, json, refusal, tarEntry, tarOf } from "./image.fixture.ts";
import { readLayer } from "./layer.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-storage-"));
after(() => rmSync(root, { recursive: true, force: true }));
let storages = 0;

const LAYER = "a".repeat(64);
const entries: readonly FixtureEntry[] = [
  { name: "etc/", flag: "5" },
  { name: "etc/os-release", content: "ID=alpine\n" },
  { name: "etc/alias", flag: "2", link: "/etc/passwd" },
  { name: "empty", content: "" },
];

/** What tar-split writes: everything but contents as segments, contents by name. */
function tarSplit(files: readonly FixtureEntry[]): Buffer {
  const lines = files.flatMap((entry) => {
    const bytes = tarEntry(entry);
    const size = Buffer.byteLength(entry.content ?? "");
    return [
      { type: 2, payload: bytes.subarray(0, 512).toString("base64") },
      { type: 1, name: entry.name, size, payload: "" },
      { type: 2, payload: bytes.subarray(512 + size).toString("base64") },
    ];
  });
  lines.push({ type: 2, payload: Buffer.alloc(1024).toString("base64") });
  return gzipSync(lines.map((line) => JSON.stringify(line)).join("\n"));
}

function storage(changes: { images?: object; layers?: object; split?: Buffer } = {}): string {
  storages += 1;
  const folder = join(root, String(storages));
  const tar = tarOf(entries);
  const image = fixtureImage([{ tar, stored: tar }]);
  const id = digestHex(image.config);
  const write = (path: string, bytes: Buffer | string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };
  write(
    "overlay-images/images.json",
    json(changes.images ?? [{ id, names: ["localhost/shop/web:1", "docker.io/library/alpine:latest"], layer: LAYER }]),
  );
  write(
    "overlay-layers/layers.json",
    json(changes.layers ?? [{ id: LAYER, "diff-digest": image.diffIds[0], "diff-size": tar.length }]),
  );
  write(
    `overlay-images/${id}/=${Buffer.from(image.config).toString("base64")}`,
    image.blobs.get(image.config) as Buffer,
  );
  write(`overlay-layers/${LAYER}.tar-split.gz`, changes.split ?? tarSplit(entries));
  write(`overlay/${LAYER}/diff/etc/os-release`, "ID=alpine\n");
  write(`overlay/${LAYER}/diff/empty`, "");
  symlinkSync("/etc", join(folder, `overlay/${LAYER}/diff/out`));
  return folder;
}

async function contentsOf(folder: string, name: string): Promise<Map<string, string>> {
  const image = await openFromStorage({ roots: [folder] }, name);
  const contents = new Map<string, string>();
  for (const layer of image.layers) {
    await readLayer(image.store, layer, {
      entry: ({ type }) => type === "file",
      content: (entry, bytes) => contents.set(entry.name, bytes.toString()),
    });
  }
  return contents;
}

test("puts layers together again that have their diffID", async () => {
  const folder = storage();
  for (const name of ["localhost/shop/web:1", "shop/web:1", "alpine", "docker.io/library/alpine:latest"]) {
    assert.deepEqual(
      [...(await contentsOf(folder, name))],
      [
        ["etc/os-release", "ID=alpine\n"],
        ["empty", ""],
      ],
    );
  }
});

test("a file that was changed, shortened or taken away since is told", async () => {
  const changed = storage();
  writeFileSync(join(changed, `overlay/${LAYER}/diff/etc/os-release`), "ID=debian\n");
  assert.equal((await refusal(contentsOf(changed, "alpine"))).code, "oci.digest-mismatch");
  const shortened = storage();
  writeFileSync(join(shortened, `overlay/${LAYER}/diff/etc/os-release`), "ID");
  assert.match((await refusal(contentsOf(shortened, "alpine"))).message, /\/etc\/os-release is shorter/);
  const gone = storage();
  rmSync(join(gone, `overlay/${LAYER}/diff/etc`), { recursive: true });
  assert.match((await refusal(contentsOf(gone, "alpine"))).message, /is not in the storage/);
});

test("names that lead out of the layer's folder are not followed", async () => {
  for (const name of ["out/passwd", "../../../../../etc/passwd", "/etc/../out/passwd"]) {
    const split = tarSplit([{ name, content: "x".repeat(40) }]);
    assert.match((await refusal(contentsOf(storage({ split }), "alpine"))).message, /is not in the storage/);
  }
});

test("what is missing, looped or broken says so", async () => {
  assert.equal((await refusal(openFromStorage({ roots: [storage()] }, "nothing"))).code, "storage.not-found");
  assert.equal(
    (await refusal(openFromStorage({ roots: [join(root, "nowhere")] }, "alpine"))).code,
    "storage.not-found",
  );
  assert.match(
    (await refusal(openFromStorage({ roots: [storage({ layers: [] })] }, "alpine"))).message,
    /layer a+ is missing/,
  );
  const digest = `sha256:${"b".repeat(64)}`;
  const loop = storage({ layers: [{ id: LAYER, parent: LAYER, "diff-digest": digest, "diff-size": 1 }] });
  assert.match((await refusal(openFromStorage({ roots: [loop] }, "alpine"))).message, /loop/);
  const split = gzipSync("no json");
  assert.match((await refusal(contentsOf(storage({ split }), "alpine"))).message, /tar-split/);
  assert.equal((await refusal(contentsOf(storage({ split: Buffer.from("no gzip") }), "alpine"))).kind, "input");
});

test("an image of one store may lie on a layer of another, and a driver that is named alone counts", async () => {
  const whole = storage();
  const upper = storage({ layers: [] });
  const image = await openFromStorage({ roots: [upper, whole] }, "alpine");
  const names: string[] = [];
  for (const layer of image.layers) await readLayer(image.store, layer, { entry: ({ name }) => names.push(name) > 9 });
  assert.deepEqual(names, ["etc/", "etc/os-release", "etc/alias", "empty"]);
  const place = (driver: string, isDriverFixed = true) =>
    openFromStorage({ roots: [whole], driver, isDriverFixed }, "alpine");
  assert.equal((await place("overlay")).storedName, "localhost/shop/web:1");
  assert.equal((await place("vfs", false)).storedName, "localhost/shop/web:1");
  assert.equal((await refusal(place("vfs"))).message, "the storage has no such image");
  assert.match((await refusal(place("btrfs"))).line(), /driver btrfs cannot be read .*podman save/);
});
