/**
 * What a manifest says it is, for those who must decide about it before anybody runs it: whatever is stored under a manifest's
 * name, images or not (OCI image specification 1.1, manifest.md and image-index.md). Told by its content, never by its tag.
 */
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { bounds } from "../bounds.ts";
import { ambiguous, descriptor, isImageConfig, mediaTypes, object, parseJson } from "../document.ts";
import type { Descriptor } from "../model.ts";

export interface ManifestContent {
  /** `image`: its config is an image's; `artifact`: any other manifest. */
  readonly kind: "image" | "index" | "artifact";
  /** The one that it states itself; absent: it states none. */
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  /** Of an index. */
  readonly children: readonly Child[];
  /** What it is about, where it is a referrer. */
  readonly subject?: Digest;
}

export interface Child extends Descriptor {
  readonly artifactType?: string;
}

/** In another case one of these would be read by Go, and not here. */
const FIELDS: ReadonlySet<string> = new Set([
  "schemaVersion",
  "mediaType",
  "artifactType",
  "config",
  "layers",
  "manifests",
  "subject",
]);
const DESCRIPTOR_FIELDS: ReadonlySet<string> = new Set(["mediaType", "digest", "size", "artifactType", "platform"]);

/**
 * @throws Problem `oci.document` for what is no manifest, `oci.ambiguous` for what is not the same to all readers of it
 */
export function readManifestContent(bytes: Buffer, place: string): ManifestContent {
  const malformed = (cause: string) => new Problem({ kind: "input", code: "oci.document", place, cause });
  if (bytes.length > bounds.manifestBytes) throw malformed(`over ${bounds.manifestBytes} bytes`);
  const json = object(parseJson(bytes, place), FIELDS, place);
  if (json === undefined) throw malformed("not a JSON object");
  if (json.schemaVersion !== 2) throw malformed("its schemaVersion is not 2");
  const { manifests, layers } = json;
  if (manifests !== undefined && layers !== undefined) throw ambiguous(place, "index and manifest at once");
  const common = {
    ...textOf(json, "mediaType", malformed),
    ...textOf(json, "artifactType", malformed),
    ...subjectOf(json.subject, place, malformed),
  };
  if (manifests !== undefined) {
    if (json.config !== undefined) throw ambiguous(place, "an index with a config");
    const children = listOf(manifests, bounds.indexEntries, "manifests", malformed);
    return {
      kind: "index",
      ...common,
      layers: [],
      children: children.map((item, i) => childOf(item, `${place}, manifests[${i}]`, malformed)),
    };
  }
  const blobs = listOf(layers ?? [], bounds.layers, "layers", malformed);
  const config = json.config === undefined ? undefined : descriptor(json.config, `${place}, config`);
  return {
    kind: config !== undefined && isImageConfig(config.mediaType) ? "image" : "artifact",
    ...common,
    ...(config === undefined ? {} : { config }),
    layers: blobs.map((item, i) => descriptor(item, `${place}, layers[${i}]`)),
    children: [],
  };
}

type Malformed = (cause: string) => Problem;

function textOf<Key extends string>(
  json: Readonly<Record<string, unknown>>,
  key: Key,
  malformed: Malformed,
): { [K in Key]?: string } {
  const value = json[key];
  // Go writes an empty text where there is none.
  if (value === undefined || value === null || value === "") return {};
  if (typeof value !== "string") throw malformed(`its ${key} is not a string`);
  return { [key]: value } as { [K in Key]?: string };
}

function subjectOf(value: unknown, place: string, malformed: Malformed): { readonly subject?: Digest } {
  const about = object(value, DESCRIPTOR_FIELDS, `${place}, subject`);
  if (about === undefined) return {};
  const subject = parseDigest(about.digest);
  if (subject === undefined) throw malformed("its subject has no digest");
  return { subject };
}

/** Go writes an empty list as null. */
function listOf(value: unknown, most: number, key: string, malformed: Malformed): readonly unknown[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw malformed(`its ${key} are not a list`);
  if (value.length > most) throw malformed(`more than ${most} ${key}`);
  return value;
}

function childOf(item: unknown, place: string, malformed: Malformed): Child {
  const json = object(item, DESCRIPTOR_FIELDS, place);
  return { ...descriptor(item, place), ...(json === undefined ? {} : textOf(json, "artifactType", malformed)) };
}

/** Of each blob that it needs to be whole: its config and its layers, each once. */
export function blobsOf({ config, layers }: ManifestContent): readonly Digest[] {
  return [...new Set([...(config === undefined ? [] : [config]), ...layers].map(({ digest }) => digest))];
}

/** Types of manifests that are read; the names by which engines notify of them. */
export const manifestMediaTypes: ReadonlySet<string> = new Set([
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerList,
  mediaTypes.dockerManifest,
]);

/** What layers of signatures, attestations and SBOMs are: no runtime unpacks any of them. */
const STATEMENTS: ReadonlySet<string> = new Set([
  "application/vnd.dev.cosign.simplesigning.v1+json",
  "application/vnd.dsse.envelope.v1+json",
  "application/vnd.in-toto+json",
  "application/vnd.in-toto.provenance+dsse",
  "application/jose+json",
  "application/cose",
  "application/vnd.cyclonedx",
  "application/vnd.cyclonedx+json",
  "application/vnd.cyclonedx+xml",
  "application/spdx+json",
  "application/vnd.syft+json",
  "application/vnd.openvex+json",
  "text/spdx",
  "text/spdx+json",
  "text/spdx+xml",
]);
const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.[0-9]+)?\+json(?:;version=0\.[0-9]+)?$/;

/** Nothing but statements about an image: signatures, attestations, SBOMs. */
export function isStatement({ kind, layers }: ManifestContent): boolean {
  return (
    kind !== "index" &&
    layers.length > 0 &&
    layers.every(({ mediaType }) => STATEMENTS.has(mediaType) || BUNDLE.test(mediaType))
  );
}

/** What a tag that stands for an image's digest is for. */
export interface AttachmentTag {
  readonly subject: Digest;
  /** `referrers`: the list that stands in for the registry's own; `statement`: cosign's signature, attestation or SBOM. */
  readonly holds: "referrers" | "statement";
}

const ATTACHMENT = /^(sha256|sha512)-([0-9a-f]+)(\.(?:sig|att|sbom))?$/;

/**
 * Tags by which clients attach something to a digest: `sha256-HEX` (OCI distribution specification 1.1, "Referrers Tag Schema"),
 * `sha256-HEX.sig`, `.att`, `.sbom` (cosign). Undefined for any other. A name alone says nothing of what the tag holds.
 */
export function attachmentTag(tag: string): AttachmentTag | undefined {
  const [, algorithm, hex, suffix] = ATTACHMENT.exec(tag) ?? [];
  if (algorithm === undefined) return undefined;
  // Of a longer digest the schema keeps what fits into a tag: that is none, and the tag one like any other.
  const subject = parseDigest(`${algorithm}:${hex}`);
  if (subject === undefined) return undefined;
  return { subject, holds: suffix === undefined ? "referrers" : "statement" };
}
