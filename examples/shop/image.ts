import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { constants, gzipSync } from "node:zlib";
import { type LayerEntry, layerTar } from "./tar.ts";

/** An image of the shop, as its Dockerfile would build it. */
export interface ShopImage {
  /** The folder it is written to. */
  readonly name: string;
  /** What `org.opencontainers.image.ref.name` says. */
  readonly reference: string;
  readonly user: string;
  readonly env: readonly string[];
  readonly workingDir: string;
  readonly cmd: readonly string[];
  readonly exposedPorts?: readonly string[];
  /** As the configuration has it: `CMD-SHELL` and a text, or `CMD` and words. */
  readonly healthcheck?: readonly string[];
  readonly steps: readonly Step[];
}

/** One instruction: it brings a layer, or changes the configuration alone. */
export interface Step {
  /** ISO 8601, UTC. */
  readonly created: string;
  /** The history entry, in the form of the builder that would have written it. */
  readonly createdBy: string;
  readonly layer?: readonly LayerEntry[];
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

/**
 * Writes one image as an OCI image layout (image-layout.md) that holds this image alone, and replaces what stood
 * there; another process sees the old layout or the new one, never a half. Returns the manifest's digest.
 */
export function writeLayout(image: ShopImage, folder: string): string {
  const building = `${folder}.new-${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(join(building, "blobs", "sha256"), { recursive: true });
  const put = (content: Buffer): Blob => {
    const hex = createHash("sha256").update(content).digest("hex");
    writeFileSync(join(building, "blobs", "sha256", hex), content);
    return { digest: `sha256:${hex}`, size: content.length };
  };
  const putJson = (value: unknown): Blob => put(Buffer.from(JSON.stringify(value)));

  const layers: Blob[] = [];
  const diffIds: string[] = [];
  for (const step of image.steps) {
    if (step.layer === undefined) continue;
    const tar = layerTar(step.layer, Date.parse(step.created) / 1000);
    diffIds.push(`sha256:${createHash("sha256").update(tar).digest("hex")}`);
    layers.push(put(gzipSync(tar, { level: constants.Z_BEST_COMPRESSION })));
  }
  const config = putJson({
    created: image.steps.at(-1)?.created,
    architecture: "amd64",
    os: "linux",
    config: {
      ...(image.user === "" ? {} : { User: image.user }),
      ...(image.exposedPorts === undefined
        ? {}
        : { ExposedPorts: Object.fromEntries(image.exposedPorts.map((port) => [port, {}])) }),
      Env: image.env,
      Cmd: image.cmd,
      ...(image.healthcheck === undefined ? {} : { Healthcheck: { Test: image.healthcheck } }),
      WorkingDir: image.workingDir,
    },
    rootfs: { type: "layers", diff_ids: diffIds },
    history: image.steps.map((step) => ({
      created: step.created,
      created_by: step.createdBy,
      ...(step.layer === undefined ? { empty_layer: true } : {}),
    })),
  });
  const manifestType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = putJson({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: layers.map((layer) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", ...layer })),
  });
  const index = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        mediaType: manifestType,
        ...manifest,
        annotations: { "org.opencontainers.image.ref.name": image.reference },
      },
    ],
  };
  writeFileSync(join(building, "index.json"), JSON.stringify(index));
  writeFileSync(join(building, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));

  mkdirSync(dirname(folder), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(building, folder);
  return manifest.digest;
}
