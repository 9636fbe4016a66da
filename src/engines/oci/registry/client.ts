/** Pulling from a registry, as the OCI distribution specification 1.1 ("Pull") describes it. */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { type Digest, digestAlgorithm, parseDigest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { discard } from "../../../net/body.ts";
import type { HttpAnswer } from "../../../net/client.ts";
import { type Clock, systemClock } from "../../../net/retry.ts";
import { type ImageReference, isTag, registryHost, repositoryOf } from "../reference.ts";
import { type Authorizer, createAuthorizer } from "./authorization.ts";
import { streamBlob } from "./blob-stream.ts";
import { readBody } from "./body.ts";
import type { Credentials, Environment } from "./credentials.ts";
import { findCredentials } from "./docker-config.ts";
import { type RegistryLimits, registryLimits } from "./limits.ts";
import { manifestMediaType, manifestMediaTypes } from "./media-type.ts";
import { follow } from "./redirect.ts";
import { errorText, refusal } from "./refusal.ts";
import { retry } from "./retry.ts";
import { createTransport } from "./transport.ts";
import { describeUrl, isLoopback } from "./url.ts";

export interface RegistryOptions {
  /** Instead of those that docker's and podman's files have for the repository. */
  readonly credentials?: Credentials;
  /** Where DOCKER_CONFIG, REGISTRY_AUTH_FILE, HOME, HTTPS_PROXY and the like are looked up; default process.env. */
  readonly environment?: Environment;
  /** A PEM file of certificate authorities that count beside the system's. */
  readonly caFile?: string;
  /** The registry's certificate is not verified. That of other hosts (token service, redirects) still is. */
  readonly insecure?: boolean;
  /** The registry is spoken to by http. Loopback registries are where they do not speak TLS, without being told. */
  readonly plainHttp?: boolean;
  /** Ends whatever is under way; its reason is what is then thrown. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<RegistryLimits>;
  readonly clock?: Clock;
}

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
  const place = repositoryOf(reference);
  const limits = registryLimits(options.limits);
  const clock = options.clock ?? systemClock;
  const host = registryHost(reference);
  const transport = createTransport({
    stallMilliseconds: limits.stallMilliseconds,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.caFile === undefined ? {} : { caFile: options.caFile }),
    ...(options.insecure === true ? { unverified: new URL(`https://${host}`).host } : {}),
  });
  let session: Promise<Session> | undefined;

  async function connect(signal: AbortSignal): Promise<Session> {
    const found =
      options.credentials === undefined
        ? await findCredentials(reference, options.environment)
        : { credentials: options.credentials };
    const registry = await registryUrl(signal);
    const repository = reference.path;
    return { registry, authorizer: createAuthorizer({ registry, repository, found, transport, limits, clock }) };
  }

  /** Like docker: TLS, except where plain HTTP was asked for, or on loopback where TLS is not spoken. */
  async function registryUrl(signal: AbortSignal): Promise<URL> {
    const secure = new URL(`https://${host}/v2/`);
    const plain = new URL(`http://${host}/v2/`);
    if (options.plainHttp === true) return plain;
    if (!isLoopback(secure.hostname)) return secure;
    try {
      discard(await transport.send({ url: secure, method: "GET", headers: {} }, signal), limits.stallMilliseconds);
      return secure;
    } catch (error) {
      if (error instanceof Problem && (error.code === "registry.tls" || error.code === "registry.broken")) return plain;
      throw error;
    }
  }

  /** Gives `work` a signal that ends it when the caller does, or when a document has taken too long. */
  async function inTime<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(tooSlow(what)), limits.documentMilliseconds);
    const signal = options.signal === undefined ? late.signal : AbortSignal.any([options.signal, late.signal]);
    try {
      return await work(signal);
    } finally {
      clearTimeout(timer);
    }
  }

  function tooSlow(what: string): Problem {
    const cause = `it took longer than ${limits.documentMilliseconds} ms`;
    return new Problem({ kind: "unavailable", code: "registry.timeout", place: `${what} of ${place}`, cause });
  }

  async function currentSession(signal: AbortSignal): Promise<Session> {
    session ??= connect(signal);
    try {
      return await session;
    } catch (error) {
      session = undefined;
      throw error;
    }
  }

  /** One try: resolves with a success, and throws everything else. */
  async function request(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<HttpAnswer> {
    const { registry, authorizer } = await currentSession(signal);
    const url = new URL(path, registry);
    const send = (authorization: string | undefined) =>
      follow(
        transport,
        { url, method: "GET", headers: authorization === undefined ? headers : { ...headers, authorization } },
        limits,
        signal,
      );
    let authorization = await authorizer.current(signal);
    let answer = await send(authorization);
    if (isFrom(answer, url) && answer.status === 401) {
      const said = await errorText(answer, limits, signal);
      authorization = await authorizer.answer(answer.headers["www-authenticate"], authorization, said, signal);
      answer = await send(authorization);
    }
    if (answer.status === 200 || answer.status === 206) return answer;
    if (isFrom(answer, url) && (answer.status === 401 || answer.status === 403)) {
      throw authorizer.denied(describeUrl(url), await errorText(answer, limits, signal));
    }
    throw await refusal(answer, limits, clock, signal);
  }

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
      const cause = "it is neither a tag nor a digest";
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

  return { place, manifest, document, blob, close: () => transport.close() };
}

interface Session {
  /** Ends in `/v2/`. */
  readonly registry: URL;
  readonly authorizer: Authorizer;
}

function isFrom(answer: HttpAnswer, url: URL): boolean {
  return answer.url.origin === url.origin;
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
