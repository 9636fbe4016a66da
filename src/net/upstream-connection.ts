/** One connection to the server behind a gateway: a request at a time, its answer read into one piece of memory. */
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls, type SecureContext } from "node:tls";
import { type AnswerReader, createAnswerReader } from "./answer-reader.ts";
import { failureOf, HttpFailure, stalled } from "./failure.ts";
import { placeOf } from "./tunnel.ts";
import type { AnswerSink, StreamedBody, UpstreamLimits, UpstreamRequest } from "./upstream-model.ts";

export interface Connection {
  send(request: UpstreamRequest, sink: AnswerSink, signal: AbortSignal | undefined): void;
  /** `performance.now()` of the end of its last answer. */
  readonly idleSince: () => number;
  destroy(): void;
}

export interface ConnectionEvents {
  /** It can take another request. */
  idle(connection: Connection): void;
  closed(connection: Connection): void;
}

interface Exchange {
  readonly request: UpstreamRequest;
  readonly sink: AnswerSink;
  readonly reader: AnswerReader;
  readonly isReused: boolean;
  /** Takes away what the exchange listens for. */
  detach(): void;
  /** All of the request was written. */
  isSent: boolean;
}

/** The cause of a failure that says: nothing came, and the connection was an old one. */
export const STALE = Symbol("stale");

export function openConnection(
  origin: URL,
  context: SecureContext | undefined,
  limits: UpstreamLimits,
  events: ConnectionEvents,
): Connection {
  const memory = Buffer.allocUnsafeSlow(limits.readBytes);
  const { hostname, port, servername } = placeOf(origin);
  const place = { host: hostname, port: Number(port), noDelay: true };
  const onread = { buffer: memory, callback: (size: number) => received(memory.subarray(0, size)) };
  const socket: Socket =
    context === undefined
      ? connectPlain({ ...place, onread })
      : connectTls({ ...place, servername, secureContext: context, ALPNProtocols: ["http/1.1"], onread } as object);
  let exchange: Exchange | undefined;
  let isReused = false;
  /** The sink has not consumed the last piece; what lies behind it in memory waits, too. */
  let isWaiting = false;
  let rest: Buffer | undefined;
  let fault: Error | undefined;
  let idleSince = 0;

  socket.setTimeout(limits.connectMilliseconds);
  socket.once(context === undefined ? "connect" : "secureConnect", () => socket.setTimeout(silence()));
  socket.on("error", (error) => {
    fault ??= error;
  });
  socket.on("timeout", () => {
    if (exchange !== undefined) fault ??= stalled(origin, socket.timeout ?? 0);
    socket.destroy();
  });
  socket.on("close", closed);

  const silence = () => exchange?.request.silenceMilliseconds ?? limits.silenceMilliseconds;

  /** @returns false: nothing more is read until the piece is consumed */
  function received(bytes: Buffer): boolean {
    const its = exchange;
    if (its === undefined) {
      // Nobody has asked for anything.
      socket.destroy();
      return true;
    }
    let taken: number;
    try {
      taken = its.reader.read(bytes);
    } catch (error) {
      fault = new HttpFailure("answer", origin, (error as Error).message, { cause: error });
      socket.destroy();
      return true;
    }
    if (isWaiting) {
      rest = taken < bytes.length ? bytes.subarray(taken) : undefined;
      socket.setTimeout(0);
      return false;
    }
    if (exchange === its && its.reader.isDone()) finish(its);
    return true;
  }

  function consumed(its: Exchange): void {
    if (exchange !== its || !isWaiting) return;
    isWaiting = false;
    const more = rest;
    rest = undefined;
    if (more !== undefined && !received(more)) return;
    if (exchange !== its) return;
    if (its.reader.isDone()) return void finish(its);
    socket.setTimeout(silence());
    socket.resume();
  }

  function finish(its: Exchange): void {
    exchange = undefined;
    its.detach();
    isReused = true;
    idleSince = performance.now();
    if (its.reader.isKept() && its.isSent && !socket.destroyed) {
      socket.setTimeout(limits.idleMilliseconds);
      socket.resume();
      events.idle(connection);
    } else socket.destroy();
    its.sink.end(!its.isSent);
  }

  function closed(): void {
    events.closed(connection);
    const its = exchange;
    // All of the answer is there, and waits for whom it is for.
    if (its === undefined || (isWaiting && its.reader.isDone())) return;
    if (fault === undefined && !isWaiting && its.reader.ended()) return void finish(its);
    exchange = undefined;
    its.detach();
    const cause = fault ?? Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" });
    const failure = failureOf(cause, origin);
    const isStale = its.isReused && !its.reader.hasBegun() && failure.reason === "broken";
    its.sink.failed(isStale ? Object.assign(failure, { cause: STALE }) : failure);
  }

  const connection: Connection = {
    idleSince: () => idleSince,
    destroy: () => socket.destroy(),
    send(request, sink, signal) {
      const reader = createAnswerReader(request.method, {
        head: (head) => sink.head(head),
        data(piece) {
          isWaiting = !sink.data(piece, () => consumed(its));
          return !isWaiting;
        },
      });
      const onAbort = () => {
        if (exchange !== its) return;
        exchange = undefined;
        its.detach();
        socket.destroy();
      };
      let endBody: () => void = () => undefined;
      const its: Exchange = {
        request,
        sink,
        reader,
        isReused,
        isSent: false,
        detach() {
          signal?.removeEventListener("abort", onAbort);
          endBody();
        },
      };
      exchange = its;
      signal?.addEventListener("abort", onAbort, { once: true });
      if (!socket.connecting) socket.setTimeout(silence());
      const { body } = request;
      const head = headOf(request, origin);
      if (body === undefined || Buffer.isBuffer(body)) {
        its.isSent = true;
        if (body === undefined || body.length === 0) socket.write(head, "latin1");
        else socket.write(Buffer.concat([Buffer.from(head, "latin1"), body]));
      } else {
        socket.write(head, "latin1");
        endBody = stream(body, socket, () => {
          its.isSent = true;
        });
      }
    },
  };
  return connection;
}

