/** A proxy whose gates let everything through, for tests of the way itself and of the specification's conformance. */
import type { TestContext } from "node:test";
import { readClock } from "../../../core/clock.ts";
import { Problem } from "../../../core/problem.ts";
import type { RunningServer } from "../../../net/server-model.ts";
import { createUpstream } from "../../../net/upstream.ts";
import { memoryStore } from "../../../store/memory.fixture.ts";
import type { Authenticator, Decision, Engine, Identity, PullGate, PushGate, Upstreams } from "../model.ts";
import { createEngine } from "./engine.ts";
import type { Decided, ProxyOptions } from "./options.ts";
import { startProxy } from "./proxy.ts";

export const allowed: Decision = { action: "allow", basis: "policy", reason: "allowed", outcomes: [], warnings: [] };

export const somebody: Identity = {
  principal: { name: "user:test", kind: "user", isExempt: false },
  grants: [],
  mayListCatalog: true,
};

export const everybody: Authenticator = { identify: async () => somebody };

export function openPull(engine: Engine): PullGate {
  return {
    async manifest({ repository, reference, deadline }) {
      const manifest = await engine.manifest(repository, reference, deadline);
      if (manifest === undefined) return allowed;
      if (!(manifest instanceof Problem)) return { ...allowed, digest: manifest.digest, manifest };
      const refusal = { status: 503, code: "UNAVAILABLE", message: manifest.message } as const;
      return { ...allowed, action: "refuse", basis: "unknown", reason: manifest.message, refusal };
    },
    blob: async () => allowed,
    referrers: async () => allowed,
  };
}

export const openPush: PushGate = {
  manifest: async () => allowed,
  upload: async () => ({ ...allowed, mounts: true, mostBytes: Number.POSITIVE_INFINITY }),
  remove: async () => allowed,
};

export const noUpstreams: Upstreams = {
  of: () => undefined,
  meant: () => undefined,
  ensure: async () => allowed,
  blob: async () => allowed,
};

export interface OpenProxy extends RunningServer {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly origin: string;
  readonly engine: Engine;
  readonly decided: Decided[];
  readonly errors: unknown[];
}

/** @param origin - of the engine: `http://127.0.0.1:5000` */
export async function openProxy(origin: string, options: Partial<ProxyOptions> = {}): Promise<OpenProxy> {
  const upstream = options.upstream ?? createUpstream({ origin: new URL(origin) });
  const engine = options.engine ?? createEngine(upstream, options.tokens);
  const decided: Decided[] = [];
  const errors: unknown[] = [];
  const server = await startProxy({
    host: "127.0.0.1",
    port: 0,
    upstream,
    engine,
    authenticator: everybody,
    pull: openPull(engine),
    push: openPush,
    upstreams: noUpstreams,
    locks: memoryStore().locks,
    now: () => readClock(),
    pullMilliseconds: () => 10_000,
    onDecided: (each) => decided.push(each),
    onError: (error) => errors.push(error),
    ...options,
  });
  const host = `127.0.0.1:${server.port}`;
  const close = async (milliseconds: number) => {
    const cut = await server.close(milliseconds);
    upstream.close();
    return cut;
  };
  return {
    ...server,
    close,
    host,
    origin: `${options.certificate === undefined ? "http" : "https"}://${host}`,
    engine,
    decided,
    errors,
  };
}

export async function testedProxy(
  t: TestContext,
  origin: string,
  options: Partial<ProxyOptions> = {},
): Promise<OpenProxy> {
  const proxy = await openProxy(origin, options);
  t.after(() => proxy.close(0));
  return proxy;
}
