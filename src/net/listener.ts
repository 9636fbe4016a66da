/** What a server of ours listens with: TLS or none, bounds on connections, headers and time, another certificate while it runs. */
import { createServer as createPlainServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { Problem } from "../core/problem.ts";
import { systemCause } from "../core/system-cause.ts";
import { serverBounds } from "./bounds.ts";
import type { Connections } from "./server-connections.ts";
import type { Limits, Refused, RunningServer, ServerCertificate, ServerOptions } from "./server-model.ts";

type ListenerOptions = Pick<ServerOptions, "host" | "port" | "certificate" | "clientAuthorities">;
type ListenerLimits = Omit<Limits, "connections" | "receivingBytes" | "unwantedBytes" | "unwantedMilliseconds">;

export interface Listener {
  readonly server: Server;
  /** @throws Problem `server.certificate`: what was shown before is still shown */
  show(certificate: ServerCertificate): void;
}

/** Requests are the caller's to listen for. @throws Problem `server.certificate` */
export function createListener(
  options: ListenerOptions,
  limits: ListenerLimits,
  connections: Connections,
  refused: (why: Refused) => void,
): Listener {
  const server = createServer(options, limits);
  server.keepAliveTimeout = limits.keepAliveMilliseconds;
  server.timeout = limits.silenceMilliseconds;
  server.maxHeadersCount = serverBounds.headers;

  server.on("connection", (socket: Socket) => {
    socket.on("error", () => undefined);
    if (connections.open(socket) && options.certificate === undefined) connections.established(socket);
  });
  server.on("secureConnection", (socket: Socket) => {
    socket.on("error", () => undefined);
    connections.established(socket);
  });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    refused(isPlaintext(error) ? "not-tls" : "handshake");
    socket.destroy();
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const slow = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
    // Of TLS that comes to nothing both events tell.
    if (!slow && error.code?.startsWith("HPE_") !== true) return void socket.destroy();
    refused(slow ? "slow" : "malformed");
    const status = slow ? "408 Request Timeout" : statusOfMalformed(error);
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    socket.destroySoon();
  });
  // Without a listener node closes such a connection; it would not be counted.
  for (const event of ["connect", "upgrade"] as const) {
    server.on(event, (_request: IncomingMessage, socket: Socket) => {
      refused("malformed");
      socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
    });
  }
  return {
    server,
    show(certificate) {
      (server as TlsServer).setSecureContext(secureOptions(certificate, options.clientAuthorities));
    },
  };
}

function createServer({ certificate, clientAuthorities }: ListenerOptions, limits: ListenerLimits): Server {
  const common = {
    maxHeaderSize: serverBounds.headerBytes,
    headersTimeout: limits.headersMilliseconds,
    requestTimeout: limits.requestMilliseconds,
    connectionsCheckingInterval: limits.checkMilliseconds,
    insecureHTTPParser: false,
    noDelay: true,
  };
  if (certificate === undefined) return createPlainServer(common);
  return createTlsServer({
    ...common,
    ...secureOptions(certificate, clientAuthorities),
    ALPNProtocols: ["http/1.1"],
    handshakeTimeout: limits.handshakeMilliseconds,
    ...(clientAuthorities === undefined ? {} : { requestCert: true, rejectUnauthorized: true }),
  });
}

/** @throws Problem `server.certificate` */
function secureOptions({ certificate, key }: ServerCertificate, clientAuthorities?: string): SecureContextOptions {
  const secure: SecureContextOptions = {
    cert: certificate,
    key,
    minVersion: "TLSv1.2",
    ...(clientAuthorities === undefined ? {} : { ca: clientAuthorities }),
  };
  try {
    createSecureContext(secure);
  } catch (error) {
    throw new Problem(
      {
        kind: "usage",
        code: "server.certificate",
        place: "certificate and key",
        cause: `not usable together: ${(error as Error).message}`,
      },
      { cause: error },
    );
  }
  return secure;
}

/** @throws Problem `server.listen` */
export function listen(server: Server, { host, port }: ListenerOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onError = (error: Error) => {
    const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    const cause = taken ? "the port is in use" : systemCause(error);
    reject(new Problem({ kind: "usage", code: "server.listen", place: `${host}:${port}`, cause }, { cause: error }));
  };
  server.once("error", onError);
  server.listen({ host, port }, () => {
    server.off("error", onError);
    resolve();
  });
  return promise;
}

/**
 * Of a server that listens, all but what it answers.
 *
 * @param state - `leaving`: each answer is the last of its connection
 */
export function running(
  { server, show }: Listener,
  connections: Connections,
  state: { leaving: boolean; underWay: number },
): RunningServer {
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections.size(),
    underWay: () => state.underWay,
    show,
    leave() {
      state.leaving = true;
    },
    async close(milliseconds) {
      state.leaving = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.end();
      let cut = 0;
      const timer = setTimeout(() => {
        cut = state.underWay;
        connections.cut();
      }, milliseconds);
      await closed;
      clearTimeout(timer);
      return cut;
    },
  };
}

/** OpenSSL's words for bytes that are no record of TLS. */
function isPlaintext({ code }: NodeJS.ErrnoException): boolean {
  return (
    code === "ERR_SSL_HTTP_REQUEST" ||
    code === "ERR_SSL_WRONG_VERSION_NUMBER" ||
    code === "ERR_SSL_PACKET_LENGTH_TOO_LONG"
  );
}

function statusOfMalformed({ code }: NodeJS.ErrnoException): string {
  return code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
}
