/** Indexes, manifests and configs: JSON documents checked by hand, for they come from whoever made the image. */
import { createHash } from "node:crypto";
import { type Digest, digestAlgorithm, parseDigest } from "../../core/digest.ts";
import { foldedKey, parseExactJson } from "../../core/exact-json.ts";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
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
  readonly artifactType?: string;
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
      cause: `digest mismatch: expected ${expected}, got ${found}`,
    });
  }
}

/** The fields that are read, of each kind of object. Go takes a key in another case for one of them. */
const fieldsOf = {
  manifest: new Set(["schemaVersion", "mediaType", "artifactType", "manifests", "config", "layers", "annotations"]),
  descriptor: new Set(["mediaType", "digest", "size", "platform", "annotations"]),
  platform: new Set(["os", "architecture", "variant", "os.version"]),
  image: new Set(["created", "os", "architecture", "variant", "os.version", "config", "rootfs", "history"]),
  config: new Set(["User", "Env", "Entrypoint", "Cmd", "Labels", "ExposedPorts", "Volumes", "WorkingDir"]),
  rootfs: new Set(["type", "diff_ids"]),
  history: new Set(["created", "created_by", "comment", "empty_layer"]),
} as const;

/** @throws Problem `oci.document`, and `oci.ambiguous` where two readers would read two documents */
export function parseIndexOrManifest(bytes: Buffer, place: string): Index | Manifest {
  const json = parseObject(bytes, fieldsOf.manifest, place);
  const mediaType = json.mediaType;
  if (json.schemaVersion === 1 && mediaType === undefined) {
    throw malformed(place, "a Docker schema 1 manifest, which Docker itself no longer reads");
  }
  const manifests = json.manifests;
  // A document with both lists could be read as either: the index specification tells readers to refuse it.
  if (manifests !== undefined && json.layers !== undefined) throw ambiguous(place, "index and manifest at once");
  if (Array.isArray(manifests)) {
    if (manifests.length > bounds.indexEntries) throw malformed(place, `more than ${bounds.indexEntries} manifests`);
    return { kind: "index", manifests: manifests.map((item, i) => descriptor(item, `${place}, manifests[${i}]`)) };
  }
  if (!Array.isArray(json.layers)) throw malformed(place, "neither manifests nor layers");
  if (json.layers.length > bounds.layers) throw malformed(place, `more than ${bounds.layers} layers`);
  return {
    kind: "manifest",
    ...(typeof json.artifactType === "string" ? { artifactType: json.artifactType } : {}),
    config: descriptor(json.config, `${place}, config`),
    layers: json.layers.map((item, i) => descriptor(item, `${place}, layers[${i}]`)),
    annotations: texts(json.annotations, `${place}, annotations`),
  };
}

export function isImageConfig(mediaType: string): boolean {
  return mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig;
}

/**
 * The image configuration (OCI image specification, config.md).
 *
 * @throws Problem `oci.document`, and `oci.ambiguous` where two readers would read two documents
 */
export function parseImageConfig(bytes: Buffer, place: string): ImageConfig {
  const json = parseObject(bytes, fieldsOf.image, place);
  const rootfs = object(json.rootfs, fieldsOf.rootfs, `${place}, rootfs`);
  const diffIds = rootfs?.diff_ids;
  if (!Array.isArray(diffIds)) throw malformed(place, "no rootfs.diff_ids");
  if (diffIds.length > bounds.layers) throw malformed(place, `more than ${bounds.layers} layers`);
  const at = `${place}, config`;
  const config = object(json.config, fieldsOf.config, at) ?? {};
  return {
    platform: platform(json, place),
    ...optional("created", text(json.created, `${place}, created`)),
    user: text(config.User, `${at}.User`) ?? "",
    env: list(config.Env, `${at}.Env`).map(textItem),
    entrypoint: list(config.Entrypoint, `${at}.Entrypoint`).map(textItem),
    cmd: list(config.Cmd, `${at}.Cmd`).map(textItem),
    labels: texts(config.Labels, `${at}.Labels`),
    exposedPorts: Object.keys(map(config.ExposedPorts, `${at}.ExposedPorts`)),
    volumes: Object.keys(map(config.Volumes, `${at}.Volumes`)),
    workingDir: text(config.WorkingDir, `${at}.WorkingDir`) ?? "",
    diffIds: diffIds.map((diffId, i) => {
      const digest = parseDigest(diffId);
      if (digest === undefined) throw malformed(place, `rootfs.diff_ids[${i}] is not a digest`);
      return digest;
    }),
    history: list(json.history, `${place}, history`).map(({ item, place }) => historyStep(item, place)),
  };
}

