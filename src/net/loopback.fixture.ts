/** Servers, proxies and certificates on loopback, for tests. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** In PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Authority {
  readonly ca: string;
  /** @param names - as a subjectAltName has them: `DNS:registry.example,IP:127.0.0.1` */
  issue(names: string): Certificate;
}

/** Undefined where there is no openssl. */
export function authority(): Authority | undefined {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-authority-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => join(folder, name);
  // From the kernel's now on, and long, whatever clock a run of the tests has: programs in Go keep that one.
  const env = { PATH: process.env.PATH };
  const openssl = (...words: string[]) => execFileSync("openssl", words, { stdio: "ignore", env });
  const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  try {
    openssl(
      "req",
      "-x509",
      ...fresh,
      "-keyout",
      at("ca.key"),
      "-out",
      at("ca.pem"),
      "-days",
      "36500",
      "-subj",
      "/CN=test CA",
    );
  } catch {
    return undefined;
  }
  let count = 0;
  return {
    ca: readFileSync(at("ca.pem"), "utf8"),
    issue(names) {
      const name = `leaf${count++}`;
      writeFileSync(at(`${name}.ext`), `subjectAltName=${names}\n`);
      openssl("req", "-new", ...fresh, "-keyout", at(`${name}.key`), "-out", at(`${name}.csr`), "-subj", `/CN=${name}`);
      openssl(
        ...["x509", "-req", "-in", at(`${name}.csr`), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial"],
        ...["-days", "36500", "-out", at(`${name}.pem`), "-extfile", at(`${name}.ext`)],
      );
      return { key: readFileSync(at(`${name}.key`), "utf8"), cert: readFileSync(at(`${name}.pem`), "utf8") };
    },
  };
}

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The subject of the client's certificate. */
  readonly client: string | undefined;
}

export interface Loopback {
  readonly port: number;
  readonly origin: string;
  readonly seen: Seen[];
}

/** Listens until the test is over. */
export async function serve(
  t: TestContext,
  handler: RequestListener,
  tls?: Certificate & { readonly ca?: string },
): Promise<Loopback> {
  const seen: Seen[] = [];
  const recorded: RequestListener = (request, response) => {
    const { socket } = request;
    const peer =
      "getPeerCertificate" in socket ? (socket as { getPeerCertificate(): { subject?: { CN: string } } }) : undefined;
    seen.push({
      method: request.method ?? "",
      url: request.url ?? "",
      headers: request.headers,
      client: peer?.getPeerCertificate()?.subject?.CN,
    });
    handler(request, response);
  };
  const server =
    tls === undefined
      ? createServer(recorded)
      : createSecureServer({ ...tls, requestCert: true, rejectUnauthorized: false }, recorded);
  const port = await opened(t, server);
  return { port, origin: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`, seen };
}

/** Whatever bytes a peer may send. */
export async function raw(t: TestContext, answer: (socket: Socket, asked: Buffer) => void): Promise<Loopback> {
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (asked) => answer(socket, asked));
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  const port = await opened(t, server);
  return { port, origin: `http://127.0.0.1:${port}`, seen: [] };
}

export interface TestProxy extends Loopback {
  /** `host:port` → the port on loopback that it leads to. */
  readonly routes: Map<string, number>;
}

/** A proxy for both: CONNECT, and requests with whole URLs. It leads names to ports of this machine. */
export async function proxy(t: TestContext, tls?: Certificate, refuse?: number): Promise<TestProxy> {
  const seen: Seen[] = [];
  const routes = new Map<string, number>();
  const server: Server =
    tls === undefined
      ? createServer()
      : (createSecureServer({ ...tls, requestCert: true, rejectUnauthorized: false }) as Server);
  const record = (method: string, url: string, headers: IncomingHttpHeaders, client?: string) =>
    seen.push({ method, url, headers, client });
  server.on("request", (request, response) => {
    record(request.method ?? "", request.url ?? "", request.headers);
    response.end(`through the proxy: ${request.url}`);
  });
  server.on("connect", (request, socket: Socket) => {
    const peer =
      "getPeerCertificate" in socket
        ? (socket as unknown as { getPeerCertificate(): { subject?: { CN: string } } })
        : undefined;
    record("CONNECT", request.url ?? "", request.headers, peer?.getPeerCertificate()?.subject?.CN);
    socket.on("error", () => undefined);
    const port = routes.get(request.url ?? "");
    if (refuse !== undefined || port === undefined) {
      socket.end(`HTTP/1.1 ${refuse ?? 502} no\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 fine\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  });
  const port = await opened(t, server);
  return { port, origin: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`, seen, routes };
}

async function opened(t: TestContext, server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}
