/** What the engine reads of a client's headers, and a client of the engine's. */
import type { AnswerHead } from "../../../net/answer-reader.ts";
import type { GatewayAnswer, GatewayRequest } from "../../../net/gateway-model.ts";
import { endToEnd, headerOf, keepHeaders, type RawHeaders } from "../../../net/raw-headers.ts";
import type { UpstreamDocument } from "../../../net/upstream-model.ts";

/**
 * Nothing else passes: what an engine, or a proxy before it, takes from other fields (another path, another method, another
 * user) would have been judged by nobody.
 */
const TO_ENGINE: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "content-range",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "range",
  "traceparent",
  "tracestate",
  "user-agent",
  "x-request-id",
]);

/** Of the engine alone: whom it knows the guard as, and by what. */
const NOT_TO_CLIENT: ReadonlySet<string> = new Set([
  "set-cookie",
  "www-authenticate",
  "x-powered-by",
  "server",
  "alt-svc",
]);

const HOST = /^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/;

/** The name that the client has reached the guard by; undefined where that is none. */
export function hostOf(headers: RawHeaders): string | undefined {
  const host = headerOf(headers, "host") ?? "";
  return HOST.test(host) ? host : undefined;
}

/** @param authorization - of the guard, at the engine */
export function toEngine(request: GatewayRequest, authorization: string | undefined): string[] {
  const host = hostOf(request.headers);
  return [
    ...keepHeaders(request.headers, (name) => TO_ENGINE.has(name)),
    ...(host === undefined ? [] : ["X-Forwarded-Host", host]),
    "X-Forwarded-Proto",
    request.isSecure ? "https" : "http",
    ...(request.from === "" ? [] : ["X-Forwarded-For", request.from]),
    ...engineHeaders(authorization),
  ];
}

/** Of a request that is the guard's own. */
export function engineHeaders(authorization: string | undefined): string[] {
  return authorization === undefined ? [] : ["Authorization", authorization];
}

export function toClient(
  head: AnswerHead,
  engine: URL,
  request: GatewayRequest,
): Pick<AnswerHead, "status" | "headers"> {
  const headers = keepHeaders(head.headers, (name) => !NOT_TO_CLIENT.has(name));
  const host = hostOf(request.headers);
  for (let at = 0; at < headers.length; at += 2) {
    const name = (headers[at] as string).toLowerCase();
    if (name === "location") headers[at + 1] = ownLocation(headers[at + 1] as string, engine, host);
    if (name === "link") {
      headers[at + 1] = (headers[at + 1] as string).replace(/<([^<>]*)>/, (_, target: string) => {
        return `<${ownLocation(target, engine, host)}>`;
      });
    }
  }
  // It is the guard that the engine does not know: the client can do nothing about that.
  const isOurs = head.status === 401 || head.status === 407;
  return { status: isOurs ? 502 : head.status, headers };
}

/** What is on the engine is reached through the guard: by a path alone, whatever the engine takes its name and scheme for. */
export function ownLocation(location: string, engine: URL, host: string | undefined): string {
  const url = URL.parse(location, engine.href);
  if (url === null) return location;
  const isOwn = url.host === engine.host || (host !== undefined && url.host === host.toLowerCase());
  return isOwn && url.pathname.startsWith("/v2/") ? url.pathname + url.search : location;
}

/** An answer of the engine that was read whole: its length is computed anew. */
export function readAnswer(answer: UpstreamDocument, engine: URL, request: GatewayRequest): GatewayAnswer {
  const { status, headers } = toClient(answer, engine, request);
  const kept = keepHeaders(endToEnd(headers), (name) => name !== "content-length" && name !== "date");
  return { status, headers: kept, body: answer.body };
}
