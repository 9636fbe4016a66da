/** Images made in code, for tests: tar archives entry by entry, layers, layouts. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Digest, parseDigest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";

export interface FixtureEntry {
  readonly name: string;
  /** The header's type flag: 0 file, 1 hard link, 2 symlink, 5 folder, x pax, L long name… */
  readonly flag?: string;
  readonly link?: string;
  readonly content?: string | Buffer;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Stated in the header instead of the content's length. */
  readonly size?: number;
}

/** One entry: header, content, padding. Names more than 100 bytes are cut: write an `x` or `L` entry before. */
export function tarEntry(entry: FixtureEntry): Buffer {
  const content = Buffer.from(entry.content ?? "");
  const header = Buffer.alloc(512);
  header.write(entry.name.slice(0, 100), 0, "utf8");
  header.write(octal(entry.mode ?? 0o644, 7), 100);
  header.write(octal(entry.uid ?? 0, 7), 108);
  header.write(octal(entry.gid ?? 0, 7), 116);
  header.write(octal(entry.size ?? content.length, 11), 124);
  header.write(octal(0, 11), 136);
  header.write("        ", 148);
  header.write(entry.flag ?? "0", 156);
  header.write((entry.link ?? "").slice(0, 100), 157, "utf8");
  // GNU's sparse files are read with GNU's magic alone.
  header.write(entry.flag === "S" ? "ustar  \0" : "ustar\x0000", 257);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${octal(sum, 6)}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** A whole archive with its two zero blocks. */
export function tarOf(entries: readonly FixtureEntry[]): Buffer {
  return Buffer.concat([...entries.map(tarEntry), Buffer.alloc(1024)]);
}

/** A pax extended header for the entry that follows. */
export function paxEntry(records: Readonly<Record<string, string>>): FixtureEntry {
  const content = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(rest) + 1;
    while (String(length).length + Buffer.byteLength(rest) !== length) length += 1;
    return length + rest;
  });
  return { name: "PaxHeaders/x", flag: "x", content: content.join("") };
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

export function sha256(bytes: Buffer): Digest {
  return parseDigest(`sha256:${createHash("sha256").update(bytes).digest("hex")}`) as Digest;
}

export interface FixtureLayer {
  readonly tar: Buffer;
  /** The stored bytes; gzip of the tar where absent. */
  readonly stored?: Buffer;
  readonly createdBy?: string;
}

export interface FixtureImage {
  readonly manifest: Digest;
  readonly config: Digest;
  readonly diffIds: readonly Digest[];
  readonly blobs: ReadonlyMap<Digest, Buffer>;
}

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** Blobs of an image; `config` and `manifest` are merged over what is made here. */
export function fixtureImage(
  layers: readonly FixtureLayer[],
  changes: { config?: object; manifest?: object; history?: boolean } = {},
): FixtureImage {
  const blobs = new Map<Digest, Buffer>();
  const add = (bytes: Buffer): Digest => {
    const digest = sha256(bytes);
    blobs.set(digest, bytes);
    return digest;
  };
  const descriptors = layers.map((layer) => {
    const stored = layer.stored ?? gzipSync(layer.tar);
    return { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: add(stored), size: stored.length };
  });
  const diffIds = layers.map((layer) => sha256(layer.tar));
  const history = layers.map((layer, i) => ({ created_by: layer.createdBy ?? `layer ${i}` }));
  const configBytes = json({
    os: "linux",
    architecture: "amd64",
    rootfs: { type: "layers", diff_ids: diffIds },
    ...(changes.history === false ? {} : { history }),
    ...changes.config,
  });
  const config = add(configBytes);
  const manifest = add(
    json({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: config, size: configBytes.length },
      layers: descriptors,
      ...changes.manifest,
    }),
  );
  return { manifest, config, diffIds, blobs };
}

/** Writes images into an OCI layout folder: name → image. */
export function writeLayout(folder: string, images: Readonly<Record<string, FixtureImage>>): void {
  const manifests = Object.entries(images).map(([name, image]) => ({
    mediaType: MANIFEST,
    digest: image.manifest,
    size: image.blobs.get(image.manifest)?.length ?? 0,
    annotations: { "org.opencontainers.image.ref.name": name },
  }));
  writeLayoutParts(
    folder,
    manifests,
    Object.values(images).flatMap((image) => [...image.blobs]),
  );
}

/** Writes a layout with an index.json of any descriptors. */
export function writeLayoutParts(
  folder: string,
  manifests: readonly object[],
  blobs: Iterable<[Digest, Buffer]>,
): void {
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(folder, "index.json"), json({ schemaVersion: 2, manifests }));
  for (const [digest, bytes] of blobs) writeFileSync(join(folder, "blobs", digest.replace(":", "/")), bytes);
}

/** The Problem that a work must end in. */
export async function refusal(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error;
  }
  throw new Error("it was accepted");
}

export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