/** @returns takes away what listens, after which the stream is the caller's again */
function stream({ stream: body, length }: StreamedBody, socket: Socket, sent: () => void): () => void {
  const isChunked = length === undefined;
  const write = (piece: Buffer): boolean => {
    if (!isChunked) return socket.write(piece);
    socket.cork();
    socket.write(`${piece.length.toString(16)}\r\n`, "latin1");
    socket.write(piece);
    const isTaken = socket.write("\r\n", "latin1");
    socket.uncork();
    return isTaken;
  };
  const onData = (piece: Buffer) => {
    if (!write(piece)) body.pause();
  };
  const onDrain = () => body.resume();
  const onEnd = () => {
    if (isChunked) socket.write("0\r\n\r\n", "latin1");
    sent();
  };
  const onClose = () => {
    // It broke off: the server must not take what came for all.
    if (!body.readableEnded) socket.destroy();
  };
  socket.on("drain", onDrain);
  body.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  return () => {
    socket.off("drain", onDrain);
    body.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
  };
}

/** @throws HttpFailure `request` where something in it would end a line */
function headOf({ method, path, headers, body }: UpstreamRequest, origin: URL): string {
  let head = `${method} ${path} HTTP/1.1\r\n`;
  let isHostNamed = false;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    head += `${headers[at]}: ${headers[at + 1]}\r\n`;
    if (headers[at]?.toLowerCase() === "host") isHostNamed = true;
  }
  if (!isHostNamed) head += `Host: ${origin.host}\r\n`;
  if (Buffer.isBuffer(body)) head += `Content-Length: ${body.length}\r\n`;
  else if (body !== undefined)
    head += body.length === undefined ? "Transfer-Encoding: chunked\r\n" : `Content-Length: ${body.length}\r\n`;
  else if (method === "POST" || method === "PUT" || method === "PATCH") head += "Content-Length: 0\r\n";
  return `${head}\r\n`;
}

const LINE_BREAK = /[\r\n\0]/;

/** Nothing in it ends a line before its time. */
export function isSendable({ method, path, headers }: UpstreamRequest): boolean {
  return !LINE_BREAK.test(method) && !/[\s\0]/.test(path) && !headers.some((each) => LINE_BREAK.test(each));
}
