/**
 * The one HTTP/1.1 client: of registries, feeds, suites and clusters. One request, one answer whose body is a stream;
 * redirects, further tries and the reading of bodies stand beside it (redirect.ts, retry.ts, body.ts).
 */
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { type ConnectionOptions, getCACertificates } from "node:tls";
import { Problem } from "../core/problem.ts";
import { bounds } from "./bounds.ts";
import { failureOf, HttpFailure, NOT_PERMITTED, proxyFailure, stalled } from "./failure.ts";
import { isRefusedHost, type Permits, permittedLookup } from "./permitted.ts";
import { type Environment, type HttpProxy, proxiesOf } from "./proxy.ts";
import { openTunnel, placeOf } from "./tunnel.ts";

export type { IncomingHttpHeaders };

export interface HttpRequest {
  /** http: or https:. A user and password in it are not sent. */
  readonly url: URL;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** A stream goes in chunks, unless `content-length` says how many bytes it has. */
  readonly body?: string | Buffer | Readable;
}

/** The head of an answer; its body is still to be read, or must be destroyed. */
export interface HttpAnswer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

export interface HttpClient {
  /**
   * Sends one request, without redirects and further tries. Resolves once the headers are there.
   *
   * @throws HttpFailure, Problem `net.proxy` (usage), and the signal's reason
   */
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer>;
  /** Ends its kept connections. */
  close(): void;
}

/** What is said to one server alone: a redirect to another one takes none of it along. */
export interface ServerTls {
  /** Scheme, host and port, as URL.origin has them. */
  readonly origin: string;
  /** In PEM: whom alone its certificate may be signed by. */
  readonly authorities?: string;
  /** Who we are, in PEM. */
  readonly certificate?: string;
  readonly key?: string;
  /** The name in its certificate, where it is another than the URL's. */
  readonly serverName?: string;
  /** True: its certificate is not looked at. */
  readonly unverified?: boolean;
}

export interface HttpOptions {
  /** Milliseconds until the headers must be there, and between two bytes of a body that is sent. */
  readonly stallMilliseconds: number;
  /** In PEM: authorities that count beside the system's, for every server and for the proxy. */
  readonly moreAuthorities?: string;
  readonly server?: ServerTls;
  /** Asked for each address before it is connected to; for URLs that come from an input. */
  readonly permits?: Permits;
  /** Where proxies are named; the process's own where absent. */
  readonly environment?: Environment;
  /** Through which every server is asked, whatever the environment names. */
  readonly proxy?: HttpProxy;
  /** The path of a Unix socket on this machine that is spoken to, whatever host the URLs name; no proxy then. */
  readonly socket?: string;
}

