import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { bounds } from "../../../core/bounds.ts";
import { Problem } from "../../../core/problem.ts";
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
   * @throws Problem `cluster.unreachable`, `cluster.certificate`, `cluster.stalled`, `cluster.broken`, `cluster.too-large`
   */
  get(path: string, accept: string, signal: AbortSignal | undefined): Promise<ClusterAnswer>;
  close(): void;
}

/** An HTTP/1.1 client of one server, with kept connections. Proxies are not supported. */
export function createTransport(connection: ClusterConnection, identity: ClusterIdentity): ClusterTransport {
  const { server, authorities, serverName, unverified, impersonation } = connection;
  const secure = server.protocol === "https:";
  const agent = secure
    ? new HttpsAgent({
        keepAlive: true,
        ...(authorities === undefined ? {} : { ca: authorities }),
        ...(serverName === undefined ? {} : { servername: serverName }),
        ...(unverified ? { rejectUnauthorized: false } : {}),
        ...(identity.certificate === undefined ? {} : { cert: identity.certificate, key: identity.key }),
      })
    : new HttpAgent({ keepAlive: true });
  const base = server.pathname.replace(/\/$/, "");

  function get(path: string, accept: string, signal: AbortSignal | undefined): Promise<ClusterAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<ClusterAnswer>();
    const request = (secure ? httpsRequest : httpRequest)({
      hostname: server.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: server.port || (secure ? 443 : 80),
      path: base + path,
      method: "GET",
      agent,
      maxHeaderSize: bounds.headerBytes,
      headers: {
        "user-agent": "bulkhead",
        "accept-encoding": "identity",
        accept,
        ...(identity.authorization === undefined ? {} : { authorization: identity.authorization }),
        ...inBytes(impersonation),
      },
    });
    const place = `${server.host}${path.split("?")[0]}`;
    const stalled = () => {
      const cause = `nothing came for ${bounds.stallMilliseconds} ms`;
      request.destroy(new Problem({ kind: "unavailable", code: "cluster.stalled", place, cause }));
    };
    const stall = setTimeout(stalled, bounds.stallMilliseconds);
    const onAbort = () => request.destroy(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const settle = () => {
      clearTimeout(stall);
      signal?.removeEventListener("abort", onAbort);
    };
    const fail = (error: Error) => {
      settle();
      reject(error === signal?.reason ? error : networkProblem(error, place));
    };
    request.on("response", (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        stall.refresh();
        size += chunk.length;
        if (size > bounds.clusterPageBytes) request.destroy(tooLarge(place));
        else chunks.push(chunk);
      });
      response.on("error", fail);
      response.on("end", () => {
        settle();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    request.on("error", fail);
    request.on("close", () => fail(broken(place, "the connection was closed without an answer")));
    if (signal?.aborted) onAbort();
    request.end();
    return promise;
  }

  return { get, close: () => agent.destroy() };
}

/** A header's text goes out in one byte a character: its UTF-8, as kubectl sends it, has to be written so. */
function inBytes(headers: ClusterConnection["impersonation"]): Record<string, string | string[]> {
  const bytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? bytes(value) : value.map(bytes)]),
  );
}

function tooLarge(place: string): Problem {
  const cause = `the answer has more than ${bounds.clusterPageBytes} bytes`;
  return new Problem({ kind: "input", code: "cluster.too-large", place, cause });
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "unavailable", code: "cluster.broken", place, cause });
}

const UNREACHABLE = /^(?:ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EAI_AGAIN)$/;
/** OpenSSL's verification errors as node names them, without a common prefix. */
const CERTIFICATE = /CERT|^ERR_TLS_|^UNABLE_TO_|CRL|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED/;

function networkProblem(error: Error, place: string): Problem {
  if (error instanceof Problem) return error;
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const code = (first as NodeJS.ErrnoException | undefined)?.code ?? error.name;
  if (UNREACHABLE.test(code)) {
    const cause = `the API server cannot be reached (${code})`;
    return new Problem({ kind: "unavailable", code: "cluster.unreachable", place, cause });
  }
  if (CERTIFICATE.test(code)) {
    const cause = `the API server's certificate, or ours, is not accepted (${code})`;
    const remedy = "the kubeconfig names the authority in certificate-authority-data";
    return new Problem({ kind: "unavailable", code: "cluster.certificate", place, cause, remedy });
  }
  return broken(place, `the connection broke (${code})`);
}
