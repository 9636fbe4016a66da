/** What the proxy stands on, and one request on its way through it. */
import type { Route } from "../../../engines/oci/distribution/routes.ts";
import type { GatewayRequest } from "../../../net/gateway-model.ts";
import type { Limits, Refused, ServerAnswer, ServerCertificate } from "../../../net/server-model.ts";
import type { Upstream } from "../../../net/upstream-model.ts";
import type { Locks } from "../../../store/model.ts";
import type {
  AuditEntry,
  Authenticator,
  Engine,
  EngineTokens,
  Identity,
  Outcome,
  PullGate,
  PushGate,
  Upstreams,
} from "../model.ts";

export interface ProxyOptions {
  /** An address: `0.0.0.0`, `127.0.0.1`. */
  readonly host: string;
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly certificate?: ServerCertificate;
  readonly limits?: Partial<Limits>;
  /** Connections to the engine: blobs go over them as streams. */
  readonly upstream: Upstream;
  readonly engine: Engine;
  /** Absent: the engine asks nobody who they are. */
  readonly tokens?: EngineTokens;
  readonly authenticator: Authenticator;
  readonly pull: PullGate;
  readonly push: PushGate;
  readonly upstreams: Upstreams;
  /** So that two replicas that list a referrer lose none. */
  readonly locks: Pick<Locks, "tryHold">;
  readonly now: () => Date;
  /** Milliseconds that a pull may be judged for; asked for each. */
  readonly pullMilliseconds: () => number;
  /** By path: the token service, keys, notifications. What is a path of the specification is none of them. */
  readonly pages?: ReadonlyMap<string, Page>;
  onDecided(decided: Decided): void;
  onAnswered?(answered: Answered): void;
  onRefused?(why: Refused): void;
  onError(error: unknown): void;
}

/** An answer of the guard's own at one path. */
export interface Page {
  /** Of a body; over it the answer is 413. */
  readonly bodyBytes: number;
  answer(asked: PageRequest): Promise<ServerAnswer> | ServerAnswer;
}

export interface PageRequest {
  readonly method: string;
  readonly query: string;
  /** In lower case; of a repeated field the first. */
  header(name: string): string | undefined;
  readonly body: Buffer;
  /** The address at the other end of the connection. */
  readonly from: string;
  /** The client has gone away. */
  readonly gone: AbortSignal;
}

export interface Decided {
  readonly entry: AuditEntry;
  readonly outcomes: readonly Outcome[];
  /** From the head of the request. */
  readonly milliseconds: number;
}

export interface Answered {
  readonly operation: string;
  readonly status: number;
  /** Of the body that went through to the client. */
  readonly bytes: number;
}

/** A request whose end and whose principal are known. */
export interface Asked {
  readonly request: GatewayRequest;
  readonly route: Route;
  readonly identity: Identity;
  readonly now: Date;
  readonly operation: string;
}
