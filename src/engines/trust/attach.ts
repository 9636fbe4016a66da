/**
 * Puts a signature beside its image, in the form that whoever verifies it looks for. What is there already stays: layers and
 * lists are read, grown and written, one change after the other.
 */
import { createHash } from "node:crypto";
import type { Digest } from "../../core/digest.ts";
import { Problem } from "../../core/problem.ts";
import { isObject, valueAt } from "../../core/untyped.ts";
import { parseJson } from "../oci/document.ts";
import type { ImageReference } from "../oci/reference.ts";
import { cosignTag } from "../oci/referrers/repository.ts";
import type { Manifest } from "../oci/registry/client.ts";
import type { RegistryOptions } from "../oci/registry/options.ts";
import { manifestOf, openRegistryWriter, type PushedManifest, type RegistryWriter } from "../oci/registry/push.ts";
import { bounds } from "./bounds.ts";
import { annotations, mediaTypes } from "./forms.ts";
import type { CosignAnnotations, Envelope, SignatureForm } from "./model.ts";

/** The manifest that is signed, as a `subject` names it. */
export interface SignedManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
}

/** A signature that is to be kept; its envelope is of the form's kind. */
export interface NewSignature {
  readonly form: SignatureForm;
  readonly envelope: Envelope;
  /** Of an attestation: what lists say of it. */
  readonly predicateType?: string;
  /** Of notation: sha256 of each certificate's DER in lower-case hex, the signer's first. */
  readonly thumbprints?: readonly string[];
  /** ISO 8601: stated by bundles and notation's manifests. */
  readonly created?: string;
}

export interface Attached {
  readonly form: SignatureForm;
  /** `sha256-HEX.sig`, `.att`; absent of a referrer. */
  readonly tag?: string;
  /** Of the manifest that holds it, which under a tag is another with the next signature. Absent of a tag in a dry run. */
  readonly manifest?: Digest;
  /** Of the blob with the signature or its payload. */
  readonly blob: Digest;
  /** False of a dry run, and where a tag's manifest had it already. */
  readonly written: boolean;
}

export interface AttachOptions extends RegistryOptions {
  /** Nothing is written, and nothing asked. */
  readonly dryRun?: boolean;
}

/**
 * Attaches one signature in a repository of a registry.
 *
 * @throws Problem `trust.attach` where form and envelope do not fit, or what has the tag is none of cosign's manifests;
 *   `registry.…`, `registry.conflict`
 */
export async function attachSignature(
  repository: ImageReference,
  subject: SignedManifest,
  signature: NewSignature,
  options: AttachOptions = {},
): Promise<Attached> {
  const stored = storedSignature(subject, signature);
  const blob = stored.blobs[0].digest;
  const { form } = signature;
  const done = { form, blob, ...("tag" in stored ? { tag: stored.tag } : { manifest: stored.manifest.digest }) };
  if (options.dryRun === true) return { ...done, written: false };
  const writer = openRegistryWriter(repository, options);
  try {
    return { ...done, ...(await write(stored, writer)) };
  } finally {
    writer.close();
  }
}

interface Blob {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly bytes: Buffer;
}

/** What is written for one signature: a layer of a tag's manifest, or a manifest of its own. */
type StoredSignature =
  | { readonly blobs: readonly [Blob]; readonly tag: string; readonly layer: Layer }
  | { readonly blobs: readonly [Blob, Blob]; readonly manifest: PushedManifest };

interface Layer extends Omit<Blob, "bytes"> {
  readonly annotations: Readonly<Record<string, string>>;
}

async function write(stored: StoredSignature, writer: RegistryWriter): Promise<Pick<Attached, "written" | "manifest">> {
  for (const { digest, size, bytes } of stored.blobs) await writer.blob({ digest, size, open: () => bytes });
  if ("manifest" in stored) {
    await writer.manifest(stored.manifest.digest, stored.manifest);
    return { manifest: stored.manifest.digest, written: true };
  }
  const { tag, layer } = stored;
  let last: Digest | undefined;
  const written = await writer.update(tag, async (current) => {
    const grown = withLayer(current, layer, `${writer.place}:${tag}`);
    last = grown?.manifest.digest ?? current?.digest;
    if (grown === undefined) return undefined;
    const { digest, size, bytes } = grown.config;
    await writer.blob({ digest, size, open: () => bytes });
    return grown.manifest;
  });
  return { written, ...(last === undefined ? {} : { manifest: last }) };
}

