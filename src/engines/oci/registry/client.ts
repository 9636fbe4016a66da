/** Pulling from a registry, as the OCI distribution specification 1.1 ("Pull") describes it. */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { type Digest, digestAlgorithm, parseDigest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import type { HttpAnswer } from "../../../net/client.ts";
import { type ImageReference, isTag } from "../reference.ts";
import { streamBlob } from "./blob-stream.ts";
import { readBody } from "./body.ts";
import { manifestMediaType, manifestMediaTypes } from "./media-type.ts";
import type { RegistryOptions } from "./options.ts";
import { retry } from "./retry.ts";
import { openSession } from "./session.ts";
import { describeUrl } from "./url.ts";

export type { RegistryOptions };

export interface Manifest {
  readonly mediaType: string;
  /** Computed over the bytes: by the algorithm of the digest that was asked for, else sha256. */
  readonly digest: Digest;
  readonly bytes: Buffer;
}

/** A reader of one repository. Every failure is a Problem whose code starts with `registry.` or `oci.`. */
export interface RegistryClient {
  /** The repository, for messages: `registry.example:5000/shop/web`. */
  readonly place: string;
  /**
   * An index or manifest by tag or digest.
   *
   * @throws Problem `oci.digest-mismatch`, `registry.schema-1`, `registry.media-type`, `registry.not-found`…
   */
  manifest(tagOrDigest: string): Promise<Manifest>;
  /** A small blob such as the config, read whole and verified. `maxBytes` is at most limits.manifestBytes. */
  document(digest: Digest, maxBytes?: number): Promise<Buffer>;
  /**
   * A blob's stored bytes, not verified, from an offset on. It survives broken connections and stalls; see
   * {@link streamBlob}. Size violations end it with `registry.blob-size`.
   */
  blob(digest: Digest, expectedSize: number, options?: { readonly from?: number }): Promise<Readable>;
  close(): void;
}

/** Nothing is sent before the first read. @throws Problem `registry.ca-file` */
export function openRegistry(reference: ImageReference, options: RegistryOptions = {}): RegistryClient {
  const session = openSession(reference, options, "pull");
  const { place, limits, clock, inTime } = session;

  /** One try: resolves with a success, and throws everything else. */
  const request = (path: string, headers: Record<string, string>, signal: AbortSignal) =>
    session.request({ path, method: "GET", headers, accepts: [200, 206] }, signal);

  async function readDocument(
    path: string,
    headers: Record<string, string>,
    maxBytes: number,
    what: string,
  ): Promise<{ readonly answer: HttpAnswer; readonly bytes: Buffer }> {
    return await inTime(what, (signal) =>
      retry(
        async () => {
          const answer = await request(path, headers, signal);
          if (answer.status !== 200) throw unaskedPart(answer);
          const { stallMilliseconds } = limits;
          return { answer, bytes: await readBody(answer, { limit: maxBytes, stallMilliseconds, signal }) };
        },
        limits,
        clock,
        signal,
      ),
    );
  }

  async function manifest(tagOrDigest: string): Promise<Manifest> {
    const asked = parseDigest(tagOrDigest);
    if (asked === undefined && !isTag(tagOrDigest)) {
      const cause = "neither a tag nor a digest";
      throw new Problem({ kind: "usage", code: "oci.reference", place: `"${tagOrDigest.slice(0, 120)}"`, cause });
    }
    const path = `${reference.path}/manifests/${tagOrDigest}`;
    const headers = { accept: manifestMediaTypes.join(", ") };
    const what = `manifest ${tagOrDigest}`;
    const { answer, bytes } = await readDocument(path, headers, limits.manifestBytes, what);
    // Of what was asked by tag, the registry's own word is only good for noticing that something got lost on the way.
    const expected = asked ?? parseDigest(answer.headers["docker-content-digest"]);
    if (expected !== undefined) verify(bytes, expected, `${what} of ${place}`);
    const mediaType = manifestMediaType(answer.headers["content-type"], bytes, `${what} of ${place}`);
    return { mediaType, digest: asked ?? digestOf("sha256", bytes), bytes };
  }

  async function document(digest: Digest, maxBytes = limits.manifestBytes): Promise<Buffer> {
    const what = `blob ${digest}`;
    const most = Math.min(maxBytes, limits.manifestBytes);
    const { bytes } = await readDocument(`${reference.path}/blobs/${digest}`, {}, most, what);
    verify(bytes, digest, `${what} of ${place}`);
    return bytes;
  }

  async function blob(digest: Digest, expectedSize: number, { from = 0 } = {}): Promise<Readable> {
    const open = (offset: number, closed: AbortSignal) =>
      inTime(`blob ${digest}`, (signal) => {
        const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
        return request(`${reference.path}/blobs/${digest}`, headers, AbortSignal.any([signal, closed]));
      });
    return await streamBlob({ size: expectedSize, from, open }, limits, clock, options.signal);
  }

  return { place, manifest, document, blob, close: () => session.close() };
}

function unaskedPart(answer: HttpAnswer): Problem {
  answer.body.destroy();
  return new Problem({
    kind: "input",
    code: "registry.answer",
    place: describeUrl(answer.url),
    cause: "it answered a part (206) that was not asked for",
  });
}

function digestOf(algorithm: "sha256" | "sha512", bytes: Buffer): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}` as Digest;
}

function verify(bytes: Buffer, expected: Digest, place: string): void {
  const actual = digestOf(digestAlgorithm(expected), bytes);
  if (actual === expected) return;
  const cause = `its bytes have digest ${actual}, not ${expected}`;
  throw new Problem({ kind: "input", code: "oci.digest-mismatch", place, cause });
}
