/** Redirects (RFC 9110, section 15.4), for requests that change nothing. */
import { bounds } from "./bounds.ts";
import type { HttpAnswer, HttpClient, HttpRequest } from "./client.ts";
import { HttpFailure } from "./failure.ts";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * What may be said to whomever a redirect names. Everything else, credentials under whatever name before all, goes to
 * the request's own origin (scheme, host and port) alone, and once a redirect has left it, to nobody: a later one could
 * otherwise steer the credentials to any path there.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  ...["accept", "accept-encoding", "accept-language", "user-agent", "range"],
  ...["if-range", "if-none-match", "if-modified-since"],
]);

export interface FollowOptions {
  readonly redirects?: number;
  /** Puts an answer aside whose body is of no use; it is destroyed where absent. */
  readonly discard?: (answer: HttpAnswer) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends a request and follows its redirects. https is never left for http, and only URLs of HTTP are followed; a user and
 * password in one are not sent.
 *
 * @throws HttpFailure `redirect`, and what the client throws
 */
export async function follow(
  client: HttpClient,
  request: HttpRequest & { readonly method: "GET" | "HEAD" },
  { redirects: most = bounds.redirects, discard, signal }: FollowOptions = {},
): Promise<HttpAnswer> {
  let { url, headers } = request;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await client.send({ url, method: request.method, headers }, signal);
    if (!REDIRECTS.has(answer.status)) return answer;
    if (discard === undefined) answer.body.destroy();
    else discard(answer);
    if (redirects >= most) throw new HttpFailure("redirect", url, `more than ${most} redirects`);
    const next = nextOf(answer);
    if (next.origin !== url.origin) headers = harmless(headers);
    url = next;
  }
}

/** @throws HttpFailure `redirect` */
function nextOf({ url, headers: { location } }: HttpAnswer): URL {
  const refused = (cause: string) => new HttpFailure("redirect", url, cause);
  if (location === undefined) throw refused("redirect without a location");
  const next = URL.parse(location, url.href);
  if (next === null) throw refused("redirects to an invalid URL");
  if (next.protocol !== "https:" && next.protocol !== "http:") {
    throw refused(`redirects to ${next.protocol.slice(0, 20)}, which is neither https: nor http:`);
  }
  next.username = "";
  next.password = "";
  if (url.protocol === "https:" && next.protocol === "http:") {
    throw refused(`redirects from https to plain http, to ${describeUrl(next)}`);
  }
  return next;
}

function harmless(headers: HttpRequest["headers"]): HttpRequest["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.has(name.toLowerCase())));
}

/** A URL fit for messages: user, password, query and fragment can be secrets (signed URLs), so they are left out. */
export function describeUrl(url: URL): string {
  const path = url.pathname.length <= 200 ? url.pathname : `${url.pathname.slice(0, 200)}…`;
  return url.origin + path;
}
