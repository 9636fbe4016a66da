/**
 * What an image was built from, as far as files say: the commit of the directory, the lockfiles in it, and the base
 * images of its Dockerfile and of the image itself. Claims of whoever has the directory, which provenance lists as such.
 */
import { createHash } from "node:crypto";
import { createReadStream, lstatSync } from "node:fs";
import { join } from "node:path";
import { type Digest, digestAlgorithm, digestHex, parseDigest } from "../../core/digest.ts";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { openReading } from "../../engines/git/file-at.ts";
import { readCheckout } from "../../engines/git/remote.ts";
import { readRevision } from "../../engines/git/revision.ts";
import { formatReference, type ImageReference, parseReference, repositoryOf } from "../../engines/oci/reference.ts";
import { bounds } from "../../engines/trust/signing/bounds.ts";
import type { Resource } from "../../engines/trust/signing/provenance/model.ts";
import { discover } from "../tree/discover.ts";
import { readBoundedText } from "../tree/text-file.ts";

export interface Materials {
  /** `https://github.com/shop/api`, of the checkout's remote. */
  readonly remote?: string;
  readonly commit?: string;
  /** Bases of the Dockerfile, then lockfiles by their paths. */
  readonly resources: readonly Resource[];
  /** What is not among them, one sentence each. */
  readonly notes: readonly string[];
}

/** @throws Problem where the directory or the Dockerfile cannot be read, or over a bound */
export async function collectMaterials(folder: string, dockerfiles: readonly string[]): Promise<Materials> {
  const notes: string[] = [];
  const { remote, reason } = readCheckout(folder);
  const commit = commitOf(folder, notes);
  if (remote === undefined && reason !== undefined) notes.push(`source repository unknown: ${reason}`);
  const bases = dockerfiles.flatMap((file) => basesOf(file, notes));
  const { lockfiles } = await discover(folder);
  if (bases.length + lockfiles.length > bounds.materials) {
    throw tooMuch(folder, `more than ${bounds.materials} lockfiles and base images`);
  }
  const resources: Resource[] = [...bases];
  for (const path of lockfiles) resources.push({ name: path, digest: { sha256: await hashOf(folder, path) } });
  return {
    ...(remote === undefined ? {} : { remote: `https://${remote}` }),
    ...(commit === undefined ? {} : { commit }),
    resources,
    notes,
  };
}

/** The base that an image names in its annotations (OCI image specification, annotations.md); a claim of who built it. */
export function statedBase(annotations: Readonly<Record<string, string>>): Resource | undefined {
  const name = annotations["org.opencontainers.image.base.name"];
  const digest = parseDigest(annotations["org.opencontainers.image.base.digest"]);
  if (digest === undefined) return undefined;
  return { ...(name === undefined ? {} : { uri: imageUri(name) }), digest: digestSet(digest) };
}

/** Each resource once: an image may state the base that its Dockerfile names. */
export function distinct(resources: readonly Resource[]): Resource[] {
  const seen = new Set<string>();
  return resources.filter(({ uri, name, digest }) => {
    const key = JSON.stringify([uri ?? name, digest]);
    return !seen.has(key) && seen.add(key);
  });
}

function commitOf(folder: string, notes: string[]): string | undefined {
  try {
    return readRevision("HEAD", openReading(folder)).id;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    notes.push(`commit unknown: ${error.message}`);
    return undefined;
  }
}

/** Images of its FROM instructions that are pinned; the others could be anything by now, so nothing is said of them. */
function basesOf(file: string, notes: string[]): Resource[] {
  const text = readBoundedText(file, bounds.keyBytes * 16);
  if (text === undefined) throw tooMuch(file, "cannot be read as a Dockerfile");
  const resources: Resource[] = [];
  for (const { from } of parseDockerfile(file, text).stages) {
    if (from.origin.kind !== "image") continue;
    const written = from.image.value ?? from.image.stated;
    const reference = written === undefined ? undefined : referenceOf(written);
    if (reference?.digest === undefined) {
      notes.push(`base image ${written ?? from.image.raw} is not pinned by digest and not listed`);
    } else resources.push({ uri: imageUri(formatReference(reference)), digest: digestSet(reference.digest) });
  }
  return distinct(resources);
}

/** `oci://REGISTRY/REPOSITORY:TAG`: where it is, while the digest says what it is. */
function imageUri(name: string): string {
  const reference = referenceOf(name);
  if (reference === undefined) return `oci://${encodeURI(name)}`;
  return `oci://${repositoryOf(reference)}${reference.tag === undefined ? "" : `:${reference.tag}`}`;
}

function referenceOf(text: string): ImageReference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof Problem && !isEvidenceProblem(error)) return undefined;
    throw error;
  }
}

function digestSet(digest: Digest): Resource["digest"] {
  return { [digestAlgorithm(digest)]: digestHex(digest) };
}

async function hashOf(folder: string, path: string): Promise<string> {
  const file = join(folder, path);
  const { size } = lstatSync(file);
  if (size > bounds.lockfileBytes) throw tooMuch(path, `${size} bytes exceed the limit of ${bounds.lockfileBytes}`);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function tooMuch(place: string, cause: string): Problem {
  return new Problem({ kind: "usage", code: "signing.materials", place, cause });
}
