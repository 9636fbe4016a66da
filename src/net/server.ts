/**
 * The one HTTP/1.1 server, over TLS or without: bounds on connections, headers, bodies and time, another certificate without
 * a connection lost, an end that loses no request. What is asked and answered stands in server-model.ts.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { serverBounds } from "./bounds.ts";
import { createListener, listen, running } from "./listener.ts";
import { createReceiving, readOff } from "./server-body.ts";
import { createConnections } from "./server-connections.ts";
import type { Limits, RequestHead, RunningServer, ServerAnswer, ServerOptions } from "./server-model.ts";

/**
 * Listens.
 *
 * @throws Problem `server.listen` where the address is not to be had, `server.certificate`
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const limits: Limits = { ...serverBounds, ...options.limits };
  const refused = options.onRefused ?? (() => undefined);
  const connections = createConnections(limits.connections, () => refused("connections"));
  const receiving = createReceiving({ one: options.bodyBytes, all: limits.receivingBytes }, options.recyclesBodies);
  const state = { leaving: false, underWay: 0 };

  const listener = createListener(options, limits, connections, refused);
  const { server } = listener;
  server.on("request", (request, response) => void serve(request, response));
  server.on("checkContinue", (request, response) => void serve(request, response, () => response.writeContinue()));

  async function serve(request: IncomingMessage, response: ServerResponse, wanted?: () => void): Promise<void> {
    const { socket } = request;
    state.underWay += 1;
    connections.busy(socket);
    let gone: (() => void) | undefined;
    let isGone = false;
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    response.once("close", () => {
      state.underWay -= 1;
      if (response.writableFinished) return connections.idle(socket);
      isGone = true;
      refused("gone");
      gone?.();
    });
    const head = headOf(request);
    let answer: ServerAnswer | undefined;
    let unread = true;
    let isWanted = false;
    try {
      answer = options.admit?.(head);
      if (answer === undefined) {
        wanted?.();
        isWanted = true;
        const announced = Number(request.headers["content-length"] ?? 0);
        const body = await receiving.receive(request, announced > options.bodyBytes ? 0 : undefined);
        if (body === "gone") return;
        if (body === "no-room") answer = noRoom();
        else if ("beginning" in body) answer = tooLarge(head, body.beginning);
        else {
          unread = false;
          const whenGone = (act: () => void) => {
            gone = act;
            if (isGone) act();
          };
          try {
            answer = await options.handle({ ...head, body, whenGone });
          } finally {
            receiving.release(body);
          }
        }
      }
    } catch (error) {
      options.onError(error);
      answer = { status: 500 };
    }
    // Who waits to be told to send the body sends none.
    const isSending = unread && (wanted === undefined || isWanted);
    const isRead = !isSending || (await readOff(request, limits));
    if (isGone) return;
    send(response, isRead ? answer : { ...answer, headers: { ...answer.headers, connection: "close" } });
  }

  function tooLarge(head: RequestHead, beginning: Buffer): ServerAnswer {
    refused("too-large");
    const body = `the body is over ${options.bodyBytes} bytes\n`;
    return options.tooLarge?.(head, beginning) ?? { status: 413, body };
  }

  function noRoom(): ServerAnswer {
    refused("no-room");
    return { status: 503, body: "too many bodies are being received\n" };
  }

  function send(response: ServerResponse, { status, headers = {}, body = "" }: ServerAnswer): void {
    response.writeHead(status, {
      ...(typeof body === "string" ? { "content-type": "text/plain; charset=utf-8" } : {}),
      ...headers,
      "content-length": String(Buffer.byteLength(body)),
      ...(state.leaving ? { connection: "close" } : {}),
    });
    response.end(body);
  }

  await listen(server, options);
  return running(listener, connections, state);
}

function headOf(request: IncomingMessage): RequestHead {
  const { method = "", url = "", headers } = request;
  const mark = url.indexOf("?");
  const arrivedAt = performance.now();
  if (mark < 0) return { method, path: url, query: "", headers, arrivedAt };
  return { method, path: url.slice(0, mark), query: url.slice(mark + 1), headers, arrivedAt };
}
