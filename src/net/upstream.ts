/** The connections of a gateway to the server behind it: kept while there is use for them, bounded, each fresh enough for its request. */
import { createSecureContext, getCACertificates } from "node:tls";
import type { AnswerHead } from "./answer-reader.ts";
import { HttpFailure } from "./failure.ts";
import { type Connection, isSendable, openConnection, STALE } from "./upstream-connection.ts";
import type {
  AnswerSink,
  Upstream,
  UpstreamDocument,
  UpstreamLimits,
  UpstreamOptions,
  UpstreamRequest,
} from "./upstream-model.ts";

const LIMITS: UpstreamLimits = {
  connections: 1_100,
  idle: 32,
  idleMilliseconds: 15_000,
  connectMilliseconds: 5_000,
  silenceMilliseconds: 60_000,
  readBytes: 128 * 1024,
};

/** A body that is streamed cannot be sent again: it goes over a connection that the server has hardly had the time to close. */
const FRESH_MILLISECONDS = 1_000;

/** Nothing is connected to before the first request. */
export function createUpstream({ origin, authorities, ...options }: UpstreamOptions): Upstream {
  const limits = { ...LIMITS, ...options.limits };
  const context =
    origin.protocol === "https:"
      ? createSecureContext({
          minVersion: "TLSv1.2",
          ca: [...getCACertificates(), ...(authorities === undefined ? [] : [authorities])],
        })
      : undefined;
  const all = new Set<Connection>();
  const idle: Connection[] = [];
  let isClosed = false;

  const events = {
    idle(connection: Connection) {
      if (isClosed) return connection.destroy();
      idle.push(connection);
      if (idle.length > limits.idle) idle.shift()?.destroy();
    },
    closed(connection: Connection) {
      all.delete(connection);
      const at = idle.indexOf(connection);
      if (at >= 0) idle.splice(at, 1);
    },
  };

  /** The one used last, so that those that are too many come to their end. */
  function kept(isStreamed: boolean): Connection | undefined {
    const last = idle.at(-1);
    if (last === undefined || (isStreamed && performance.now() - last.idleSince() > FRESH_MILLISECONDS))
      return undefined;
    return idle.pop();
  }

  function send(request: UpstreamRequest, sink: AnswerSink, signal?: AbortSignal, isSecond = false): void {
    if (signal?.aborted) return;
    const isStreamed = request.body !== undefined && !Buffer.isBuffer(request.body);
    if (!isSendable(request))
      return void sink.failed(new HttpFailure("request", origin, "invalid characters in a header or path"));
    if (isClosed) return void sink.failed(new HttpFailure("unreachable", origin, "the gateway is ending"));
    let connection = isSecond ? undefined : kept(isStreamed);
    if (connection === undefined) {
      if (all.size >= limits.connections) {
        return void sink.failed(
          new HttpFailure("unreachable", origin, `${limits.connections} connections to it are in use`),
        );
      }
      connection = openConnection(origin, context, limits, events);
      all.add(connection);
    }
    if (isStreamed || isSecond) return void connection.send(request, sink, signal);
    const again: AnswerSink = {
      head: (head) => sink.head(head),
      data: (piece, consumed) => sink.data(piece, consumed),
      end: (bodyLeft) => sink.end(bodyLeft),
      // The server closed an idle connection just then: it has seen nothing of the request.
      failed: (failure) => (failure.cause === STALE ? send(request, sink, signal, true) : sink.failed(failure)),
    };
    connection.send(request, again, signal);
  }

  function ask(
    request: UpstreamRequest,
    { maxBytes, signal }: { readonly maxBytes: number; readonly signal?: AbortSignal },
  ): Promise<UpstreamDocument> {
    const { promise, resolve, reject } = Promise.withResolvers<UpstreamDocument>();
    const enough = new AbortController();
    const pieces: Buffer[] = [];
    let head: AnswerHead | undefined;
    let size = 0;
    const onAbort = () => {
      enough.abort();
      reject(signal?.reason);
    };
    if (signal?.aborted) return Promise.reject(signal.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const settle = () => signal?.removeEventListener("abort", onAbort);
    const tooLarge = () => {
      settle();
      reject(new HttpFailure("too-large", origin, `its answer is over ${maxBytes} bytes`));
      enough.abort();
    };
    send(
      request,
      {
        head(its) {
          head = its;
          if ((its.length ?? 0) > maxBytes) tooLarge();
        },
        data(piece) {
          size += piece.length;
          if (size > maxBytes) tooLarge();
          else pieces.push(Buffer.from(piece));
          return true;
        },
        end() {
          settle();
          if (head !== undefined)
            resolve({ ...head, body: pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces) });
        },
        failed(failure) {
          settle();
          reject(failure);
        },
      },
      enough.signal,
    );
    return promise;
  }

  return {
    origin,
    send: (request, sink, signal) => send(request, sink, signal),
    ask,
    connections: () => ({ open: all.size, idle: idle.length }),
    close() {
      isClosed = true;
      for (const each of [...idle]) each.destroy();
    },
  };
}
