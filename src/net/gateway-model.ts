/** What a gateway hands over: requests whose bodies nobody has read, to be answered or passed on. */
import type { AnswerHead } from "./answer-reader.ts";
import type { HttpFailure } from "./failure.ts";
import type { RawHeaders } from "./raw-headers.ts";
import type { Limits, Refused, ServerOptions } from "./server-model.ts";
import type { Upstream, UpstreamRequest } from "./upstream-model.ts";

export interface GatewayOptions extends Pick<ServerOptions, "host" | "port" | "certificate" | "clientAuthorities"> {
  readonly limits?: Partial<Limits>;
  /** Answers it, or passes it on. Where it does neither, or throws, the answer is 500, and `onError` is told. */
  handle(request: GatewayRequest): Promise<void>;
  onRefused?(why: Refused): void;
  onError(error: unknown): void;
}

export interface GatewayRequest {
  readonly method: string;
  /** Without the query, as it came. */
  readonly path: string;
  /** Without the question mark; empty where there is none. */
  readonly query: string;
  readonly headers: RawHeaders;
  /** The address at the other end of the connection. */
  readonly from: string;
  readonly isSecure: boolean;
  /** Bytes of its body as announced; undefined where it is chunked. 0: it has none. */
  readonly length: number | undefined;
  /** `performance.now()` when its head was there. */
  readonly arrivedAt: number;
  /** The client has gone away before it was answered. */
  readonly gone: AbortSignal;
  /** Its whole body; `gone`: the client is, and nobody waits for an answer. */
  receive(maxBytes: number): Promise<Buffer | "too-large" | "no-room" | "gone">;
  answer(answer: GatewayAnswer): void;
  /**
   * Sends its body on as it comes, and the answer back as that comes.
   *
   * @param asked - instead of what the client wrote; a body of its own where the client's is not to be sent
   * @returns what became of it; a failure before the answer began is the caller's to answer
   */
  pass(
    upstream: Upstream,
    asked: Omit<UpstreamRequest, "body"> & { readonly body?: Buffer },
    how?: PassOptions,
  ): Promise<Passed>;
}

export interface PassOptions {
  /** The head of the answer as the client gets it. */
  readonly change?: (head: AnswerHead) => Pick<AnswerHead, "status" | "headers">;
  /** Of the client's body; what is over it is cut off, and the upstream never sees the end of it. */
  readonly mostBytes?: number;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly headers?: RawHeaders;
  readonly body?: string | Buffer;
}

export type Passed =
  | { readonly outcome: "passed"; readonly status: number; readonly bytes: number }
  /** The client went away, or the upstream broke off within the answer. */
  | { readonly outcome: "cut"; readonly status: number; readonly bytes: number }
  | { readonly outcome: "failed"; readonly failure: HttpFailure }
  /** The client's body is; the answer is the caller's, as with a failure. */
  | { readonly outcome: "too-large" };
