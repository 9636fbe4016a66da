/**
 * Calls over gRPC (its "gRPC over HTTP/2") to a server on a Unix socket of this machine: one message out, one message or a stream
 * of them in. No TLS, no compression, no metadata: container runtimes want none.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import { connect as connectSocket } from "node:net";
import { failureOf, HttpFailure, stalled } from "./failure.ts";

/** What a call came to. */
export interface GrpcAnswer {
  /** 0 where it came through; 5: not found, 12: the server has no such method (gRPC, "Status codes"). */
  readonly status: number;
  /** The server's words where it did not. */
  readonly words: string;
  /** The message; empty where there is none. */
  readonly message: Buffer;
}

export interface GrpcOptions {
  /** Bytes of one message. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

export interface GrpcClient {
  /**
   * @param method - `/runtime.v1.RuntimeService/Version`
   * @throws HttpFailure `unreachable`, `stalled`, `broken`, `answer`, `too-large`; the signal's reason
   */
  call(method: string, message: Buffer, options: GrpcOptions): Promise<GrpcAnswer>;
  /** Messages as they come; between them nothing may come for as long as it likes. Ends with what the call came to. @throws as call */
  stream(method: string, message: Buffer, options: GrpcOptions): AsyncGenerator<Buffer, GrpcAnswer, void>;
  close(): void;
}

/** Bytes before each message: whether it is compressed, and its length. */
const PREFIX = 5;

export function openGrpc(socket: string, stallMilliseconds: number): GrpcClient {
  let session: ClientHttp2Session | undefined;

  function sessionNow(): ClientHttp2Session {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    session = connect("http://localhost", { createConnection: () => connectSocket(socket) });
    // Each of its streams tells its own caller.
    session.on("error", () => undefined);
    session.unref();
    return session;
  }

  async function* messages(
    method: string,
    message: Buffer,
    { limit, signal }: GrpcOptions,
    patience: number,
  ): AsyncGenerator<Buffer, GrpcAnswer, void> {
    const url = new URL(`http://localhost${method}`);
    signal?.throwIfAborted();
    const current = sessionNow();
    let stream: ClientHttp2Stream;
    try {
      stream = current.request({
        [constants.HTTP2_HEADER_METHOD]: "POST",
        [constants.HTTP2_HEADER_PATH]: method,
        "content-type": "application/grpc",
        te: "trailers",
      });
    } catch (error) {
      throw failureOf(error as Error, url);
    }
    const onAbort = () => stream.destroy(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    let stall = setTimeout(() => stream.destroy(stalled(url, stallMilliseconds)), stallMilliseconds);
    let head: IncomingHttpHeaders = {};
    let end: IncomingHttpHeaders | undefined;
    stream.on("response", (headers) => {
      head = headers;
      clearTimeout(stall);
      if (Number.isFinite(patience)) stall = setTimeout(() => stream.destroy(stalled(url, patience)), patience);
    });
    stream.on("trailers", (headers) => {
      end = headers;
    });
    const prefixed = Buffer.alloc(PREFIX + message.length);
    prefixed.writeUInt32BE(message.length, 1);
    message.copy(prefixed, PREFIX);
    stream.end(prefixed);
    const chunks: Buffer[] = [];
    let held = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        held += chunk.length;
        for (let length = lengthOf(chunks, held, limit, url); length !== undefined; ) {
          const all = Buffer.concat(chunks);
          yield all.subarray(PREFIX, PREFIX + length);
          held -= PREFIX + length;
          chunks.length = 0;
          if (held > 0) chunks.push(all.subarray(PREFIX + length));
          length = lengthOf(chunks, held, limit, url);
        }
      }
    } catch (error) {
      throw signal?.aborted ? signal.reason : failureOf(causeOf(error as Error), url);
    } finally {
      clearTimeout(stall);
      signal?.removeEventListener("abort", onAbort);
      if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL);
    }
    if (held > 0) throw new HttpFailure("broken", url, "ended within a message");
    // One that fails at once sends what it came to with its headers.
    return answerOf(end ?? head, url);
  }

  return {
    async call(method, message, options) {
      const all = messages(method, message, options, stallMilliseconds);
      let first: Buffer | undefined;
      for (;;) {
        const next = await all.next();
        if (next.done === true) return { ...next.value, message: first ?? next.value.message };
        first ??= next.value;
      }
    },
    stream: (method, message, options) => messages(method, message, options, Number.POSITIVE_INFINITY),
    close() {
      session?.destroy();
      session = undefined;
    },
  };
}

/** Of the first message, once all of it is there. */
function lengthOf(chunks: Buffer[], held: number, limit: number, url: URL): number | undefined {
  if (held < PREFIX) return undefined;
  // The prefix may have come in pieces.
  while ((chunks[0] as Buffer).length < PREFIX) chunks.splice(0, 2, Buffer.concat(chunks.slice(0, 2)));
  const first = chunks[0] as Buffer;
  if (first[0] !== 0) throw new HttpFailure("answer", url, "a compressed message");
  const length = first.readUInt32BE(1);
  if (length > limit) throw new HttpFailure("too-large", url, `more than ${limit} bytes`);
  return held < PREFIX + length ? undefined : length;
}

function answerOf(headers: IncomingHttpHeaders, url: URL): GrpcAnswer {
  const stated = headers["grpc-status"];
  const status = typeof stated === "string" && /^\d{1,3}$/.test(stated) ? Number(stated) : undefined;
  if (status === undefined) throw new HttpFailure("answer", url, "not a gRPC answer");
  return { status, words: wordsOf(headers["grpc-message"]), message: Buffer.alloc(0) };
}

/** Percent-encoded, where it has more than ASCII. */
function wordsOf(text: string | string[] | undefined): string {
  const words = String(text ?? "").slice(0, 1_000);
  try {
    return decodeURIComponent(words);
  } catch {
    return words;
  }
}

/** Of a stream that was ended because its connection never came about. */
function causeOf(error: Error): Error {
  return error.cause instanceof Error ? error.cause : error;
}
