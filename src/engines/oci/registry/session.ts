/** One repository of one registry: who asks it, over which scheme, and how often. What reads and what writes share it. */
import { Problem } from "../../../core/problem.ts";
import { discard } from "../../../net/body.ts";
import type { HttpAnswer, HttpRequest } from "../../../net/client.ts";
import { type Clock, systemClock } from "../../../net/retry.ts";
import { type ImageReference, registryHost, repositoryOf } from "../reference.ts";
import { type Access, type Authorizer, createAuthorizer } from "./authorization.ts";
import { findCredentials } from "./docker-config.ts";
import { type RegistryLimits, registryLimits } from "./limits.ts";
import type { RegistryOptions } from "./options.ts";
import { follow } from "./redirect.ts";
import { errorText, refusal } from "./refusal.ts";
import { createTransport } from "./transport.ts";
import { describeUrl, isLoopback } from "./url.ts";

export interface RegistryRequest {
  /** Below `/v2/`; or a whole URL, of an upload's Location. */
  readonly path: string | URL;
  /** Redirects are followed of GET alone. */
  readonly method: HttpRequest["method"];
  readonly headers: Readonly<Record<string, string>>;
  /** Made again for a further try. */
  readonly body?: () => NonNullable<HttpRequest["body"]>;
  /** What counts as success. */
  readonly accepts: readonly number[];
}

export interface RegistrySession {
  /** The repository, for messages: `registry.example:5000/shop/web`. */
  readonly place: string;
  readonly limits: RegistryLimits;
  readonly clock: Clock;
  /** One try: resolves with a success, and throws everything else. */
  request(asked: RegistryRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /** Gives `work` a signal that ends it when the caller does, or when a document has taken too long. */
  inTime<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  close(): void;
}

interface Connection {
  /** Ends in `/v2/`. */
  readonly registry: URL;
  readonly authorizer: Authorizer;
}

/** Nothing is sent before the first request. @throws Problem `registry.ca-file` */
export function openSession(reference: ImageReference, options: RegistryOptions, access: Access): RegistrySession {
  const place = repositoryOf(reference);
  const limits = registryLimits(options.limits);
  const clock = options.clock ?? systemClock;
  const host = registryHost(reference);
  const transport = createTransport({
    stallMilliseconds: limits.stallMilliseconds,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    ...(options.caFile === undefined ? {} : { caFile: options.caFile }),
    ...(options.permits === undefined ? {} : { permits: options.permits }),
    ...(options.insecure === true ? { unverified: new URL(`https://${host}`).host } : {}),
  });
  let connection: Promise<Connection> | undefined;

  async function connect(signal: AbortSignal): Promise<Connection> {
    const found =
      options.credentials !== undefined
        ? { credentials: options.credentials }
        : options.anonymous === true
          ? {}
          : await findCredentials(reference, options.environment);
    const registry = await registryUrl(signal);
    const repository = reference.path;
    return {
      registry,
      authorizer: createAuthorizer({ registry, repository, access, found, transport, limits, clock }),
    };
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
    const cause = `took longer than ${limits.documentMilliseconds} ms`;
    return new Problem({ kind: "unavailable", code: "registry.timeout", place: `${what} of ${place}`, cause });
  }

  async function connected(signal: AbortSignal): Promise<Connection> {
    connection ??= connect(signal);
    try {
      return await connection;
    } catch (error) {
      connection = undefined;
      throw error;
    }
  }

  async function request(
    { path, method, headers, body, accepts }: RegistryRequest,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const { registry, authorizer } = await connected(signal);
    const url = new URL(path, registry);
    const isOwn = url.origin === registry.origin;
    const send = async (authorization: string | undefined) => {
      const answer = await sendOnce(authorization);
      if (isFrom(answer, url) && isOwn) options.onAnswer?.(answer);
      return answer;
    };
    const sendOnce = (authorization: string | undefined) => {
      // Where an upload is sent to another host, that host is told nothing of who we are.
      const all = authorization === undefined || !isOwn ? headers : { ...headers, authorization };
      if (method === "GET") return follow(transport, { url, method, headers: all }, limits, signal);
      return transport.send({ url, method, headers: all, ...(body === undefined ? {} : { body: body() }) }, signal);
    };
    let authorization = await authorizer.current(signal);
    let answer = await send(authorization);
    if (isOwn && isFrom(answer, url) && answer.status === 401) {
      const said = await errorText(answer, limits, signal);
      authorization = await authorizer.answer(answer.headers["www-authenticate"], authorization, said, signal);
      answer = await send(authorization);
    }
    if (accepts.includes(answer.status)) return answer;
    if (isFrom(answer, url) && (answer.status === 401 || answer.status === 403)) {
      throw authorizer.denied(describeUrl(url), await errorText(answer, limits, signal));
    }
    throw await refusal(answer, limits, clock, signal);
  }

  return { place, limits, clock, request, inTime, close: () => transport.close() };
}

function isFrom(answer: HttpAnswer, url: URL): boolean {
  return answer.url.origin === url.origin;
}
