/** Pulling from a registry, as the OCI distribution specification 1.1 ("Pull") describes it. */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { type Digest, digestAlgorithm, parseDigest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { discard } from "../../../net/body.ts";
import type { HttpAnswer } from "../../../net/client.ts";
import { type ImageReference, isTag } from "../reference.ts";
import type { ListedReferrers } from "../referrers/list.ts";
import { streamBlob } from "./blob-stream.ts";
import { readBody } from "./body.ts";
import { manifestMediaType, manifestMediaTypes } from "./media-type.ts";
import type { RegistryOptions } from "./options.ts";
import { listReferrers } from "./referrers.ts";
import { errorText } from "./refusal.ts";
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
  /**
   * What a tag names; undefined where the registry itself says that it has none such. What could be anybody's answer (the
   * page of a proxy, a repository that is gone) is a Problem.
   */
  tagged(tag: string): Promise<Manifest | undefined>;
  /**
   * The digest of what a tag names, by the registry's own word where it answers HEAD, which counts against no limit of pulls:
   * only what is then fetched by it is verified. Undefined as of {@link tagged}; with `isHeadEnough` also where anybody answered
   * HEAD with 404: for what may as well not be there.
   */
  resolve(tag: string, options?: { readonly isHeadEnough?: boolean }): Promise<Digest | undefined>;
  /** The manifest's referrers by the registry's own list; undefined where it keeps none. @throws Problem of the first page */
  referrers(subject: Digest): Promise<ListedReferrers | undefined>;
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
  const request = (path: string, headers: Record<string, string>, signal: AbortSignal, more: readonly number[] = []) =>
    session.request({ path, method: "GET", headers, accepts: [200, 206, ...more] }, signal);

  /** @param absent - statuses that say there is none */
  async function read(
    { path, headers = {}, maxBytes = limits.manifestBytes, absent = [] }: DocumentRequest,
    what: string,
  ): Promise<DocumentAnswer> {
    return await inTime(what, (signal) =>
      retry(
        async () => {
          const answer = await request(path, headers, signal, absent);
          if (absent.includes(answer.status)) return { answer, said: await errorText(answer, limits, signal) };
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

  async function readDocument(asked: Omit<DocumentRequest, "absent">, what: string): Promise<PresentDocument> {
    return (await read(asked, what)) as PresentDocument;
  }

  const manifestRequest = (tagOrDigest: string) => ({
    path: `${reference.path}/manifests/${tagOrDigest}`,
    headers: { accept: manifestMediaTypes.join(", ") },
  });

  async function manifest(tagOrDigest: string): Promise<Manifest> {
    const asked = parseDigest(tagOrDigest);
    if (asked === undefined) checkTag(tagOrDigest);
    const what = `manifest ${tagOrDigest}`;
    return manifestOf(await readDocument(manifestRequest(tagOrDigest), what), asked, `${what} of ${place}`);
  }

  async function tagged(tag: string): Promise<Manifest | undefined> {
    checkTag(tag);
    const asked = manifestRequest(tag);
    const what = `manifest ${tag}`;
    const found = await read({ ...asked, absent: [404] }, what);
    if ("bytes" in found) return manifestOf(found, undefined, `${what} of ${place}`);
    const cause = whyNotAbsent(found, `/v2/${asked.path}`);
    if (cause === undefined) return undefined;
    const at = describeUrl(found.answer.url);
    throw new Problem({ kind: "unavailable", code: "registry.not-found", place: at, cause });
  }

  async function resolve(tag: string, { isHeadEnough = false } = {}): Promise<Digest | undefined> {
    checkTag(tag);
    const { path, headers } = manifestRequest(tag);
    const answer = await inTime(`manifest ${tag}`, (signal) =>
      retry(
        // A 404 without a body does not say whether it is the registry's, and some send HEAD elsewhere, or take none.
        () =>
          session.request({ path, method: "HEAD", headers, accepts: [200, 301, 302, 303, 307, 308, 404, 405] }, signal),
        limits,
        clock,
        signal,
      ),
    );
    discard(answer, limits.stallMilliseconds);
    if (answer.status === 404 && isHeadEnough) return undefined;
    const digest = parseDigest(answer.headers["docker-content-digest"]);
    return answer.status === 200 && digest !== undefined ? digest : (await tagged(tag))?.digest;
  }

  async function referrers(subject: Digest): Promise<ListedReferrers | undefined> {
    const what = `referrers of ${subject}`;
    const headers = { accept: manifestMediaTypes[0] ?? "" };
    return await listReferrers(subject, {
      place: `${what} in ${place}`,
      path: `${reference.path}/referrers/${subject}`,
      ask: (path) => read({ path, headers, absent: unsupported }, what),
    });
  }

  async function document(digest: Digest, maxBytes = limits.manifestBytes): Promise<Buffer> {
    const what = `blob ${digest}`;
    const most = Math.min(maxBytes, limits.manifestBytes);
    const { bytes } = await readDocument({ path: `${reference.path}/blobs/${digest}`, maxBytes: most }, what);
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

  return { place, manifest, tagged, resolve, referrers, document, blob, close: () => session.close() };
}

/** A registry without the list answers 404 (distribution specification, "Unavailable Referrers API"); some say it plainer. */
const unsupported: readonly number[] = [404, 405, 501];

interface DocumentRequest {
  /** Below `/v2/`. */
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly maxBytes?: number;
  readonly absent?: readonly number[];
}

interface PresentDocument {
  readonly answer: HttpAnswer;
  readonly bytes: Buffer;
}

/** `said`: the server's own words, as {@link errorText} gives them. */
type DocumentAnswer = PresentDocument | { readonly answer: HttpAnswer; readonly said: string };

function checkTag(tag: string): void {
  if (isTag(tag)) return;
  const cause = "neither a tag nor a digest";
  throw new Problem({ kind: "usage", code: "oci.reference", place: `"${tag.slice(0, 120)}"`, cause });
}

function manifestOf({ answer, bytes }: PresentDocument, asked: Digest | undefined, place: string): Manifest {
  // Of what was asked by tag, the registry's own word is only good for noticing that something got lost on the way.
  const expected = asked ?? parseDigest(answer.headers["docker-content-digest"]);
  if (expected !== undefined) verify(bytes, expected, place);
  const mediaType = manifestMediaType(answer.headers["content-type"], bytes, place);
  return { mediaType, digest: asked ?? digestOf("sha256", bytes), bytes };
}

/** Why a 404 does not say that the registry has no such manifest; undefined where it does. */
function whyNotAbsent(
  { answer, said }: { readonly answer: HttpAnswer; readonly said: string },
  path: string,
): string | undefined {
  if (answer.url.pathname !== path) return "not found after a redirect";
  if (/^text\/html\b/i.test(answer.headers["content-type"] ?? ""))
    return "404 with an HTML page, not a registry's answer";
  return said.startsWith(": NAME_UNKNOWN") ? `not found${said}` : undefined;
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
