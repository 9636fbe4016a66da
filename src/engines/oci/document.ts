/** Indexes, manifests and configs: JSON documents checked by hand, for they come from whoever made the image. */
import { createHash } from "node:crypto";
import { bounds } from "../../core/bounds.ts";
import { type Digest, digestAlgorithm, parseDigest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import type { Descriptor, HistoryStep, ImageConfig, Platform } from "./model.ts";

export const mediaTypes = {
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
} as const;

export interface Index {
  readonly kind: "index";
  readonly manifests: readonly Descriptor[];
}

export interface Manifest {
  readonly kind: "manifest";
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

type Json = { readonly [key: string]: unknown };

/** Throws Problem `oci.digest-mismatch` naming both digests. */
export function verifyDocument(bytes: Buffer, expected: Digest, place: string): void {
  const algorithm = digestAlgorithm(expected);
  const found = `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
  if (found !== expected) {
    throw new Problem({
      kind: "input",
      code: "oci.digest-mismatch",
      place,
      cause: `its bytes have digest ${found}, expected was ${expected}`,
    });
  }
}

export function parseIndexOrManifest(bytes: Buffer, place: string): Index | Manifest {
  const json = parseObject(bytes, place);
  const mediaType = json.mediaType;
  if (json.schemaVersion === 1 && mediaType === undefined) {
    throw malformed(place, "it is a Docker schema 1 manifest, which Docker itself no longer reads");
  }
  const manifests = json.manifests;
  // A document with both lists could be read as either: the index specification tells readers to refuse it.
  if (manifests !== undefined && json.layers !== undefined) throw malformed(place, "it is index and manifest at once");
  if (Array.isArray(manifests)) {
    if (manifests.length > bounds.indexEntries) throw malformed(place, `more than ${bounds.indexEntries} manifests`);
    return { kind: "index", manifests: manifests.map((item, i) => descriptor(item, `${place}, manifests[${i}]`)) };
  }
  if (!Array.isArray(json.layers)) throw malformed(place, "it has neither manifests nor layers");
  if (json.layers.length > bounds.layers) throw malformed(place, `more than ${bounds.layers} layers`);
  return {
    kind: "manifest",
    config: descriptor(json.config, `${place}, config`),
    layers: json.layers.map((item, i) => descriptor(item, `${place}, layers[${i}]`)),
    annotations: stringRecord(json.annotations),
  };
}

export function isImageConfig(mediaType: string): boolean {
  return mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig;
}

/** The image configuration (OCI image specification, config.md). */
export function parseImageConfig(bytes: Buffer, place: string): ImageConfig {
  const json = parseObject(bytes, place);
  const rootfs = object(json.rootfs);
  const diffIds = rootfs?.diff_ids;
  if (!Array.isArray(diffIds)) throw malformed(place, "it has no rootfs.diff_ids");
  if (diffIds.length > bounds.layers) throw malformed(place, `more than ${bounds.layers} layers`);
  const config = object(json.config) ?? {};
  return {
    platform: platform(json),
    ...optional("created", text(json.created)),
    user: text(config.User) ?? "",
    env: texts(config.Env),
    entrypoint: texts(config.Entrypoint),
    cmd: texts(config.Cmd),
    labels: stringRecord(config.Labels),
    exposedPorts: Object.keys(object(config.ExposedPorts) ?? {}),
    volumes: Object.keys(object(config.Volumes) ?? {}),
    workingDir: text(config.WorkingDir) ?? "",
    diffIds: diffIds.map((diffId, i) => {
      const digest = parseDigest(diffId);
      if (digest === undefined) throw malformed(place, `rootfs.diff_ids[${i}] is no digest`);
      return digest;
    }),
    history: Array.isArray(json.history) ? json.history.map(historyStep) : [],
  };
}

function historyStep(item: unknown): HistoryStep {
  const step = object(item) ?? {};
  return {
    createdBy: text(step.created_by) ?? "",
    ...optional("created", text(step.created)),
    ...optional("comment", text(step.comment)),
    emptyLayer: step.empty_layer === true,
  };
}

function platform(json: Json): Platform {
  return {
    os: text(json.os) ?? "",
    architecture: text(json.architecture) ?? "",
    ...optional("variant", text(json.variant)),
    ...optional("osVersion", text(json["os.version"])),
  };
}

export function descriptor(item: unknown, place: string): Descriptor {
  const json = object(item);
  const digest = parseDigest(json?.digest);
  if (json === undefined || digest === undefined) throw malformed(place, "it is no descriptor with a digest");
  const size = json.size;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
    throw malformed(place, "its size is invalid");
  const target = object(json.platform);
  return {
    mediaType: text(json.mediaType) ?? "",
    digest,
    size,
    ...(target === undefined ? {} : { platform: platform(target) }),
    annotations: stringRecord(json.annotations),
  };
}

/** Parses JSON that must be an object; depth is bounded by the document's own bytes. */
export function parseObject(bytes: Buffer, place: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw malformed(place, `it is no JSON: ${(error as Error).message}`);
  }
  const json = object(value);
  if (json === undefined) throw malformed(place, "it is no JSON object");
  return json;
}

function malformed(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "oci.document", place, cause });
}

function object(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function stringRecord(value: unknown): Record<string, string> {
  const entries = Object.entries(object(value) ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(entries);
}

function optional<Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: string });
}
