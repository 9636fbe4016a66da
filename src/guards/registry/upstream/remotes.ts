/** Upstreams, and how they are asked: with which credentials, how often, and when they are left alone. */
import { Problem } from "../../../core/problem.ts";
import { type ImageReference, registryHost, repositoryOf } from "../../../engines/oci/reference.ts";
import { createPatience, type Patience } from "../../../engines/oci/referrers/patience.ts";
import { openRegistry, type RegistryClient, type RegistryOptions } from "../../../engines/oci/registry/client.ts";
import type { Credentials } from "../../../engines/oci/registry/credentials.ts";
import { PassingProblem } from "../../../engines/oci/registry/retry.ts";
import { mayBeAsked } from "../../../net/link-local.ts";
import { bounds, registryLimits } from "./bounds.ts";
import type { UpstreamRepository } from "./names.ts";

/** What credentials are called → they, for the registry that is asked; a Problem where there are none. */
export type FindCredentials = (
  name: string,
  source: Pick<ImageReference, "domain" | "path">,
) => Promise<Credentials | Problem>;

export interface RemoteSettings {
  readonly registry?: Omit<RegistryOptions, "credentials" | "anonymous" | "signal" | "onAnswer">;
  readonly credentials: FindCredentials;
  /** Milliseconds since any time, which never goes back. */
  readonly clock: () => number;
}

export interface Remote {
  readonly source: Pick<ImageReference, "domain" | "path">;
  /** Nothing is sent before the first question. @throws Problem `registry.upstream-credentials` */
  options(signal: AbortSignal): Promise<RegistryOptions>;
  /**
   * As of `options`; the caller closes it. Nothing is asked of an upstream that fell silent a moment ago: it fails with what that
   * failed with.
   */
  open(signal: AbortSignal): Promise<RegistryClient>;
  /** Throws where the upstream said a moment ago that no pull is left. */
  mayFetch(): void;
  /** Whether it said anything lately. */
  isAlive(): boolean;
}

export interface Remotes {
  of(upstream: UpstreamRepository & { readonly source: NonNullable<UpstreamRepository["source"]> }): Remote;
}

interface Heard {
  last: number;
  /** Of `exhausted`. */
  until: number;
  said?: string;
}

export function createRemotes({ registry = {}, credentials, clock }: RemoteSettings): Remotes {
  const patience: Patience = createPatience(silenceOf, clock);
  /** By host, and by who asks: limits are of one account. As many as policies name. */
  const heard = new Map<string, Heard>();

  function of({ source, rule }: Parameters<Remotes["of"]>[0]): Remote {
    const host = registryHost(source);
    const key = `${host} ${rule.credentials ?? ""}`;
    const own = heard.get(key) ?? { last: Number.NEGATIVE_INFINITY, until: Number.NEGATIVE_INFINITY };
    heard.set(key, own);

    async function options(signal: AbortSignal): Promise<RegistryOptions> {
      const known = rule.credentials === undefined ? undefined : await credentials(rule.credentials, source);
      if (known instanceof Problem) throw known;
      return {
        // Where an upstream sends us (redirects, its token service) is its word.
        permits: mayBeAsked,
        ...registry,
        limits: { ...registryLimits, ...registry.limits },
        ...(known === undefined ? { anonymous: true } : { credentials: known }),
        signal,
        onAnswer: (answer) => hear(own, answer.headers, clock()),
      };
    }

    return {
      source,
      options,
      open: async (signal) => guarded(openRegistry(source, await options(signal)), (work) => patience.ask(key, work)),
      mayFetch() {
        if (clock() >= own.until) return;
        throw new PassingProblem(
          {
            kind: "unavailable",
            code: "registry.throttled",
            place: repositoryOf(source),
            cause: `no pull is left (${own.said ?? ""})`,
            remedy: "name credentials with a higher limit: registry.upstreams.*.credentials",
          },
          own.until - clock(),
        );
      },
      isAlive: () => clock() - own.last < bounds.aliveMilliseconds,
    };
  }

  return { of };
}

function guarded(client: RegistryClient, ask: <T>(work: () => Promise<T>) => Promise<T>): RegistryClient {
  return {
    place: client.place,
    manifest: (name) => ask(() => client.manifest(name)),
    tagged: (tag) => ask(() => client.tagged(tag)),
    resolve: (tag, options) => ask(() => client.resolve(tag, options)),
    referrers: (subject) => ask(() => client.referrers(subject)),
    document: (digest, most) => ask(() => client.document(digest, most)),
    blob: (digest, size, from) => ask(() => client.blob(digest, size, from)),
    close: () => client.close(),
  };
}

/** Docker Hub counts pulls of manifests, and says so with each: `ratelimit-limit: 100;w=21600`, `ratelimit-remaining: 76;w=21600`. */
function hear(own: Heard, headers: Readonly<Record<string, string | string[] | undefined>>, now: number): void {
  own.last = now;
  const left = /^\s*([0-9]{1,9})\s*(?:;|$)/.exec(String(headers["ratelimit-remaining"] ?? ""))?.[1];
  if (left === undefined) return;
  const isOver = Number(left) === 0;
  own.until = isOver ? now + bounds.exhaustedMilliseconds : Number.NEGATIVE_INFINITY;
  const most = String(headers["ratelimit-limit"] ?? "").slice(0, 40);
  own.said = /^[\x20-\x7e]+$/.test(most) ? `limit ${most}` : "it says so";
}

/** The registry's own word, or longer with each failure. */
function silenceOf(failures: number, { cause }: Problem): number {
  const wait = cause instanceof PassingProblem ? cause.waitMilliseconds : undefined;
  const own = Math.min(bounds.backoffMilliseconds * 2 ** Math.min(failures - 1, 20), bounds.backoffMost);
  return Math.max(own, Math.min(wait ?? 0, bounds.retryAfterMost));
}
