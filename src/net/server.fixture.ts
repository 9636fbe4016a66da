/** Servers of ours on loopback, and what clients do to them, for tests. */
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { type RequestOptions, request as secureRequest } from "node:https";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import { authority, type Certificate } from "./loopback.fixture.ts";
import { startServer } from "./server.ts";
import type { Refused, RunningServer, ServerOptions, ServerRequest } from "./server-model.ts";

export const ca = authority();
export const certificates = [0, 1].map(() => ca?.issue("IP:127.0.0.1"));
export const skip = ca === undefined && "no openssl";

export interface Tested extends RunningServer {
  readonly refused: Refused[];
  readonly errors: unknown[];
}

type Given = Partial<Omit<ServerOptions, "certificate">> & { readonly tls?: Certificate | "none" };

export async function serve(
  t: TestContext,
  { tls = certificates[0] as Certificate, ...options }: Given = {},
): Promise<Tested> {
  const refused: Refused[] = [];
  const errors: unknown[] = [];
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    ...(tls === "none" ? {} : { certificate: { certificate: tls.cert, key: tls.key } }),
    bodyBytes: 1_000,
    handle: ({ method, path, query, body }) => ({ status: 200, body: `${method} ${path} ${query} ${body.length}` }),
    onRefused: (why) => refused.push(why),
    onError: (error) => errors.push(error),
    ...options,
  });
  t.after(() => server.close(0));
  return { ...server, refused, errors };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly connection: string | undefined;
}

/** One request of node's own client. */
export async function ask(server: RunningServer, options: RequestOptions = {}, body = ""): Promise<Answer> {
  const asked = secureRequest({
    host: "127.0.0.1",
    port: server.port,
    ca: ca?.ca,
    agent: false,
    method: "POST",
    path: "/validate?timeout=10s",
    ...options,
  });
  asked.on("error", () => undefined);
  asked.end(body);
  return await answerOf(asked);
}

async function answerOf(asked: ReturnType<typeof secureRequest>): Promise<Answer> {
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  response.setEncoding("utf8");
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, text, connection: response.headers.connection };
}

export async function secured(server: RunningServer, options: object = {}): Promise<TLSSocket> {
  const socket = tlsConnect({ host: "127.0.0.1", port: server.port, ca: ca?.ca as string, ...options });
  socket.on("error", () => undefined);
  await once(socket, "secureConnect");
  return socket;
}

/** All that a connection says until it ends. */
export async function rest(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  socket.on("error", () => undefined);
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

/** A request that is answered when the test says so. */
export function held() {
  const requests: ServerRequest[] = [];
  const { promise: came, resolve: arrived } = Promise.withResolvers<void>();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const handle = async (request: ServerRequest) => {
    requests.push(request);
    arrived();
    await answered;
    return { status: 200, body: "late" };
  };
  return { requests, came, answer, handle };
}