function storedSignature(subject: SignedManifest, signature: NewSignature): StoredSignature {
  const { form, envelope } = signature;
  switch (form) {
    case "cosign-sig":
    case "cosign-referrer": {
      if (envelope.kind !== "simple-signing") throw unfit(signature);
      const blob = blobOf(mediaTypes.simpleSigning, envelope.payload);
      const named = { [annotations.signature]: envelope.signature, ...layerAnnotations(envelope) };
      const layer = layerOf(blob, named);
      if (form === "cosign-sig") return { blobs: [blob], tag: tagOf(subject, "sig"), layer };
      const config = { ...imageConfig([layer]), mediaType: mediaTypes.cosignArtifact };
      return { blobs: [blob, config], manifest: referrerOf(subject, config, layer, {}) };
    }
    case "cosign-att": {
      if (envelope.kind !== "dsse") throw unfit(signature);
      const blob = blobOf(mediaTypes.dsse, envelope.bytes);
      // cosign reads no signature here, and wants the annotation all the same.
      const named = { [annotations.signature]: "", ...predicateOf(signature), ...layerAnnotations(envelope) };
      return { blobs: [blob], tag: tagOf(subject, "att"), layer: layerOf(blob, named) };
    }
    case "bundle-attestation":
    case "bundle-signature": {
      if (envelope.kind !== "bundle") throw unfit(signature);
      const blob = blobOf(mediaTypes.bundle, envelope.bytes);
      const { predicateType } = signature;
      const named = {
        "dev.sigstore.bundle.content": "dsse-envelope",
        ...(predicateType === undefined ? {} : { "dev.sigstore.bundle.predicateType": predicateType }),
      };
      const manifest = referrerOf(subject, emptyConfig, layerOf(blob, {}), {
        artifactType: mediaTypes.bundle,
        annotations: { ...named, ...createdOf(signature) },
      });
      return { blobs: [blob, emptyConfig], manifest };
    }
    case "notation-jws":
    case "notation-cose": {
      if (envelope.kind !== (form === "notation-jws" ? "jws" : "cose")) throw unfit(signature);
      const blob = blobOf(mediaTypes[envelope.kind], envelope.bytes);
      const config = { ...emptyConfig, mediaType: mediaTypes.notation };
      const thumbprints = { "io.cncf.notary.x509chain.thumbprint#S256": JSON.stringify(signature.thumbprints ?? []) };
      const manifest = referrerOf(subject, config, layerOf(blob, {}), {
        annotations: { ...thumbprints, ...createdOf(signature) },
      });
      return { blobs: [blob, config], manifest };
    }
  }
}

function blobOf(mediaType: string, content: Uint8Array): Blob {
  const bytes = Buffer.from(content);
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
  return { mediaType, digest, size: bytes.length, bytes };
}

const emptyConfig = blobOf(mediaTypes.empty, Buffer.from("{}"));

function layerOf({ mediaType, digest, size }: Blob, named: Readonly<Record<string, string>>): Layer {
  return { mediaType, digest, size, annotations: named };
}

function layerAnnotations(envelope: CosignAnnotations): Record<string, string> {
  const named: Record<string, string> = {};
  for (const key of ["certificate", "chain", "rekorBundle", "timestamp"] as const) {
    const text = envelope[key];
    if (text !== undefined) named[annotations[key]] = text;
  }
  return named;
}

function predicateOf({ predicateType }: NewSignature): Record<string, string> {
  return predicateType === undefined ? {} : { [annotations.predicateType]: predicateType };
}

function createdOf({ created }: NewSignature): Record<string, string> {
  return created === undefined ? {} : { "org.opencontainers.image.created": created };
}

function referrerOf(
  { mediaType, size, digest }: SignedManifest,
  config: Blob,
  layer: Layer,
  more: { readonly artifactType?: string; readonly annotations?: Readonly<Record<string, string>> },
): PushedManifest {
  const subject = { mediaType, size, digest };
  return manifestOf({ ...manifestHead, ...more, config: described(config), layers: [layer], subject });
}

const manifestHead = { schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json" } as const;

function described({ mediaType, size, digest }: Blob) {
  return { mediaType, size, digest };
}

/** cosign's manifests are images to those who read no further: their config lists the layers. */
function imageConfig(layers: readonly unknown[]): Blob {
  const created = "0001-01-01T00:00:00Z";
  const config = {
    ...{ architecture: "", created, history: layers.map(() => ({ created })), os: "" },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => valueAt(layer, ["digest"])) },
    config: {},
  };
  return blobOf("application/vnd.oci.image.config.v1+json", Buffer.from(JSON.stringify(config)));
}

/** Undefined where it has the layer already. @throws Problem `trust.attach`, `trust.bound` */
function withLayer(
  current: Manifest | undefined,
  layer: Layer,
  place: string,
): { readonly manifest: PushedManifest; readonly config: Blob } | undefined {
  const document = current === undefined ? { ...manifestHead, layers: [] } : parseJson(current.bytes, place);
  if (!isObject(document) || !Array.isArray(document.layers)) {
    throw new Problem({
      kind: "input",
      code: "trust.attach",
      place,
      cause: "not a manifest, so no signature can be added",
    });
  }
  const before: readonly unknown[] = document.layers;
  if (before.some((each) => isSame(each, layer))) return undefined;
  if (before.length >= bounds.signatures) {
    const cause = `${before.length} signatures, and the limit is ${bounds.signatures}`;
    throw new Problem({ kind: "input", code: "trust.bound", place, cause });
  }
  const layers = [...before, layer];
  const config = imageConfig(layers);
  const mediaType = current?.mediaType ?? manifestHead.mediaType;
  return { config, manifest: manifestOf({ ...document, mediaType, config: described(config), layers }) };
}

function isSame(known: unknown, layer: Layer): boolean {
  return (
    valueAt(known, ["digest"]) === layer.digest &&
    Object.entries(layer.annotations).every(([key, text]) => valueAt(known, ["annotations", key]) === text)
  );
}

function tagOf(subject: SignedManifest, suffix: "sig" | "att"): string {
  const tag = cosignTag(subject.digest, suffix);
  if (tag !== undefined) return tag;
  const cause = "digest is too long for a cosign tag";
  throw new Problem({
    kind: "usage",
    code: "trust.attach",
    place: subject.digest,
    cause,
    remedy: "use a referrer form",
  });
}

function unfit({ form, envelope }: NewSignature): Problem {
  return new Problem({
    kind: "usage",
    code: "trust.attach",
    place: form,
    cause: `a ${envelope.kind} envelope does not fit this form`,
  });
}
