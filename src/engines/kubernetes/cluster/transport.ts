/** Requests to one API server: the house's HTTP client, as one identity, its failures in our words. */

import { Problem } from "../../../core/problem.ts";
import { bytesOf } from "../../../net/body.ts";
import { bounds as netBounds } from "../../../net/bounds.ts";
import { createHttpClient, type IncomingHttpHeaders } from "../../../net/client.ts";
import { HttpFailure } from "../../../net/failure.ts";
import { bounds } from "./bounds.ts";
import type { ClusterConnection, ClusterIdentity } from "./connection.ts";

export interface ClusterAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ClusterTransport {
  /**
   * One GET, without further tries and without redirects: an API server sends none.
   *
   * @param path - with its query, below the server's URL
   * @throws Problem `cluster.unreachable`, `cluster.certificate`, `cluster.stalled`, `cluster.broken`,
   *   `cluster.too-large`, `cluster.answer`
   */
  get(path: string, accept: string, signal: AbortSignal | undefined): Promise<ClusterAnswer>;
  close(): void;
}

/** A client of one server, with kept connections. Who we are is said to that server alone. */
export function createTransport(connection: ClusterConnection, identity: ClusterIdentity): ClusterTransport {
  const { server, authorities, serverName, unverified, impersonation, proxy } = connection;
  const client = createHttpClient({
    stallMilliseconds: netBounds.stallMilliseconds,
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
  const headers = {
    ...(identity.authorization === undefined ? {} : { authorization: identity.authorization }),
    ...inBytes(impersonation),
  };
  return {
    async get(path, accept, signal) {
      const place = `${server.host}${path.split("?")[0]}`;
      try {
        const url = new URL(server.origin + base + path);
        const answer = await client.send({ url, method: "GET", headers: { accept, ...headers } }, signal);
        const body = await bytesOf(answer, {
          limit: bounds.clusterPageBytes,
          stallMilliseconds: netBounds.stallMilliseconds,
          milliseconds: netBounds.documentMilliseconds,
          signal,
        });
        return { status: answer.status, headers: answer.headers, body };
      } catch (error) {
        throw error instanceof HttpFailure ? problemOf(error, place) : error;
      }
    },
    close: client.close,
  };
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
      const cause = `the answer has more than ${bounds.clusterPageBytes} bytes`;
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
