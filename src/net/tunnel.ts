/** Connections to https servers through a proxy: CONNECT (RFC 9110, section 9.3.6), then TLS with the server within. */
import { request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { bounds } from "./bounds.ts";
import { failureOf, HttpFailure } from "./failure.ts";
import { type HttpProxy, portOf } from "./proxy.ts";

export interface TunnelOptions {
  readonly proxy: HttpProxy;
  /** For a proxy that is spoken to by https: the server's client certificate is not among them. */
  readonly proxyTls: ConnectionOptions;
  readonly stallMilliseconds: number;
}

/**
 * @param server - as an https.Agent gives it: host, port, servername, authorities, client certificate
 * @returns a socket with TLS to the server begun; errors of TLS come from the socket itself
 */
export async function openTunnel(
  server: RequestOptions,
  { proxy, proxyTls, stallMilliseconds }: TunnelOptions,
): Promise<Socket> {
  const host = server.host ?? "";
  const authority = `${host.includes(":") ? `[${host}]` : host}:${server.port ?? 443}`;
  const socket = await connectProxy(authority, proxy, proxyTls, stallMilliseconds);
  return connectTls({ ...(server as ConnectionOptions), socket });
}

/**
 * Where a server or proxy is, and the name that its certificate is to have: node would take that of the Host header, which
 * at a proxy is another's.
 */
export function placeOf(url: URL): { readonly hostname: string; readonly port: string; readonly servername: string } {
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  return { hostname, port: portOf(url), servername: isIP(hostname) === 0 ? hostname : "" };
}

function connectProxy(
  authority: string,
  { url, authorization }: HttpProxy,
  proxyTls: ConnectionOptions,
  stallMilliseconds: number,
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const fail = (cause: string, error?: Error) =>
    reject(new HttpFailure("proxy", url, `the proxy ${url.host} ${cause}`, { cause: error }));
  const options: RequestOptions = {
    ...(url.protocol === "https:" ? proxyTls : {}),
    ...placeOf(url),
    method: "CONNECT",
    path: authority,
    agent: false,
    maxHeaderSize: bounds.headerBytes,
    headers: {
      host: authority,
      "user-agent": "bulkhead",
      ...(authorization === undefined ? {} : { "proxy-authorization": authorization }),
    },
  };
  const request = url.protocol === "https:" ? httpsRequest(options) : httpRequest(options);
  const stall = setTimeout(() => {
    fail(`no data for ${stallMilliseconds} ms`);
    request.destroy();
  }, stallMilliseconds);
  request.on("connect", (answer, socket, early) => {
    clearTimeout(stall);
    // Of TLS the client speaks first: what is here already comes from the proxy.
    if (answer.statusCode === 200 && early.length === 0) return resolve(socket);
    socket.destroy();
    if (answer.statusCode === 200) fail("sent something into the connection that it opened");
    else if (answer.statusCode === 407) fail("requires authentication (407)");
    else fail(`answered ${answer.statusCode} to CONNECT`);
  });
  request.on("response", (answer) => {
    answer.destroy();
    fail(`answered ${answer.statusCode} to CONNECT`);
  });
  request.on("error", (error) => {
    clearTimeout(stall);
    fail(`does not connect: ${failureOf(error, url).message}`, error);
  });
  request.on("close", () => {
    clearTimeout(stall);
    fail("closed the connection");
  });
  request.end();
  return promise;
}
