/**
 * A bundle of advisories as an artifact of a registry (OCI image specification 1.1, manifest.md, "Guidelines for Artifact
 * Usage"): an empty config and one layer, which is the bundle. What makes it trusted is the bundle's own signature.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, renameSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Digest, parseDigest } from "../../core/digest.ts";
import { parseJson } from "../../core/parse-json.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import { valueAt } from "../../core/untyped.ts";
import { makePrivateFolder, refuseLink, refuseLinkedFolders } from "../../engines/files/write.ts";
import { formatReference, type ImageReference, parseReference } from "../../engines/oci/reference.ts";
import { openRegistry, type RegistryClient, type RegistryOptions } from "../../engines/oci/registry/client.ts";
import { openRegistryWriter } from "../../engines/oci/registry/push.ts";
import { bounds } from "../../engines/vulnerability/bounds.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const EMPTY = "application/vnd.oci.empty.v1+json";
const ARTIFACT = "application/vnd.bulkhead.advisories.v1";
const BUNDLE = "application/vnd.bulkhead.advisories.bundle.v1.tar";

/** `oci://REGISTRY/REPOSITORY:TAG`, `…@DIGEST`. @throws Problem `cli.usage`, `oci.reference` */
export function parseArtifact(written: string): ImageReference {
  const scheme = "oci://";
  if (!written.startsWith(scheme)) {
    throw usageProblem(written, "not a registry", "write oci://REGISTRY/REPOSITORY:TAG, or …@sha256:DIGEST");
  }
  return parseReference(written.slice(scheme.length));
}

export interface PushedArtifact {
  /** With the digest: what a pipeline pins. */
  readonly reference: string;
  /** Bytes of the bundle. */
  readonly size: number;
}

/** @param created - of the database, ISO 8601: the same database is the same artifact @throws Problem `registry.…` */
export async function pushBundle(
  reference: ImageReference,
  bundle: string,
  created: string,
  options: RegistryOptions,
): Promise<PushedArtifact> {
  const { digest, size } = await describe(bundle);
  const config = Buffer.from("{}");
  const empty = { mediaType: EMPTY, digest: sha256(config), size: config.length };
  const title = { "org.opencontainers.image.title": "advisories.bundle" };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      artifactType: ARTIFACT,
      config: empty,
      layers: [{ mediaType: BUNDLE, digest, size, annotations: title }],
      annotations: { "org.opencontainers.image.created": created },
    }),
  );
  const writer = openRegistryWriter(reference, options);
  try {
    await writer.blob({ ...empty, open: () => config });
    await writer.blob({ digest, size, open: () => createReadStream(bundle) });
    const stored = sha256(manifest);
    await writer.manifest(reference.tag ?? stored, { mediaType: MANIFEST, digest: stored, bytes: manifest });
    return { reference: `oci://${formatReference({ ...reference, digest: stored })}`, size };
  } finally {
    writer.close();
  }
}

export interface PulledBundle {
  /** With the digest that the registry has under the tag. */
  readonly reference: string;
  readonly file: string;
  /** False: the file was there, with the digest that the registry names. */
  readonly fetched: boolean;
}

/**
 * Fetches the bundle of an artifact into a file, unless the file holds it already. Nothing in it is trusted by that: its
 * digest is what the registry named.
 *
 * @throws Problem `registry.…`, `oci.digest-mismatch`, `bundle.artifact`, `files.link`
 */
export async function pullBundle(
  reference: ImageReference,
  file: string,
  options: RegistryOptions,
): Promise<PulledBundle> {
  // A cache of a pipeline may lie in the repository under review.
  refuseLink(file, "the bundle");
  refuseLinkedFolders(file);
  const registry = openRegistry(reference, options);
  try {
    const manifest = await registry.manifest(reference.digest ?? reference.tag ?? "latest");
    const layer = layerOf(parseJson(manifest.bytes.toString()), formatReference(reference));
    const pinned = `oci://${formatReference({ ...reference, digest: manifest.digest })}`;
    if (await holds(file, layer)) return { reference: pinned, file, fetched: false };
    await fetchLayer(registry, layer, file);
    return { reference: pinned, file, fetched: true };
  } finally {
    registry.close();
  }
}

interface Layer {
  readonly digest: Digest;
  readonly size: number;
}

/** @throws Problem `bundle.artifact` */
function layerOf(manifest: unknown, place: string): Layer {
  const layers = valueAt(manifest, ["layers"]);
  const [type, mediaType, written, size] = [
    ["artifactType"],
    ...["mediaType", "digest", "size"].map((key) => ["layers", 0, key]),
  ].map((path) => valueAt(manifest, path));
  const digest = typeof written === "string" ? parseDigest(written) : undefined;
  const fault = (cause: string) => new Problem({ kind: "input", code: "bundle.artifact", place, cause });
  if (type !== ARTIFACT || mediaType !== BUNDLE || !Array.isArray(layers) || layers.length !== 1) {
    throw fault("not an advisory database (`bulkhead db push` writes one)");
  }
  if (digest === undefined || typeof size !== "number" || !Number.isSafeInteger(size) || size <= 0) {
    throw fault("its manifest does not describe the bundle");
  }
  if (size > bounds.bundleBytes) throw fault(`the bundle exceeds the limit of ${bounds.bundleBytes} bytes`);
  return { digest, size };
}

async function holds(file: string, { digest, size }: Layer): Promise<boolean> {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size === size && (await describe(file)).digest === digest;
}

async function fetchLayer(registry: RegistryClient, { digest, size }: Layer, file: string): Promise<void> {
  const target = resolve(file);
  makePrivateFolder(dirname(target));
  const fresh = `${target}.${process.pid}.part`;
  const hash = createHash(digest.startsWith("sha512:") ? "sha512" : "sha256");
  try {
    await pipeline(
      await registry.blob(digest, size),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(fresh, { flags: "wx", mode: 0o600 }),
    );
    const actual = `${digest.split(":", 1)[0]}:${hash.digest("hex")}`;
    if (actual !== digest) {
      const cause = `digest mismatch: expected ${digest}, got ${actual}`;
      throw new Problem({ kind: "input", code: "oci.digest-mismatch", place: registry.place, cause });
    }
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { force: true });
  }
}

async function describe(file: string): Promise<Layer> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { digest: `sha256:${hash.digest("hex")}` as Digest, size };
}

function sha256(bytes: Buffer): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}
