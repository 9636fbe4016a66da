/** Images that are small to download and large to look at: bounded memory, or refused. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { createGzip, gzipSync } from "node:zlib";
import { bounds } from "../src/collect/bounds.ts";
import { npmPackage } from "../src/collect/image/image-files.fixture.ts";
import { type Digest, parseDigest } from "../src/core/digest.ts";
import { json, sha256, tarEntry, tarOf, writeLayoutParts } from "../src/engines/oci/image.fixture.ts";
import { createTarWalker } from "../src/engines/oci/tar.ts";
import { bulkhead } from "./bulkhead.ts";
import { importMade, now } from "./made-advisories.ts";

let folder: string;
let layouts = 0;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-large-"));
  for (const name of ["tmp", "home", "cwd", "images"]) mkdirSync(join(folder, name));
  await importMade(folder);
});
after(() => rmSync(folder, { recursive: true }));

const harmlessTar = tarOf([npmPackage("sound", "1.0.0")]);

/** What a generator yields, gzipped into a layer: large ones never exist as a whole. */
async function layerFrom(chunks: () => Iterable<Buffer>): Promise<{ stored: Buffer; diffId: Digest }> {
  const hash = createHash("sha256");
  const hashed = function* () {
    for (const chunk of chunks()) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const stored = await buffer(Readable.from(hashed(), { objectMode: false }).pipe(createGzip({ level: 1 })));
  return { stored, diffId: parseDigest(`sha256:${hash.digest("hex")}`) as Digest };
}

/** A layout with the harmless layer and this one over it. */
function layoutWith({ stored, diffId }: { stored: Buffer; diffId: Digest }): string {
  const base = gzipSync(harmlessTar);
  const config = json({
    os: "linux",
    architecture: "amd64",
    config: { User: "10001" },
    rootfs: { type: "layers", diff_ids: [sha256(harmlessTar), diffId] },
  });
  const layers = [base, stored].map((bytes) => ({ mediaType: "", digest: sha256(bytes), size: bytes.length }));
  const manifest = json({
    schemaVersion: 2,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: sha256(config), size: config.length },
    layers,
  });
  layouts += 1;
  const at = join(folder, "images", String(layouts));
  const blobs = [base, stored, config, manifest].map((bytes) => [sha256(bytes), bytes] as [Digest, Buffer]);
  writeLayoutParts(
    at,
    [{ mediaType: "application/vnd.oci.image.manifest.v1+json", digest: sha256(manifest), size: manifest.length }],
    blobs,
  );
  return at;
}

async function scanned(reference: string) {
  const cwd = join(folder, "cwd");
  const home = join(folder, "home");
  const options = ["--db", join(folder, "advisories.db"), "--now", now, "--quiet"];
  return await bulkhead(["image", "scan", reference, ...options], {
    cwd,
    home,
    environment: { TMPDIR: join(folder, "tmp") },
  });
}

describe("a large image, through the command line", () => {
  it("is a gzip bomb: 300 MB of zeros from 1.5 MB, in memory that does not grow with it", async () => {
    const zeros = Buffer.alloc(1024 * 1024);
    const count = 300;
    const bomb = await layerFrom(function* () {
      const { name } = npmPackage("bomb", "1.0.0");
      yield tarEntry({ name, size: count * zeros.length });
      for (let i = 0; i < count; i++) yield zeros;
      yield zeros.subarray(0, 1024);
    });
    assert.ok(bomb.stored.length < 2_000_000);
    const { code, stdout, stderr, peak } = await scanned(layoutWith(bomb));
    assert.deepEqual([code, stderr], [3, ""], stdout);
    assert.match(stdout, /bomb\/package\.json: 314572800 bytes exceed the limit/);
    assert.ok(peak < 250, `${peak} MiB`);
  });

  it("has three hundred thousand folders", async () => {
    const many = await layerFrom(() => folders(300_000));
    const { code, stdout, stderr, peak } = await scanned(layoutWith(many));
    assert.deepEqual([code, stderr], [0, ""], stdout);
    assert.ok(peak < 500, `${peak} MiB`);
  });

  it("left nothing outside its cache", () => {
    assert.deepEqual(readdirSync(join(folder, "cwd")), []);
    assert.deepEqual(readdirSync(join(folder, "tmp")), []);
    assert.deepEqual(readdirSync(join(folder, "home")), [".cache"]);
    assert.deepEqual(readdirSync(join(folder, "home", ".cache")), ["bulkhead"]);
  });
});

/** A tar of folders with names of nine digits, each header made from the one before. */
function* folders(count: number): Generator<Buffer> {
  const perChunk = 1_000;
  const digits = 9;
  const first = tarEntry({ name: "0".repeat(digits), flag: "5" });
  const sum = Number.parseInt(first.toString("latin1", 148, 154), 8) - digits * 0x30;
  for (let from = 0; from < count; from += perChunk) {
    const chunk = Buffer.alloc(Math.min(perChunk, count - from) * 512);
    for (let i = 0; i * 512 < chunk.length; i++) {
      first.copy(chunk, i * 512);
      const name = String(from + i).padStart(digits, "0");
      chunk.write(name, i * 512, "latin1");
      let own = sum;
      for (let digit = 0; digit < digits; digit++) own += name.charCodeAt(digit);
      chunk.write(own.toString(8).padStart(6, "0"), i * 512 + 148, "latin1");
    }
    yield chunk;
  }
  yield Buffer.alloc(1024);
}

it("more entries than the bound are refused, however small they are", () => {
  const header = tarEntry({ name: "d", flag: "5" });
  const headers = Buffer.concat(Array.from({ length: 2_000 }, () => header));
  const walker = createTarWalker("here", { entry: () => false });
  for (let i = 0; i < bounds.entries; i += 2_000) walker.write(headers);
  assert.throws(() => walker.write(header), new RegExp(`more than ${bounds.entries} entries`));
});
