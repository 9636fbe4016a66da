import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../core/problem.ts";
import { runs } from "../../core/runs.fixture.ts";
import { openArchive } from "./archive.ts";
import { bounds } from "./bounds.ts";
import { type FixtureEntry, fixtureImage, json, tarOf } from "./image.fixture.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-archive-"));
after(() => rmSync(root, { recursive: true, force: true }));
const file = join(root, "web.tar");

const layerTar = tarOf([{ name: "hello", content: "world" }]);
const image = fixtureImage([{ tar: layerTar }]);
const members: readonly FixtureEntry[] = [
  { name: "config.json", content: image.blobs.get(image.config) ?? "" },
  { name: "layer.tar", content: layerTar },
];
const manifest = [{ Config: "config.json", RepoTags: ["shop/web:1"], Layers: ["layer.tar"] }];

/** Tags and config digests of all images in an archive; throws what opening any of them throws. */
async function imagesIn(bytes: Buffer): Promise<string[]> {
  writeFileSync(file, bytes);
  const archive = await openArchive(file);
  assert.ok(archive.kind === "docker");
  try {
    const found: string[] = [];
    for (const entry of archive.images) found.push(`${entry.tags} ${(await entry.open()).configDigest}`);
    return found;
  } finally {
    await archive.close();
  }
}

function archiveOf(listing: unknown, more: readonly FixtureEntry[] = members): Buffer {
  return tarOf([...more, { name: "manifest.json", content: json(listing) }]);
}

async function mustEndWell(bytes: Buffer): Promise<void> {
  try {
    await imagesIn(bytes);
  } catch (error) {
    assert.ok(error instanceof Problem && error.kind === "input", String(error));
    assert.ok(error.place.includes(file), error.place);
  }
}

test("an archive may hold several images, and one without a name", async () => {
  const listing = [...manifest, { Config: "config.json", RepoTags: null, Layers: ["layer.tar"] }];
  assert.deepEqual(await imagesIn(archiveOf(listing)), [`shop/web:1 ${image.config}`, ` ${image.config}`]);
});

test("a listing of which two readers make two is refused: keys that fold, keys and members that stand twice", async () => {
  const listing = JSON.stringify(manifest[0]);
  const texts = [
    `[${listing.replace("}", ',"layers":["other.tar"]}')}]`,
    `[${listing.replace("}", ',"Layers":["other.tar"]}')}]`,
    `[${listing.replace("Config", "config")}]`,
  ];
  for (const content of texts) {
    const bytes = tarOf([...members, { name: "manifest.json", content }]);
    await assert.rejects(imagesIn(bytes), (error: Problem) => error.code === "oci.ambiguous");
  }
  const twice = archiveOf(manifest, [...members, { name: "./manifest.json", content: json(manifest) }]);
  await assert.rejects(imagesIn(twice), /more than once/);
});

test("a listing that is none, and layers over the bound, are refused", async () => {
  const layers = Array.from({ length: bounds.layers + 1 }, () => "layer.tar");
  const listings = [[], {}, [null], [{}], [{ Config: 1, Layers: [] }], [{ Config: "config.json", Layers: [1] }]];
  for (const listing of [...listings, [{ Config: "config.json", Layers: layers }]]) {
    await assert.rejects(
      imagesIn(archiveOf(listing)),
      (error) => error instanceof Problem && error.code === "oci.document",
    );
  }
  const others = [
    [{ Config: "config.json", Layers: [] }],
    [{ Config: "config.json", Layers: ["layer.tar", "layer.tar"] }],
  ];
  for (const listing of others) await assert.rejects(imagesIn(archiveOf(listing)), /layers/);
});

test("a config or listing over the bound is not read", async () => {
  const large = { name: "config.json", content: Buffer.alloc(bounds.manifestBytes + 1, " ") };
  await assert.rejects(imagesIn(archiveOf(manifest, [large])), /exceeds the limit/);
});

test("a listing with anything anywhere ends in images or a Problem", async () => {
  const name = fc.oneof(
    fc.constantFrom<unknown>("config.json", "layer.tar", "../layer.tar", "nowhere"),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const entry = fc.record(
    {
      Config: name,
      RepoTags: fc.oneof(fc.array(name), name),
      Layers: fc.oneof(fc.array(name, { maxLength: 2 }), name),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.array(fc.oneof(entry, name), { maxLength: 3 }), name), (listing) =>
      mustEndWell(archiveOf(listing)),
    ),
    runs(200),
  );
});

test("an archive with changed bytes or a missing end ends in images or a Problem", async () => {
  const whole = archiveOf(manifest);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }),
      fc.integer({ min: 0, max: whole.length }),
      async (changes, length) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        await mustEndWell(bytes);
      },
    ),
    runs(200),
  );
});
