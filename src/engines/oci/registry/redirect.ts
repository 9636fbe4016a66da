import { Problem } from "../../../core/problem.ts";
import { discard } from "./body.ts";
import type { RegistryLimits } from "./limits.ts";
import type { HttpAnswer, HttpRequest, Transport } from "./transport.ts";
import { describeUrl } from "./url.ts";

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a GET and follows its redirects. The Authorization header goes to the request's own origin (scheme, host and
 * port) alone, and once a redirect has left it, to nobody: a later one could otherwise steer the credentials to any
 * path there. https is never left for http.
 *
 * @throws Problem `registry.redirect` and what the transport throws
 */
export async function follow(
  transport: Transport,
  request: HttpRequest & { readonly method: "GET" },
  limits: RegistryLimits,
  signal: AbortSignal | undefined,
): Promise<HttpAnswer> {
  let { url, headers } = request;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await transport.send({ url, method: "GET", headers }, signal);
    if (!REDIRECTS.has(answer.status)) return answer;
    discard(answer, limits.stallMilliseconds);
    if (redirects >= limits.redirects) throw refused(url, `it is one redirect more than ${limits.redirects}`);
    const next = locationOf(answer);
    if (next.origin !== url.origin) headers = withoutAuthorization(headers);
    url = next;
  }
}

function locationOf(answer: HttpAnswer): URL {
  const location = answer.headers.location;
  if (location === undefined) throw refused(answer.url, "it redirects without saying where to");
  const next = URL.parse(location, answer.url.href);
  if (next === null) throw refused(answer.url, "it redirects to something that is not a URL");
  if (next.protocol !== "https:" && next.protocol !== "http:") {
    throw refused(answer.url, `it redirects to ${next.protocol.slice(0, 20)}, which is neither https: nor http:`);
  }
  if (answer.url.protocol === "https:" && next.protocol === "http:") {
    throw refused(answer.url, `it redirects from https to plain http, to ${describeUrl(next)}`);
  }
  return next;
}

function withoutAuthorization(headers: HttpRequest["headers"]): HttpRequest["headers"] {
  const { authorization: _, ...others } = headers;
  return others;
}

function refused(url: URL, cause: string): Problem {
  return new Problem({ kind: "input", code: "registry.redirect", place: describeUrl(url), cause });
}
