/** Asks an API server, as one identity, and tries again what may pass (Kubernetes, "API Concepts"). */

import { setTimeout as delay } from "node:timers/promises";
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import { bounds as netBounds } from "../../../net/bounds.ts";
import { parseRetryAfter } from "../../../net/retry.ts";
import type { ClusterConnection } from "./connection.ts";
import { type ClusterAnswer, type ClusterTransport, createTransport } from "./transport.ts";

export type Plain = Readonly<Record<string, unknown>>;

/** What came of one request: 200, 403, 404, 406, 410; everything else is a Problem. */
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

export interface ClientOptions {
  readonly signal?: AbortSignal;
  /** Waits; tests need not. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

const ANSWERED = new Set([200, 403, 404, 406, 410]);

export function createClient(connection: ClusterConnection, options: ClientOptions = {}): ClusterClient {
  const { signal } = options;
  const sleep =
    options.sleep ?? ((milliseconds) => delay(milliseconds, undefined, signal === undefined ? {} : { signal }));
  let transport: Promise<ClusterTransport> | undefined;

  async function connect(): Promise<ClusterTransport> {
    return createTransport(connection, await connection.identify(signal));
  }

  async function reconnect(): Promise<void> {
    const old = transport;
    transport = undefined;
    (await old?.catch(() => undefined))?.close();
  }

  /** A token may have run out meanwhile: who we are is asked once more. */
  async function once(path: string, accept: string): Promise<ClusterAnswer> {
    transport ??= connect();
    const answer = await (await transport).get(path, accept, signal);
    if (answer.status !== 401) return answer;
    await reconnect();
    transport = connect();
    return await (await transport).get(path, accept, signal);
  }

  async function get(path: string, accept = "application/json"): Promise<ClusterReply> {
    const place = `${connection.name}: ${path.split("?")[0]}`;
    for (let tries = 1; ; tries++) {
      let wait = netBounds.backoffMilliseconds * 2 ** (tries - 1);
      try {
        signal?.throwIfAborted();
        const answer = await once(path, accept);
        if (ANSWERED.has(answer.status)) {
          const body = parsed(answer, place);
          return { status: answer.status, bytes: answer.body.length, body };
        }
        const passes = answer.status === 429 || answer.status >= 500;
        if (!passes || tries >= netBounds.tries) throw refusal(answer, place);
        wait = Math.max(wait, parseRetryAfter(answer.headers["retry-after"], Date.now()) ?? 0);
      } catch (error) {
        const passes =
          error instanceof Problem && (error.code === "cluster.broken" || error.code === "cluster.stalled");
        if (!passes || tries >= netBounds.tries) throw error;
      }
      await sleep(Math.min(wait, netBounds.retryAfterSeconds * 1_000));
    }
  }

  return {
    get,
    close: () => void reconnect(),
  };
}

function parsed({ status, body }: ClusterAnswer, place: string): Plain {
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    value = undefined;
  }
  if (isObject(value)) return value;
  if (status !== 200) return {};
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
    const value: unknown = JSON.parse(body.subarray(0, netBounds.errorBytes).toString("utf8"));
    return isObject(value) && typeof value.message === "string" ? value.message.slice(0, 300) : undefined;
  } catch {
    return undefined;
  }
}
