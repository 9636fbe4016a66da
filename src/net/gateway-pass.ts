/** One request through a gateway, as a stream both ways. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AnswerHead } from "./answer-reader.ts";
import type { GatewayRequest, Passed, PassOptions } from "./gateway-model.ts";
import { endToEnd, keepHeaders } from "./raw-headers.ts";
import { readOff } from "./server-body.ts";
import type { Limits } from "./server-model.ts";
import type { Upstream, UpstreamRequest } from "./upstream-model.ts";

export interface Passing extends Pick<GatewayRequest, "length" | "gone"> {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly limits: Limits;
  /** Tells a client that waits for it to send its body. */
  wants(): void;
  leaving(): boolean;
}

export function passOn(
  { request, response, limits, length, gone, wants, leaving }: Passing,
  upstream: Upstream,
  asked: Omit<UpstreamRequest, "body"> & { readonly body?: Buffer },
  { change = unchanged, mostBytes = Number.POSITIVE_INFINITY }: PassOptions = {},
): Promise<Passed> {
  const { promise, resolve } = Promise.withResolvers<Passed>();
  const { socket } = request;
  const isStreamed = asked.body === undefined && length !== 0;
  let status = 0;
  let bytes = 0;
  /** Straight into the connection: node's answers hold each piece back for a turn, and the memory with it. */
  let isDirect = false;

  /** Ends what goes to the upstream, which then has only a part of the body. */
  const ended = new AbortController();
  gone.addEventListener(
    "abort",
    () => {
      ended.abort();
      resolve({ outcome: "cut", status, bytes });
    },
    { once: true },
  );
  if (isStreamed && length !== undefined && length > mostBytes) return Promise.resolve({ outcome: "too-large" });
  if (isStreamed) wants();
  if (isStreamed && length === undefined && mostBytes < Number.POSITIVE_INFINITY) {
    let received = 0;
    request.on("data", (piece: Buffer) => {
      received += piece.length;
      if (received <= mostBytes || response.headersSent) return;
      ended.abort();
      socket.setTimeout(limits.silenceMilliseconds);
      resolve({ outcome: "too-large" });
    });
  }
  // Once all is sent it is the upstream that is waited for, and its silence that is bounded.
  const waits = () => {
    if (!response.headersSent) socket.setTimeout(0);
  };
  if (isStreamed) request.once("end", waits);
  else waits();
  upstream.send(
    {
      ...asked,
      headers: endToEnd(keepHeaders(asked.headers, (name) => name !== "content-length" && name !== "expect")),
      ...(isStreamed ? { body: { stream: request, ...(length === undefined ? {} : { length }) } } : {}),
    },
    {
      head(head) {
        socket.setTimeout(limits.silenceMilliseconds);
        const changed = change(head);
        const kept = endToEnd(changed.headers);
        status = changed.status;
        if (leaving() || !(request.complete || length === 0)) kept.push("Connection", "close");
        response.writeHead(status, kept);
        response.flushHeaders();
        isDirect = head.length !== undefined && head.length > 0;
      },
      data(piece, consumed) {
        bytes += piece.length;
        if (!isDirect) {
          response.write(piece, (error) => {
            if (!error) consumed();
          });
          return false;
        }
        socket.write(piece, (error) => {
          if (!error && isLate) consumed();
        });
        const isLate = socket.writableLength > 0;
        return !isLate;
      },
      end(bodyLeft) {
        const end = () => {
          response.end();
          resolve({ outcome: "passed", status, bytes });
        };
        // The upstream has answered before the client has sent all: the rest is for nobody.
        if (bodyLeft && !request.complete) void readOff(request, limits).then(end);
        else end();
      },
      failed(failure) {
        if (!response.headersSent) {
          socket.setTimeout(limits.silenceMilliseconds);
          return resolve({ outcome: "failed", failure });
        }
        // A client must not take what came for all.
        socket.destroy();
        resolve({ outcome: "cut", status, bytes });
      },
    },
    ended.signal,
  );
  return promise;
}

const unchanged = (head: AnswerHead) => head;
