/** What a server of ours is asked, and what it answers. */
import type { IncomingHttpHeaders } from "node:http";

/** A request before its body. */
export interface RequestHead {
  readonly method: string;
  /** Without the query, as it came: `/validate`. */
  readonly path: string;
  /** Without the question mark; empty where there is none. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** `performance.now()` when the head was there: the time that a body takes is the request's, too. */
  readonly arrivedAt: number;
}

export interface ServerRequest extends RequestHead {
  /** All of it, within the bound. */
  readonly body: Buffer;
  /** Calls back once where the client goes away before it is answered. */
  whenGone(act: () => void): void;
}

export interface ServerAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Whose certificate is shown, in PEM. */
export interface ServerCertificate {
  /** The leaf first, then what leads to an authority. */
  readonly certificate: string;
  readonly key: string;
}

/** Why something of a client was not served. */
export type Refused =
  /** Something that is no TLS on a port for TLS. */
  | "not-tls"
  /** TLS that comes to nothing: a version or a cipher of the past, a client that does not trust us, silence. */
  | "handshake"
  /** No HTTP, or headers over their bound. */
  | "malformed"
  /** It took too long to send its request. */
  | "slow"
  /** Its body is over the bound. */
  | "too-large"
  /** Its body was cut off so that others find room. */
  | "no-room"
  /** There are more connections than the bound. */
  | "connections"
  /** It went away before it was answered. */
  | "gone";

export interface ServerOptions {
  /** An address: `0.0.0.0`, `::`, `127.0.0.1`. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly certificate?: ServerCertificate;
  /** In PEM: only clients whose certificate one of these has signed are served. */
  readonly clientAuthorities?: string;
  /** Bytes of a body. */
  readonly bodyBytes: number;
  /** The bytes of a body are another's once it is answered: what is kept longer must be copied. */
  readonly recyclesBodies?: true;
  /** Others than `serverBounds`, for tests. */
  readonly limits?: Partial<Limits>;
  /** Looks at a request before its body is read; an answer here is the answer. */
  admit?(head: RequestHead): ServerAnswer | undefined;
  /**
   * Answers a request whose body is over the bound; absent, or undefined: 413.
   *
   * @param beginning - of the body, some KiB at most
   */
  tooLarge?(head: RequestHead, beginning: Buffer): ServerAnswer | undefined;
  /** Where it throws the answer is 500, and `onError` is told. */
  handle(request: ServerRequest): ServerAnswer | Promise<ServerAnswer>;
  onRefused?(why: Refused): void;
  onError(error: unknown): void;
}

export interface Limits {
  readonly connections: number;
  readonly handshakeMilliseconds: number;
  readonly headersMilliseconds: number;
  readonly requestMilliseconds: number;
  readonly checkMilliseconds: number;
  readonly silenceMilliseconds: number;
  readonly keepAliveMilliseconds: number;
  readonly receivingBytes: number;
  readonly unwantedBytes: number;
  readonly unwantedMilliseconds: number;
}

export interface RunningServer {
  readonly port: number;
  /** Connections that are open. */
  connections(): number;
  /** Requests whose head is there, and whose answer is not sent. */
  underWay(): number;
  /**
   * Shows another certificate to who connects from now on; connections that are open stay.
   *
   * @throws Problem `server.certificate`: what was shown before is still shown
   */
  show(certificate: ServerCertificate): void;
  /** From now on each answer asks its client to connect anew, as to another replica. */
  leave(): void;
  /**
   * Takes no more connections, closes the idle ones, and waits for what is under way.
   *
   * @param milliseconds - then the rest is cut off
   * @returns how many requests were
   */
  close(milliseconds: number): Promise<number>;
}
