/** Asks an API server, as one identity, and tries again what may pass (Kubernetes, "API Concepts"). */

import { setTimeout as delay } from "node:timers/promises";
import { readClock } from "../../../core/clock.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds as netBounds } from "../../../net/bounds.ts";
import { parseRetryAfter } from "../../../net/retry.ts";
import type { ClusterConnection, ClusterIdentity } from "./connection.ts";
import {
  type ClusterAnswer,
  type ClusterLines,
  type ClusterRequest,
  type ClusterTransport,
  createTransport,
  type FollowOptions,
  type TransportLimits,
} from "./transport.ts";

export type Plain = Readonly<Record<string, unknown>>;

/** What came of one request, for {@link ANSWERED}; everything else is a Problem. */
export interface ClusterReply {
  readonly status: number;
  /** Of the bytes as they came. */
  readonly bytes: number;
  /** Empty where a refusal is no JSON. */
  readonly body: Plain;
}

export interface ClusterClient {
  /**
   * @param path - begins with a slash, and carries its query
   * @throws Problem whose code starts with `cluster.`
   */
  get(path: string, accept?: string): Promise<ClusterReply>;
  close(): void;
}

/** What changes the cluster, or asks it something that takes a body. */
export interface ClusterWrite {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** Becomes JSON. */
  readonly body?: unknown;
  /** `application/json` where it is left out; a patch names its kind. */
  readonly type?: string;
  /** Whether sent twice it comes to the same: what broke on the way may have been done. */
  readonly repeatable: boolean;
  /** Statuses that are replies too, and not tried again: what admission refuses may have any. */
  readonly answered?: readonly number[];
}

/** A client that also writes and watches. */
export interface ClusterApi extends ClusterClient {
  /** @throws as get */
  send(write: ClusterWrite): Promise<ClusterReply>;
  /**
   * An answer without an end, line by line; one that is not 200 as a reply. Asked once: who follows it knows when to again.
   *
   * @throws as get; the lines too
   */
  follow(path: string, options: FollowOptions, signal: AbortSignal): Promise<ClusterLines | ClusterReply>;
}

/** How long is waited for what. A guard has less time than a reading. */
export interface ClientLimits extends TransportLimits {
  readonly tries: number;
  readonly retryAfterSeconds: number;
  readonly backoffMilliseconds: number;
}

