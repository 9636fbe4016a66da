/** Requests to one API server: the house's HTTP client, as one identity, its failures in our words. */

import { Problem } from "../../../core/problem.ts";
import { bytesOf, linesOf } from "../../../net/body.ts";
import { bounds as netBounds } from "../../../net/bounds.ts";
import { createHttpClient, type HttpAnswer, type HttpRequest, type IncomingHttpHeaders } from "../../../net/client.ts";
import { HttpFailure } from "../../../net/failure.ts";
import { bounds } from "./bounds.ts";
import type { ClusterConnection, ClusterIdentity } from "./connection.ts";

export interface ClusterAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ClusterRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With its query, below the server's URL. */
  readonly path: string;
  readonly accept: string;
  /** Its media type, and the text of it. */
  readonly body?: { readonly type: string; readonly text: string };
  /** The header's whole value. */
  readonly authorization?: string;
}

/** An answer without an end: its lines, until either side ends it. */
export interface ClusterLines {
  readonly status: number;
  readonly lines: AsyncGenerator<string, void, void>;
}

export interface ClusterTransport {
  /**
   * One request, without further tries and without redirects: an API server sends none.
   *
   * @throws Problem `cluster.unreachable`, `cluster.certificate`, `cluster.stalled`, `cluster.broken`,
   *   `cluster.too-large`, `cluster.answer`
   */
  send(request: ClusterRequest, signal: AbortSignal | undefined): Promise<ClusterAnswer>;
  /**
   * The same, read line by line where it is answered with 200.
   *
   * @throws as send; the lines too
   */
  follow(
    request: ClusterRequest,
    options: FollowOptions,
    signal: AbortSignal | undefined,
  ): Promise<ClusterLines | ClusterAnswer>;
  close(): void;
}

export interface FollowOptions {
  /** Milliseconds without a byte. */
  readonly stallMilliseconds: number;
  /** Bytes. */
  readonly lineLimit: number;
}

export interface TransportLimits {
  readonly stallMilliseconds: number;
  /** Milliseconds that one answer may take in all. */
  readonly documentMilliseconds: number;
}

/** A client of one server, with kept connections. Who we are is said to that server alone. */
export function createTransport(
  connection: ClusterConnection,
  identity: Pick<ClusterIdentity, "certificate" | "key">,
  limits: TransportLimits = netBounds,
): ClusterTransport {
  const { server, authorities, serverName, unverified, impersonation, proxy } = connection;
  const { stallMilliseconds, documentMilliseconds: milliseconds } = limits;
  const client = createHttpClient({
    stallMilliseconds,
    ...(proxy === undefined ? {} : { proxy }),
    server: {
      origin: server.origin,
      unverified,
      ...(authorities === undefined ? {} : { authorities }),
      ...(serverName === undefined ? {} : { serverName }),
      ...(identity.certificate === undefined ? {} : { certificate: identity.certificate }),
      ...(identity.key === undefined ? {} : { key: identity.key }),
    },
  });
  const base = server.pathname.replace(/\/$/, "");
  const impersonated = inBytes(impersonation);

  function requestOf({ method, path, accept, body, authorization }: ClusterRequest): HttpRequest {
    return {
      url: new URL(server.origin + base + path),
      method,
      headers: {
        accept,
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { "content-type": body.type }),
        ...impersonated,
      },
      ...(body === undefined ? {} : { body: body.text }),
    };
  }

  const placeOf = ({ path }: ClusterRequest) => `${server.host}${path.split("?")[0]}`;

  async function whole(answer: HttpAnswer, signal: AbortSignal | undefined): Promise<ClusterAnswer> {
    const limit = bounds.clusterPageBytes;
    const body = await bytesOf(answer, { limit, stallMilliseconds, milliseconds, signal });
    return { status: answer.status, headers: answer.headers, body };
  }

  return {
    async send(request, signal) {
      try {
        return await whole(await client.send(requestOf(request), signal), signal);
      } catch (error) {
        throw error instanceof HttpFailure ? problemOf(error, placeOf(request)) : error;
      }
    },
    async follow(request, options, signal) {
      try {
        const answer = await client.send(requestOf(request), signal);
        if (answer.status !== 200) return await whole(answer, signal);
        const lines = linesOf(answer, { ...options, limit: Number.POSITIVE_INFINITY, signal });
        return { status: answer.status, lines: inOurWords(lines, placeOf(request)) };
      } catch (error) {
        throw error instanceof HttpFailure ? problemOf(error, placeOf(request)) : error;
      }
    },
    close: client.close,
  };
}

async function* inOurWords(lines: AsyncGenerator<string>, place: string): AsyncGenerator<string, void, void> {
  try {
    yield* lines;
  } catch (error) {
    throw error instanceof HttpFailure ? problemOf(error, place) : error;
  }
}

function problemOf({ reason, code, message }: HttpFailure, place: string): Problem {
  switch (reason) {
    case "unreachable":
    case "address":
      return unavailable("unreachable", place, `the API server cannot be reached (${code})`);
    case "proxy":
      return unavailable(
        "proxy",
        place,
        message,
        "the kubeconfig (proxy-url) or the environment (HTTPS_PROXY) names it",
      );
    case "certificate": {
      const remedy = "the kubeconfig names the authority in certificate-authority-data";
      const cause = `the API server's certificate, or ours, is not accepted (${code})`;
      return unavailable("certificate", place, cause, remedy);
    }
    case "too-large": {
      const cause = `the answer is over its limit: ${message}`;
      return new Problem({ kind: "input", code: "cluster.too-large", place, cause });
    }
    case "stalled":
      return unavailable("stalled", place, message);
    case "answer":
    case "request":
    case "redirect":
      return new Problem({ kind: "input", code: "cluster.answer", place, cause: message });
    default:
      // A name that cannot be looked up just now, and a connection that takes too long.
      return code === "EAI_AGAIN" || code === "ETIMEDOUT"
        ? unavailable("unreachable", place, `the API server cannot be reached (${code})`)
        : unavailable("broken", place, message);
  }
}

/** A header's text goes out in one byte a character: its UTF-8, as kubectl sends it, has to be written so. */
function inBytes(headers: ClusterConnection["impersonation"]): Record<string, string | string[]> {
  const bytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? bytes(value) : value.map(bytes)]),
  );
}

function unavailable(code: string, place: string, cause: string, remedy?: string): Problem {
  const more = remedy === undefined ? {} : { remedy };
  return new Problem({ kind: "unavailable", code: `cluster.${code}`, place, cause, ...more });
}
