/**
 * A server in front of another: requests are handed over before their bodies are read, and passed on as streams both ways. Who
 * is slow slows nobody down but itself: of each transfer one piece is in memory.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { gatewayBounds, serverBounds } from "./bounds.ts";
import type { GatewayAnswer, GatewayOptions, GatewayRequest } from "./gateway-model.ts";
import { passOn } from "./gateway-pass.ts";
import { createListener, listen, running } from "./listener.ts";
import { createReceiving, readOff } from "./server-body.ts";
import { createConnections } from "./server-connections.ts";
import type { Limits, RunningServer } from "./server-model.ts";

/** @throws Problem `server.listen`, `server.certificate` */
export async function startGateway(options: GatewayOptions): Promise<RunningServer> {
  // An upload takes as long as it takes: what is bounded is silence.
  const limits: Limits = { ...serverBounds, ...gatewayBounds, ...options.limits, requestMilliseconds: 0 };
  const refused = options.onRefused ?? (() => undefined);
  const connections = createConnections(limits.connections, () => refused("connections"));
  const receiving = createReceiving({ one: limits.receivingBytes, all: limits.receivingBytes });
  const listener = createListener(options, limits, connections, refused);
  const { server } = listener;
  const state = { leaving: false, underWay: 0 };
  server.on("request", (request, response) => void serve(request, response, undefined));
  server.on("checkContinue", (request, response) => void serve(request, response, () => response.writeContinue()));

  async function serve(request: IncomingMessage, response: ServerResponse, wanted?: () => void): Promise<void> {
    const { socket } = request;
    const gone = new AbortController();
    state.underWay += 1;
    connections.busy(socket);
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    response.once("close", () => {
      state.underWay -= 1;
      if (response.writableFinished) return connections.idle(socket);
      refused("gone");
      gone.abort();
    });
    /** The body is asked for once, when somebody wants it. */
    let ask = wanted;
    const wants = () => {
      ask?.();
      ask = undefined;
    };
    // A second request on the connection waits until the first is answered.
    if (response.socket === null)
      await new Promise((resolve) => response.once("socket", resolve).once("close", resolve));
    const given = requestOf(request, gone.signal);
    const handed: GatewayRequest = {
      ...given,
      async receive(maxBytes) {
        if ((given.length ?? 0) > maxBytes) return "too-large";
        wants();
        const body = await receiving.receive(request, maxBytes);
        return Buffer.isBuffer(body) || typeof body === "string" ? body : "too-large";
      },
      answer: (answer) => send(answer),
      pass: (upstream, asked, how) =>
        passOn({ request, response, wants, limits, ...given, leaving: () => state.leaving }, upstream, asked, how),
    };
    try {
      await options.handle(handed);
      if (!response.headersSent && !gone.signal.aborted)
        throw new Error(`nobody answered ${request.method} ${request.url}`);
    } catch (error) {
      options.onError(error);
      if (response.headersSent) socket.destroy();
      else send({ status: 500 });
    }

    function send({ status, headers = [], body = "" }: GatewayAnswer): void {
      if (response.headersSent || gone.signal.aborted) return;
      // Who waits to be told to send the body sends none; of others it is read off, so that they get to read the answer.
      const isRead = request.complete || given.length === 0;
      const isUnread = !isRead && ask === undefined;
      const closes = state.leaving || !isRead;
      response.writeHead(status, [
        ...headers,
        ...(status === 204 || status === 304 ? [] : ["Content-Length", String(Buffer.byteLength(body))]),
        ...(closes ? ["Connection", "close"] : []),
      ]);
      if (!isUnread) return void response.end(request.method === "HEAD" ? "" : body);
      response.write(request.method === "HEAD" ? "" : body);
      void readOff(request, limits).then(() => response.end());
    }
  }

  await listen(server, options);
  return running(listener, connections, state);
}

function requestOf(request: IncomingMessage, gone: AbortSignal): Omit<GatewayRequest, "receive" | "answer" | "pass"> {
  const { method = "", url = "", headers, socket } = request;
  const mark = url.indexOf("?");
  const isChunked = headers["transfer-encoding"] !== undefined;
  return {
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    headers: request.rawHeaders,
    from: socket.remoteAddress ?? "",
    isSecure: "encrypted" in socket,
    length: isChunked ? undefined : Number(headers["content-length"] ?? 0),
    arrivedAt: performance.now(),
    gone,
  };
}