export function createHttpClient(options: HttpOptions): HttpClient {
  const { stallMilliseconds, permits } = options;
  const { proxy: named } = options;
  const { socket } = options;
  const proxyFor =
    socket !== undefined
      ? () => undefined
      : named === undefined
        ? proxiesOf(options.environment ?? process.env)
        : () => named;
  const agents = new Map<string, HttpAgent>();
  const general: ConnectionOptions =
    options.moreAuthorities === undefined ? {} : { ca: [...getCACertificates(), options.moreAuthorities] };
  const own = options.server === undefined ? general : { ...general, ...serverOptions(options.server) };
  const lookup = permits === undefined ? {} : { lookup: permittedLookup(permits) };

  /** Connections are kept by what they are: whose, and through which proxy. */
  function agentFor(url: URL, proxy: HttpProxy | undefined): HttpAgent {
    const isOwn = url.origin === options.server?.origin;
    const key = `${url.protocol} ${isOwn} ${proxy?.url.origin}`;
    const kept = agents.get(key);
    if (kept !== undefined) return kept;
    const agent = makeAgent(url, proxy, isOwn ? own : general);
    agents.set(key, agent);
    return agent;
  }

  function makeAgent(url: URL, proxy: HttpProxy | undefined, tls: ConnectionOptions): HttpAgent {
    if (proxy === undefined) {
      return url.protocol === "http:"
        ? new HttpAgent({ keepAlive: true, ...lookup })
        : new HttpsAgent({ keepAlive: true, ...tls, ...lookup });
    }
    if (url.protocol === "http:") {
      return proxy.url.protocol === "http:"
        ? new HttpAgent({ keepAlive: true })
        : new HttpsAgent({ keepAlive: true, ...general });
    }
    const agent = new HttpsAgent({ keepAlive: true, ...tls });
    agent.createConnection = (server, done) => {
      openTunnel(server, { proxy, proxyTls: general, stallMilliseconds }).then(
        (socket) => done?.(null, socket),
        // Typed as if there were always a stream beside the error.
        (error: Error) => (done as ((error: Error) => void) | undefined)?.(error),
      );
      return undefined;
    };
    return agent;
  }

  function open({ url, method, headers, body }: HttpRequest, proxy: HttpProxy | undefined): ClientRequest {
    if (permits !== undefined && isRefusedHost(url.hostname, permits, proxy !== undefined)) {
      throw Object.assign(new Error("not permitted"), { code: NOT_PERMITTED });
    }
    const whole = typeof body === "string" || Buffer.isBuffer(body);
    const request: RequestOptions = {
      method,
      agent: agentFor(url, proxy),
      maxHeaderSize: bounds.headerBytes,
      ...(socket === undefined ? {} : { socketPath: socket }),
      headers: {
        host: url.host,
        "user-agent": "bulkhead",
        // What is verified is the stored bytes; an encoding on top of them would be undone by nobody.
        "accept-encoding": "identity",
        ...headers,
        ...(whole ? { "content-length": String(Buffer.byteLength(body)) } : {}),
      } as Record<string, string | string[]>,
    };
    if (proxy !== undefined && url.protocol === "http:") {
      const through = proxy.url.protocol === "http:" ? httpRequest : httpsRequest;
      return through({
        ...request,
        ...placeOf(proxy.url),
        path: `${url.origin}${url.pathname}${url.search}`,
        headers: {
          ...request.headers,
          ...(proxy.authorization === undefined ? {} : { "proxy-authorization": proxy.authorization }),
        } as Record<string, string | string[]>,
      });
    }
    return (url.protocol === "http:" ? httpRequest : httpsRequest)({
      ...request,
      ...placeOf(url),
      path: url.pathname + url.search,
    });
  }

  function send(asked: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> {
    const { url, body } = asked;
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      return Promise.reject(new HttpFailure("request", url, "not an HTTP URL"));
    }
    if (signal?.aborted) return Promise.reject(signal.reason);
    let request: ClientRequest;
    let proxy: HttpProxy | undefined;
    try {
      proxy = proxyFor(url);
      request = open(asked, proxy);
    } catch (error) {
      return Promise.reject(isPlainError(error) ? failureOf(error, url) : error);
    }
    const stall = setTimeout(() => request.destroy(stalled(url, stallMilliseconds)), stallMilliseconds);
    const onAbort = () => request.destroy(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const settle = () => {
      clearTimeout(stall);
      signal?.removeEventListener("abort", onAbort);
    };
    request.on("response", (response) => {
      settle();
      resolve({ url, status: response.statusCode ?? 0, headers: response.headers, body: response });
    });
    request.on("error", (error) => {
      settle();
      if (error === signal?.reason || !isPlainError(error)) return reject(error);
      const failure = failureOf(error, url);
      // Of plain http it is the proxy alone that is connected to.
      reject(url.protocol === "http:" && proxy !== undefined ? proxyFailure(proxy.url, failure) : failure);
    });
    // An answer that switches protocols has its socket closed by node without an error.
    request.on("close", () => {
      settle();
      reject(new HttpFailure("broken", url, "the connection was closed without an answer"));
    });
    if (body === undefined || typeof body === "string" || Buffer.isBuffer(body)) request.end(body);
    else {
      body.on("data", () => stall.refresh());
      // Before the pipeline, which ends the request without saying why.
      body.on("error", (error) => request.destroy(error));
      pipeline(body, request, (error) => {
        if (error) request.destroy(error);
      });
    }
    return promise;
  }

  return {
    send,
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function serverOptions({ authorities, certificate, key, serverName, unverified }: ServerTls): ConnectionOptions {
  return {
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(unverified === true ? { rejectUnauthorized: false } : {}),
  };
}

/** Not one of ours, which say already what they mean. */
function isPlainError(error: unknown): error is Error {
  return error instanceof Error && !(error instanceof Problem);
}
