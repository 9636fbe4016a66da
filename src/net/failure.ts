/** Why a request came to nothing, as one of a few reasons. Each client puts them into its own Problems. */
import { bounds } from "./bounds.ts";

export type FailureReason =
  /** Nothing can be connected to: the name, the route, nobody listens. */
  | "unreachable"
  /** Its address is not among those permitted. */
  | "address"
  /** The proxy cannot be reached, or will not. */
  | "proxy"
  /** TLS cannot be spoken with it at all. */
  | "tls"
  | "certificate"
  /** What came is not HTTP, or nothing that was asked for. */
  | "answer"
  /** Its body, or a line of it, is over a bound of ours. */
  | "too-large"
  | "redirect"
  /** Nothing came for too long. */
  | "stalled"
  /** The connection broke: another try may help. */
  | "broken"
  /** It cannot be sent: a header with a line end in it. */
  | "request";

export class HttpFailure extends Error {
  readonly reason: FailureReason;
  /** Whom it is about. */
  readonly url: URL;
  /** Node's, where it is one of node's errors. */
  readonly code: string | undefined;

  /** @param cause - a sentence without a full stop about the server */
  constructor(reason: FailureReason, url: URL, cause: string, options?: { cause?: unknown }) {
    super(cause, options);
    this.name = "HttpFailure";
    this.reason = reason;
    this.url = url;
    this.code = options?.cause instanceof Error ? codeOf(options.cause) : undefined;
  }
}

export function stalled(url: URL, milliseconds: number): HttpFailure {
  return new HttpFailure("stalled", url, `no data for ${milliseconds} ms`);
}

/** What connecting to a proxy came to, as a failure of the proxy; what came through it is the server's. */
export function proxyFailure(proxy: URL, failure: HttpFailure): HttpFailure {
  if (failure.reason !== "unreachable" && failure.reason !== "tls" && failure.reason !== "certificate") return failure;
  return new HttpFailure("proxy", proxy, `the proxy ${proxy.host} does not connect: ${failure.message}`, {
    cause: failure,
  });
}

/** Codes of what a lookup refuses, and of a proxy that will not. */
export const NOT_PERMITTED = "ENOTPERMITTED";

const UNREACHABLE: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "host not found",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  // Of sockets on this machine.
  ENOENT: "no such socket",
  EACCES: "permission denied",
  ENOTSOCK: "not a socket",
};

/** Node gives OpenSSL's verification errors as codes in upper case without a common prefix. */
const CERTIFICATE = /CERT|^ERR_TLS_|^UNABLE_TO_|CRL|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED/;

/** Puts an error of node's network stack into one of the reasons; one that is a failure already stays as it is. */
export function failureOf(error: Error, url: URL): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const code = codeOf(error);
  const failure = (reason: FailureReason, cause: string) =>
    new HttpFailure(reason, url, `${cause} (${code})`, { cause: error });
  const unreachable = UNREACHABLE[code];
  if (unreachable !== undefined) return failure("unreachable", unreachable);
  if (code === NOT_PERMITTED) return failure("address", "not a public address");
  if (code === "HPE_HEADER_OVERFLOW") {
    return new HttpFailure("answer", url, `its headers are over ${bounds.headerBytes} bytes`, { cause: error });
  }
  if (code.startsWith("HPE_")) return failure("answer", "not an HTTP answer");
  if (code === "ERR_INVALID_CHAR" || code === "ERR_INVALID_HTTP_TOKEN" || code === "ERR_UNESCAPED_CHARACTERS") {
    return failure("request", "invalid characters in a header or path");
  }
  // What node reports for a peer whose TLS cannot be understood, plain HTTP among others.
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) return failure("tls", "TLS handshake failed");
  if (CERTIFICATE.test(code)) return failure("certificate", "its certificate is not trusted");
  return failure("broken", "connection lost");
}

/** With several addresses for one host node wraps the errors of all of them; the first speaks for them. */
function codeOf(error: Error): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const code: unknown = (first as NodeJS.ErrnoException | undefined)?.code;
  // That of a DOMException, as an aborted signal has for its reason, is a number.
  return typeof code === "string" ? code : error.name;
}
