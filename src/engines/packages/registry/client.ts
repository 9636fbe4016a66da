/** Requests to package registries: the house's HTTP client, its failures in our words, further tries, and one deadline. */
import { Problem } from "../../../core/problem.ts";
import { bytesOf } from "../../../net/body.ts";
import { bounds as netBounds } from "../../../net/bounds.ts";
import { createHttpClient, type HttpAnswer, type IncomingHttpHeaders } from "../../../net/client.ts";
import { type FailureReason, HttpFailure } from "../../../net/failure.ts";
import type { Permits } from "../../../net/permitted.ts";
import type { Environment } from "../../../net/proxy.ts";
import { describeUrl, follow } from "../../../net/redirect.ts";
import { type Clock, notWaitedFor, parseRetryAfter, systemClock, waitBefore } from "../../../net/retry.ts";

export { describeUrl };

export interface RegistryClientOptions {
  /** Milliseconds without a byte. */
  readonly stallMilliseconds?: number;
  /** In PEM, beside the system's. */
  readonly moreAuthorities?: string;
  /** Asked for each address before it is connected to; for URLs that a registry or a lockfile names. */
  readonly permits?: Permits;
  readonly environment?: Environment;
  readonly clock?: Clock;
}

export interface RegistryAnswer {
  readonly status: 200 | 304 | 404;
  readonly headers: IncomingHttpHeaders;
  /** Empty unless the status is 200. */
  readonly body: Buffer;
  /** Where it came from, behind all redirects. */
  readonly url: URL;
}

export interface RegistryRequest {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Said to the URL's own origin alone, never to whom it redirects to. */
  readonly authorization?: string;
  /** Bytes. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface RegistryClient {
  /**
   * One GET, with further tries of what may pass. 410 is told as 404: both say that there is nothing.
   *
   * @throws Problem `packages.unreachable`, `packages.refused` (401, 403), `packages.answer`, `packages.too-large`,
   *   `packages.deadline`
   */
  get(request: RegistryRequest): Promise<RegistryAnswer>;
  close(): void;
}

/** A status that may be another at the next try. */
class Busy extends Error {
  readonly waitMilliseconds: number | undefined;

  constructor(cause: string, waitMilliseconds: number | undefined) {
    super(cause);
    this.waitMilliseconds = waitMilliseconds;
  }
}

export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  const { stallMilliseconds = netBounds.stallMilliseconds, clock = systemClock } = options;
  const { moreAuthorities, permits, environment } = options;
  const client = createHttpClient({
    stallMilliseconds,
    ...(moreAuthorities === undefined ? {} : { moreAuthorities }),
    ...(permits === undefined ? {} : { permits }),
    ...(environment === undefined ? {} : { environment }),
  });

  async function once({ url, headers = {}, authorization, limit, signal }: RegistryRequest): Promise<RegistryAnswer> {
    const answer = await follow(
      client,
      { url, method: "GET", headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) } },
      { signal },
    );
    const status = statusOf(answer, clock);
    if (status === 200) {
      const body = await bytesOf(answer, {
        limit,
        stallMilliseconds,
        milliseconds: netBounds.documentMilliseconds,
        signal,
      });
      return { status, headers: answer.headers, body, url: answer.url };
    }
    answer.body.destroy();
    return { status, headers: answer.headers, body: Buffer.alloc(0), url: answer.url };
  }

  return {
    async get(request) {
      const { signal, url } = request;
      for (let tries = 1; ; tries += 1) {
        try {
          return await once(request);
        } catch (error) {
          if (signal.aborted) throw overDeadline(url);
          const passing = error instanceof Busy || isPassing(error);
          if (!passing || tries >= netBounds.tries) throw problemOf(error, url);
          const asked = error instanceof Busy ? error.waitMilliseconds : undefined;
          const long = notWaitedFor(asked, netBounds);
          if (long !== undefined) throw unreachable(url, `${(error as Busy).message}; ${long}`, error);
          try {
            await clock.sleep(waitBefore(tries, asked, netBounds, clock.random), signal);
          } catch {
            throw overDeadline(url);
          }
        }
      }
    },
    close: client.close,
  };
}

function statusOf(answer: HttpAnswer, clock: Clock): RegistryAnswer["status"] {
  const { status, headers, url } = answer;
  if (status === 200 || status === 304 || status === 404) return status;
  if (status === 410) return 404;
  answer.body.destroy();
  const cause = `the registry answered ${status}`;
  if (status === 429 || status >= 500) throw new Busy(cause, parseRetryAfter(headers["retry-after"], clock.now()));
  if (status === 401 || status === 403) {
    throw new Problem({
      kind: "unavailable",
      code: "packages.refused",
      place: describeUrl(url),
      cause,
      remedy: "check your credentials for this registry",
    });
  }
  throw new Problem({ kind: "input", code: "packages.answer", place: describeUrl(url), cause });
}

function isPassing(error: unknown): boolean {
  return error instanceof HttpFailure && (error.reason === "stalled" || error.reason === "broken");
}

const ANSWERS: ReadonlySet<FailureReason> = new Set<FailureReason>(["answer", "redirect", "request"]);

function problemOf(error: unknown, url: URL): unknown {
  if (error instanceof Busy) return unreachable(url, error.message, error);
  if (!(error instanceof HttpFailure)) return error;
  const place = describeUrl(error.url);
  const cause = error.message;
  if (error.reason === "too-large") {
    return new Problem({ kind: "input", code: "packages.too-large", place, cause }, { cause: error });
  }
  if (ANSWERS.has(error.reason)) {
    return new Problem({ kind: "input", code: "packages.answer", place, cause }, { cause: error });
  }
  return unreachable(error.url, cause, error);
}

function unreachable(url: URL, cause: string, error: unknown): Problem {
  const details = { kind: "unavailable", code: "packages.unreachable", place: describeUrl(url), cause } as const;
  return new Problem(details, { cause: error });
}

function overDeadline(url: URL): Problem {
  return new Problem({
    kind: "unavailable",
    code: "packages.deadline",
    place: describeUrl(url),
    cause: "the time for asking registries was over",
    remedy: "run again: what was answered is cached",
  });
}
