import { readFileSync } from "node:fs";
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { getCACertificates } from "node:tls";
import { urlToHttpOptions } from "node:url";
import { bounds } from "../../../core/bounds.ts";
import { Problem } from "../../../core/problem.ts";
import { PassingProblem } from "./retry.ts";
import { describeUrl } from "./url.ts";

export interface HttpRequest {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The head of an HTTP answer; its body is still to be read, or must be destroyed. */
export interface HttpAnswer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
}

/** Sends one request, without redirects, authentication or further tries. */
export interface Transport {
  /**
   * Resolves once the headers are there.
   *
   * @throws Problem `registry.unreachable`, `registry.stalled`, `registry.broken`, `registry.tls`,
   *   `registry.certificate`, `registry.answer`
   */
  send(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>;
  close(): void;
}

export interface TransportOptions {
  /** A PEM file of certificate authorities that count beside the system's. */
  readonly caFile?: string;
  /** `host:port` of the one server whose certificate is not verified: the registry itself, where the user said so. */
  readonly unverified?: string;
  /** Milliseconds until the headers must be there. */
  readonly stallMilliseconds: number;
}

/**
 * An HTTP/1.1 client with kept connections on node:http and node:https. Proxies (HTTPS_PROXY) are not supported.
 *
 * @throws Problem `registry.ca-file`
 */
export function createTransport(options: TransportOptions): Transport {
  const authorities =
    options.caFile === undefined ? {} : { ca: [...getCACertificates(), readAuthorities(options.caFile)] };
  const plain = new HttpAgent({ keepAlive: true });
  const verified = new HttpsAgent({ keepAlive: true, ...authorities });
  const unverified = new HttpsAgent({ keepAlive: true, rejectUnauthorized: false });

  function agentFor(url: URL): HttpAgent {
    if (url.protocol === "http:") return plain;
    return url.host === options.unverified ? unverified : verified;
  }

  function send({ url, method, headers, body }: HttpRequest, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const { auth: _, ...target } = urlToHttpOptions(url);
    const request = (url.protocol === "http:" ? httpRequest : httpsRequest)({
      ...target,
      method,
      agent: agentFor(url),
      maxHeaderSize: bounds.headerBytes,
      headers: {
        "user-agent": "bulkhead",
        // What is verified is the stored bytes; an encoding on top of them would be undone by nobody.
        "accept-encoding": "identity",
        ...headers,
        ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
      },
    });

    const stall = setTimeout(() => request.destroy(stalled(url, options.stallMilliseconds)), options.stallMilliseconds);
    const onAbort = () => request.destroy(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    function settle(): void {
      clearTimeout(stall);
      signal?.removeEventListener("abort", onAbort);
    }

    request.on("response", (response) => {
      settle();
      resolve({ url, status: response.statusCode ?? 0, headers: response.headers, body: response });
    });
    request.on("error", (error) => {
      settle();
      reject(error === signal?.reason ? error : networkProblem(error, url));
    });
    // An answer that switches protocols has its socket closed by node without an error.
    request.on("close", () => {
      settle();
      reject(broken(url, "the connection was closed without an answer"));
    });
    if (signal?.aborted) onAbort();
    request.end(body);
    return promise;
  }

  return {
    send,
    close() {
      plain.destroy();
      verified.destroy();
      unverified.destroy();
    },
  };
}

function readAuthorities(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new Problem({ kind: "usage", code: "registry.ca-file", place: path, cause: `it cannot be read (${code})` });
  }
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new Problem({
    kind: "usage",
    code: "registry.ca-file",
    place: path,
    cause: "it holds no certificate in PEM form",
  });
}

export function stalled(url: URL, milliseconds: number): PassingProblem {
  return new PassingProblem({
    kind: "unavailable",
    code: "registry.stalled",
    place: describeUrl(url),
    cause: `nothing came for ${milliseconds} ms`,
  });
}

export function broken(url: URL, cause: string): PassingProblem {
  return new PassingProblem({ kind: "unavailable", code: "registry.broken", place: describeUrl(url), cause });
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "the host name is not known",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no route to the network",
};

/** What node reports for a peer whose TLS cannot be understood, plain HTTP among others. */
function isNoTls(code: string): boolean {
  return code === "EPROTO" || code.startsWith("ERR_SSL_");
}

/** Node gives OpenSSL's verification errors as codes in upper case without a common prefix. */
function isCertificateError(code: string): boolean {
  return /CERT|^ERR_TLS_|^UNABLE_TO_|CRL|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED/.test(code);
}

/** Puts an error of node's network stack into our words; one that is a Problem already stays as it is. */
export function networkProblem(error: Error, url: URL): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  const place = describeUrl(url);
  const unreachable = UNREACHABLE[code];
  if (unreachable !== undefined) {
    return new Problem({ kind: "unavailable", code: "registry.unreachable", place, cause: `${unreachable} (${code})` });
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    const cause = `its headers are over ${bounds.headerBytes} bytes`;
    return new Problem({ kind: "input", code: "registry.answer", place, cause });
  }
  if (code.startsWith("HPE_")) {
    return new Problem({ kind: "input", code: "registry.answer", place, cause: `it is not an HTTP answer (${code})` });
  }
  if (isNoTls(code)) {
    const cause = `TLS cannot be spoken with it (${code})`;
    const remedy = "if it speaks plain HTTP only, say so with --plain-http";
    return new Problem({ kind: "unavailable", code: "registry.tls", place, cause, remedy });
  }
  if (isCertificateError(code)) {
    const cause = `its certificate is not trusted (${code})`;
    const remedy = "name its certificate authority with --ca-file";
    return new Problem({ kind: "unavailable", code: "registry.certificate", place, cause, remedy });
  }
  return broken(url, `the connection broke (${code})`);
}

/** With several addresses for one host node wraps the errors of all of them; the first speaks for them. */
function codeOf(error: Error): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return (first as NodeJS.ErrnoException | undefined)?.code ?? error.name;
}
