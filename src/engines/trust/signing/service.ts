/** Requests to the services that signing needs: identity tokens, certificates, logs and timestamps, each within bounds. */
import { parseJson } from "../../../core/parse-json.ts";
import { Problem, type ProblemKind } from "../../../core/problem.ts";
import { readAuthorities } from "../../../net/authorities.ts";
import { bytesOf } from "../../../net/body.ts";
import { createHttpClient, type HttpRequest, type IncomingHttpHeaders } from "../../../net/client.ts";
import { type FailureReason, HttpFailure } from "../../../net/failure.ts";
import type { Environment } from "../../../net/proxy.ts";
import { describeUrl } from "../../../net/redirect.ts";
import { type Clock, notWaitedFor, parseRetryAfter, systemClock, waitBefore } from "../../../net/retry.ts";
import { isLoopback } from "../../oci/registry/url.ts";
import { bounds } from "./bounds.ts";

export interface ServiceRequest {
  /** What it is asked for, in messages: `certificate`, `log entry`. */
  readonly what: string;
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** What counts as an answer; everything else is a Problem. */
  readonly accepts: readonly number[];
  /** Bytes. */
  readonly limit: number;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

export interface Services {
  /**
   * Sends a request without following redirects: what is sent may be a token, and what is asked for is at one place. It is
   * tried again where the server is busy or the connection breaks; each service takes the same request twice.
   *
   * @throws Problem `signing.service-unreachable`, `signing.service-answer`
   */
  ask(request: ServiceRequest): Promise<ServiceAnswer>;
  close(): void;
}

export interface ServiceOptions {
  /** A PEM file of certificate authorities that count beside the system's. */
  readonly caFile?: string;
  /** Where proxies are named. */
  readonly environment?: Environment;
  readonly clock?: Clock;
}

/** @throws Problem (usage) `signing.ca-file` */
export function openServices({ caFile, environment, clock = systemClock }: ServiceOptions = {}): Services {
  const { stallMilliseconds, milliseconds } = bounds;
  const client = createHttpClient({
    stallMilliseconds,
    ...(caFile === undefined ? {} : { moreAuthorities: authorities(caFile) }),
    ...(environment === undefined ? {} : { environment }),
  });

  async function once({ what, accepts, limit, headers = {}, ...asked }: ServiceRequest): Promise<ServiceAnswer> {
    const request: HttpRequest = { ...asked, headers };
    try {
      const answer = await client.send(request, AbortSignal.timeout(milliseconds));
      const bytes = await bytesOf(answer, { limit, stallMilliseconds, milliseconds });
      if (accepts.includes(answer.status)) return { status: answer.status, headers: answer.headers, bytes };
      throw refusal(what, asked.url, answer.status, bytes, answer.headers, clock);
    } catch (error) {
      throw problemOf(what, error, asked.url);
    }
  }

  async function ask(request: ServiceRequest): Promise<ServiceAnswer> {
    refusePlain(request.what, request.url);
    for (let tries = 1; ; tries++) {
      try {
        return await once(request);
      } catch (error) {
        if (!(error instanceof Passing) || tries >= bounds.tries) throw error;
        const long = notWaitedFor(error.waitMilliseconds, bounds);
        if (long !== undefined) throw new Passing(error.place, `${error.message}; ${long}`);
        await clock.sleep(waitBefore(tries, error.waitMilliseconds, bounds, clock.random), undefined);
      }
    }
  }

  return { ask, close: () => client.close() };
}

/** What may pass, so that the same request is worth another try. */
class Passing extends Problem {
  readonly waitMilliseconds: number | undefined;

  constructor(place: string, cause: string, waitMilliseconds?: number) {
    super({ kind: "unavailable", code: "signing.service-unreachable", place, cause });
    this.waitMilliseconds = waitMilliseconds;
  }
}

/** A URL of the user's or of the environment's. @throws Problem (usage) `signing.url` */
export function serviceUrl(text: string, place: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new Problem({ kind: "usage", code: "signing.url", place, cause: "not an http(s) URL" });
  }
  refusePlain(place, url);
  return url;
}

/** The path below a service's URL, whether or not that ends in a slash. */
export function below(base: URL, path: string): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, "")}${path}`;
  return url;
}

/** The answer's JSON. @throws Problem `signing.service-answer` */
export function jsonOf(bytes: Buffer, what: string, url: URL): unknown {
  try {
    return parseJson(bytes.toString("utf8"));
  } catch {
    throw wrongAnswer(what, url, "the answer is not JSON");
  }
}

export function wrongAnswer(what: string, url: URL, cause: string): Problem {
  return new Problem({
    kind: "input",
    code: "signing.service-answer",
    place: `${what} from ${describeUrl(url)}`,
    cause,
  });
}

/** Tokens and what is signed go over TLS; loopback is this machine. */
function refusePlain(what: string, url: URL): void {
  if (url.protocol === "https:" || isLoopback(url.hostname)) return;
  const cause = "plain HTTP is only used on loopback";
  throw new Problem({ kind: "usage", code: "signing.url", place: `${what}: ${describeUrl(url)}`, cause });
}

function refusal(
  what: string,
  url: URL,
  status: number,
  bytes: Buffer,
  headers: IncomingHttpHeaders,
  clock: Clock,
): Problem {
  const place = `${what} from ${describeUrl(url)}`;
  const said = messageOf(bytes);
  const cause = `the server answered ${status}${said === "" ? "" : `: ${said}`}`;
  if (status === 429 || status >= 500) {
    return new Passing(place, cause, parseRetryAfter(headers["retry-after"], clock.now()));
  }
  return new Problem({ kind: "input", code: "signing.service-answer", place, cause });
}

/** What a service says of a refusal: `message` of its JSON, else the first line. */
function messageOf(bytes: Buffer): string {
  const text = bytes.subarray(0, 4_096).toString("utf8");
  let said: unknown;
  try {
    said = (parseJson(text) as { readonly message?: unknown } | null)?.message;
  } catch {
    said = text.split("\n", 1)[0];
  }
  return typeof said === "string" ? said.trim().slice(0, 200) : "";
}

const KINDS: Readonly<Partial<Record<FailureReason, ProblemKind>>> = {
  answer: "input",
  "too-large": "input",
  redirect: "input",
  request: "input",
};

function problemOf(what: string, error: unknown, url: URL): unknown {
  const place = `${what} from ${describeUrl(url)}`;
  if (error instanceof Error && error.name === "TimeoutError") {
    return new Problem({
      kind: "unavailable",
      code: "signing.service-unreachable",
      place,
      cause: `took longer than ${bounds.milliseconds} ms`,
    });
  }
  if (!(error instanceof HttpFailure)) return error;
  if (error.reason === "stalled" || error.reason === "broken") return new Passing(place, error.message);
  const kind = KINDS[error.reason] ?? "unavailable";
  const code = kind === "input" ? "signing.service-answer" : "signing.service-unreachable";
  const remedy = error.reason === "certificate" ? "name its certificate authority with --service-ca-file" : undefined;
  return new Problem({ kind, code, place, cause: error.message, ...(remedy === undefined ? {} : { remedy }) });
}

function authorities(path: string): string {
  const read = readAuthorities(path);
  if ("pem" in read) return read.pem;
  throw new Problem({ kind: "usage", code: "signing.ca-file", place: path, cause: read.fault });
}