export interface ClientOptions {
  readonly signal?: AbortSignal;
  /** Waits; tests need not. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  readonly limits?: ClientLimits;
}

/** 409: it is there already, or was changed meanwhile. 405, 415, 422: the server takes no such request, or no such object. */
const ANSWERED = new Set([200, 201, 202, 403, 404, 405, 406, 409, 410, 415, 422]);

/** As whom the server is asked, and through what. */
interface Session {
  readonly transport: ClusterTransport;
  readonly identity: ClusterIdentity;
  /** Of performance.now(). */
  readonly since: number;
}

export function createClient(connection: ClusterConnection, options: ClientOptions = {}): ClusterApi {
  const { signal, limits = netBounds } = options;
  const sleep =
    options.sleep ?? ((milliseconds) => delay(milliseconds, undefined, signal === undefined ? {} : { signal }));
  let session: Promise<Session> | undefined;

  async function begin(old?: Session): Promise<Session> {
    const identity = await connection.identify(signal);
    const since = performance.now();
    if (old !== undefined && isSamePair(old.identity, identity)) return { transport: old.transport, identity, since };
    old?.transport.close();
    return { transport: createTransport(connection, identity, limits), identity, since };
  }

  /** What was under way with an old token goes on; of several that are refused together one asks anew. */
  function renew(old: Session | undefined, seen: Promise<Session> | undefined): Promise<Session> {
    if (session !== seen && session !== undefined) return session;
    const begun = begin(old);
    session = begun;
    begun.catch(() => {
      if (session === begun) session = undefined;
    });
    return begun;
  }

  async function current(): Promise<Session> {
    const seen = session;
    if (seen === undefined) return await renew(undefined, undefined);
    const held = await seen;
    const { identityMilliseconds = Number.POSITIVE_INFINITY } = connection;
    if (performance.now() - held.since < identityMilliseconds) return held;
    try {
      return await renew(held, seen);
    } catch {
      // Whether what we were is still taken the server says; a token's file may be away for the moment of its exchange.
      session ??= Promise.resolve({ ...held, since: performance.now() });
      return await session;
    }
  }

  async function disconnect(): Promise<void> {
    const old = session;
    session = undefined;
    (await old?.catch(() => undefined))?.transport.close();
  }

  /** A token may have run out meanwhile: who we are is asked once more. */
  async function identified<Answer extends { readonly status: number }>(
    ask: (transport: ClusterTransport, identity: ClusterIdentity) => Promise<Answer>,
  ): Promise<Answer> {
    const held = await current();
    const seen = session;
    const answer = await ask(held.transport, held.identity);
    if (answer.status !== 401) return answer;
    const anew = await renew(held, seen);
    return await ask(anew.transport, anew.identity);
  }

  async function tried(
    request: ClusterRequest,
    repeatable: boolean,
    answered: readonly number[] = [],
  ): Promise<ClusterReply> {
    const place = `${connection.name}: ${request.path.split("?")[0]}`;
    for (let tries = 1; ; tries++) {
      let wait = limits.backoffMilliseconds * 2 ** (tries - 1);
      try {
        signal?.throwIfAborted();
        const answer = await identified((transport, identity) => transport.send(as(request, identity), signal));
        if (ANSWERED.has(answer.status) || answered.includes(answer.status)) {
          const body = parsed(answer, place);
          return { status: answer.status, bytes: answer.body.length, body };
        }
        // One that is turned away for its rate was not looked at.
        const passes = answer.status === 429 || (answer.status >= 500 && repeatable);
        if (!passes || tries >= limits.tries) throw refusal(answer, place);
        wait = Math.max(wait, parseRetryAfter(answer.headers["retry-after"], readClock().getTime()) ?? 0);
      } catch (error) {
        const passes =
          error instanceof Problem && (error.code === "cluster.broken" || error.code === "cluster.stalled");
        // The authorities of a cluster are rotated too: they are read again with the next connection.
        if (error instanceof Problem && error.code === "cluster.certificate") await disconnect();
        if (!passes || !repeatable || tries >= limits.tries) throw error;
      }
      await sleep(Math.min(wait, limits.retryAfterSeconds * 1_000));
    }
  }

  return {
    get: (path, accept = JSON_TYPE) => tried({ method: "GET", path, accept }, true),
    async send({ method, path, body, type = JSON_TYPE, repeatable, answered }) {
      const sent = body === undefined ? {} : { body: { type, text: JSON.stringify(body) } };
      return await tried({ method, path, accept: JSON_TYPE, ...sent }, repeatable, answered);
    },
    async follow(path, following, ended) {
      const place = `${connection.name}: ${path.split("?")[0]}`;
      const request: ClusterRequest = { method: "GET", path, accept: JSON_TYPE };
      const answer = await identified((transport, identity) =>
        transport.follow(as(request, identity), following, ended),
      );
      if ("lines" in answer) return answer;
      if (!ANSWERED.has(answer.status)) throw refusal(answer, place);
      return { status: answer.status, bytes: answer.body.length, body: parsed(answer, place) };
    },
    close: () => void disconnect(),
  };
}

const JSON_TYPE = "application/json";

function as(request: ClusterRequest, { authorization }: ClusterIdentity): ClusterRequest {
  return authorization === undefined ? request : { ...request, authorization };
}

function isSamePair(one: ClusterIdentity, other: ClusterIdentity): boolean {
  return one.certificate === other.certificate && one.key === other.key;
}

function parsed({ status, body }: ClusterAnswer, place: string): Plain {
  let value: unknown;
  try {
    value = parseJson(body.toString("utf8"));
  } catch {
    value = undefined;
  }
  if (isObject(value)) return value;
  if (status < 200 || status > 299) return {};
  throw new Problem({ kind: "input", code: "cluster.answer", place, cause: "it answers no object of JSON" });
}

function refusal({ status, body }: ClusterAnswer, place: string): Problem {
  if (status === 401) {
    const cause = "the API server does not know who asks (401)";
    const remedy = "the credentials of the kubeconfig are refused, or have run out";
    return new Problem({ kind: "unavailable", code: "cluster.unauthorized", place, cause, remedy });
  }
  const said = messageOf(body);
  const cause = `the API server answered ${status}${said === undefined ? "" : `: ${said}`}`;
  return new Problem({ kind: "unavailable", code: "cluster.answer", place, cause });
}

/** Of a `Status`. */
function messageOf(body: Buffer): string | undefined {
  try {
    const value: unknown = parseJson(body.subarray(0, netBounds.errorBytes).toString("utf8"));
    return isObject(value) && typeof value.message === "string" ? value.message.slice(0, 300) : undefined;
  } catch {
    return undefined;
  }
}
