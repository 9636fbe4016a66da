/** The server behind a gateway: what it is asked, and how its answer is handed over. */
import type { Readable } from "node:stream";
import type { AnswerHead } from "./answer-reader.ts";
import type { HttpFailure } from "./failure.ts";
import type { RawHeaders } from "./raw-headers.ts";

export interface UpstreamOptions {
  /** `https://registry.internal:5000`: what stands behind the host is not looked at. */
  readonly origin: URL;
  /** PEM, beside the system's. */
  readonly authorities?: string;
  readonly limits?: Partial<UpstreamLimits>;
}

export interface UpstreamLimits {
  /** At once; one more is a failure. */
  readonly connections: number;
  /** Kept without a request. */
  readonly idle: number;
  readonly idleMilliseconds: number;
  readonly connectMilliseconds: number;
  /** Without a byte, where the upstream is waited for. */
  readonly silenceMilliseconds: number;
  /** Of memory for what is read from one connection. */
  readonly readBytes: number;
}

export interface UpstreamRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Without what is about the connection or the length; `Host` among them where it is to be another's. */
  readonly headers: RawHeaders;
  readonly body?: Buffer | StreamedBody;
  /** Other than the limit: an engine that has taken a large upload is silent while it checks and moves it. */
  readonly silenceMilliseconds?: number;
}

export interface StreamedBody {
  readonly stream: Readable;
  /** Bytes; absent: chunked. */
  readonly length?: number;
}

export interface AnswerSink {
  head(head: AnswerHead): void;
  /**
   * A piece of the body, in memory that is used again as soon as it is consumed.
   *
   * @param consumed - to be called once it is, where that was not at once
   * @returns whether it was at once
   */
  data(piece: Buffer, consumed: () => void): boolean;
  /** @param bodyLeft - the answer came before all of the request was sent */
  end(bodyLeft: boolean): void;
  /** Instead of the end, whatever came before. */
  failed(failure: HttpFailure): void;
}

export interface UpstreamDocument extends AnswerHead {
  readonly body: Buffer;
}

export interface Upstream {
  readonly origin: URL;
  /** The sink is told of everything, a failure among it; where the signal says that nobody wants it, of nothing more. */
  send(request: UpstreamRequest, sink: AnswerSink, signal?: AbortSignal): void;
  /**
   * An answer read whole.
   *
   * @throws HttpFailure, `too-large` over the bound; the signal's reason
   */
  ask(
    request: UpstreamRequest,
    options: { readonly maxBytes: number; readonly signal?: AbortSignal },
  ): Promise<UpstreamDocument>;
  /** Connections that are open, and those of them that wait for a request. */
  connections(): { readonly open: number; readonly idle: number };
  close(): void;
}
