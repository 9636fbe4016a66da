/** Where an image is, seen as the place that other manifests about it may lie in too: a repository of a registry, or an OCI layout. */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { type Digest, digestAlgorithm, digestHex } from "../../../core/digest.ts";
import type { Gap } from "../../../core/evidence.ts";
import { Problem } from "../../../core/problem.ts";
import type { Descriptor } from "../model.ts";
import { isTag } from "../reference.ts";
import type { Referrer } from "./list.ts";

export interface StoredManifest {
  readonly mediaType: string;
  /** Over the bytes. */
  readonly digest: Digest;
  readonly bytes: Buffer;
}

/** Each failure is a Problem: a look-up without an answer is not one that found nothing. */
export interface Repository {
  /** For messages: `registry.example/shop/web`, `oci:/srv/image`. */
  readonly place: string;
  /** What a tag names now; undefined where nothing has it. */
  tagged(tag: string): Promise<StoredManifest | undefined>;
  /** By digest, verified. */
  manifest(entry: Pick<Descriptor, "digest" | "mediaType">): Promise<StoredManifest>;
  /** A blob of the size that its descriptor states, read whole and verified. */
  blob(entry: Pick<Descriptor, "digest" | "size">): Promise<Buffer>;
  /** What is about a manifest, as the place lists it. */
  referrers(subject: Digest): Promise<FoundReferrers>;
  close(): Promise<void>;
}

export interface FoundReferrer extends Referrer {
  /** `referrers-tag`: what the entry says of its type may be wrong. */
  readonly by: "referrers" | "referrers-tag";
}

export interface FoundReferrers {
  readonly entries: readonly FoundReferrer[];
  /** Why there may be more. */
  readonly gaps: readonly Gap[];
}

/**
 * The tag that stands in for a list of referrers ("Referrers Tag Schema"): `sha256-HEX`, with at most 64 characters of the hex.
 */
export function referrersTag(subject: Digest): string {
  return `${digestAlgorithm(subject)}-${digestHex(subject).slice(0, 64)}`;
}

/** `sha256-HEX.sig` or `.att`, by cosign's convention; undefined where the digest is too long for one. */
export function cosignTag(subject: Digest, suffix: "sig" | "att"): string | undefined {
  const tag = `${digestAlgorithm(subject)}-${digestHex(subject)}.${suffix}`;
  return isTag(tag) ? tag : undefined;
}

/** @throws Problem `oci.digest-mismatch`, `oci.blob-size` */
export async function readBlob(stream: Readable, { digest, size }: Pick<Descriptor, "digest" | "size">, place: string) {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > size) break;
    chunks.push(chunk);
  }
  stream.destroy();
  const fault = (code: string, cause: string) => new Problem({ kind: "input", code, place, cause });
  if (length !== size) throw fault("oci.blob-size", `not the ${size} bytes that its descriptor states`);
  const bytes = Buffer.concat(chunks, length);
  const algorithm = digestAlgorithm(digest);
  const found = `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
  if (found === digest) return bytes;
  throw fault("oci.digest-mismatch", `its bytes have digest ${found}, expected was ${digest}`);
}