function historyStep(item: unknown, place: string): HistoryStep {
  const step = object(item, fieldsOf.history, place) ?? {};
  const empty = step.empty_layer ?? false;
  if (typeof empty !== "boolean") throw malformed(place, "its empty_layer is neither true nor false");
  return {
    createdBy: text(step.created_by, `${place}.created_by`) ?? "",
    ...optional("created", text(step.created, `${place}.created`)),
    ...optional("comment", text(step.comment, `${place}.comment`)),
    emptyLayer: empty,
  };
}

function platform(json: Json, place: string): Platform {
  return {
    os: text(json.os, `${place}, os`) ?? "",
    architecture: text(json.architecture, `${place}, architecture`) ?? "",
    ...optional("variant", text(json.variant, `${place}, variant`)),
    ...optional("osVersion", text(json["os.version"], `${place}, os.version`)),
  };
}

export function descriptor(item: unknown, place: string): Descriptor {
  const json = object(item, fieldsOf.descriptor, place);
  const digest = parseDigest(json?.digest);
  if (json === undefined || digest === undefined) throw malformed(place, "not a descriptor with a digest");
  const size = json.size;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
    throw malformed(place, "its size is invalid");
  const target = object(json.platform, fieldsOf.platform, `${place}, platform`);
  return {
    mediaType: text(json.mediaType, `${place}, mediaType`) ?? "",
    digest,
    size,
    ...(target === undefined ? {} : { platform: platform(target, `${place}, platform`) }),
    annotations: texts(json.annotations, `${place}, annotations`),
  };
}

/** Parses JSON that must be an object; depth is bounded by the document's own bytes. */
function parseObject(bytes: Buffer, fields: ReadonlySet<string>, place: string): Json {
  const json = object(parseJson(bytes, place), fields, place);
  if (json === undefined) throw malformed(place, "not a JSON object");
  return json;
}

/** @throws Problem `oci.document` for what is no JSON, `oci.ambiguous` for what is not the same to all readers of it */
export function parseJson(bytes: Buffer, place: string): unknown {
  const parsed = parseExactJson(bytes);
  if ("value" in parsed) return parsed.value;
  throw parsed.ambiguous ? ambiguous(place, parsed.fault) : malformed(place, parsed.fault);
}

/** The code of documents that are not the same to all readers: whoever made one may show each another image. */
export const AMBIGUOUS = "oci.ambiguous";

export function ambiguous(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: AMBIGUOUS, place, cause });
}

function malformed(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "oci.document", place, cause });
}

/** An object with fields that are known; null is as good as none, as it is to Go, and anything else is refused there. */
export function object(value: unknown, fields: ReadonlySet<string>, place: string): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw malformed(place, "not a JSON object");
  const key = foldedKey(value, fields);
  if (key === undefined) return value as Json;
  throw ambiguous(place, `its key ${JSON.stringify(key)} is read as another one by runtimes: they do not heed case`);
}

/** An object with any keys. */
function map(value: unknown, place: string): Json {
  return object(value, NONE, place) ?? {};
}

const NONE: ReadonlySet<string> = new Set();

function text(value: unknown, place: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw malformed(place, "not a string");
  return value;
}

function list(value: unknown, place: string): { item: unknown; place: string }[] {
  if (value === undefined || value === null) return [];
  // Docker takes a text for a list of one, others refuse it.
  if (!Array.isArray(value)) throw malformed(place, "not a list");
  return value.map((item: unknown, i) => ({ item, place: `${place}[${i}]` }));
}

function textItem({ item, place }: { item: unknown; place: string }): string {
  return text(item, place) ?? "";
}

function texts(value: unknown, place: string): Record<string, string> {
  const entries = Object.entries(map(value, place));
  return Object.fromEntries(entries.map(([key, item]) => [key, text(item, `${place}.${key}`) ?? ""]));
}

function optional<Key extends string>(key: Key, value: string | undefined): { [K in Key]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: string });
}
