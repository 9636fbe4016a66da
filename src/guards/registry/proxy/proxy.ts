/**
 * The guard in front of the engine: each request is routed by the specification's grammar, its principal told by its token,
 * judged, and only then passed on, as a stream; or answered from what was judged.
 */
import type { DistributionRequest } from "../../../engines/oci/distribution/model.ts";
import { routeOf } from "../../../engines/oci/distribution/routes.ts";
import { startGateway } from "../../../net/gateway.ts";
import type { GatewayRequest } from "../../../net/gateway-model.ts";
import { headerOf, headersOf } from "../../../net/raw-headers.ts";
import type { RunningServer } from "../../../net/server-model.ts";
import type { Grant, Refusal } from "../model.ts";
import { faultRefusal, jsonAnswer, refusalAnswer, unavailable } from "./answers.ts";
import { listCatalog, listReferrers, listTags } from "./lists.ts";
import { meantRoute } from "./meant.ts";
import type { Asked, Page, ProxyOptions } from "./options.ts";
import { createOwnUploads, type OwnUploads } from "./own-uploads.ts";
import { pullBlob, pullManifest } from "./pulls.ts";
import { mayPull, pushManifest, remove, upload } from "./pushes.ts";
import { createReferrerLists, type ReferrerLists } from "./referrers.ts";

/** What one request leaves for the next. */
interface Kept {
  readonly lists: ReferrerLists;
  readonly uploads: OwnUploads;
}

/** @throws Problem `server.listen`, `server.certificate` */
export async function startProxy(options: ProxyOptions): Promise<RunningServer> {
  const { certificate, limits, onRefused } = options;
  const kept: Kept = { lists: createReferrerLists(options), uploads: createOwnUploads() };
  return await startGateway({
    host: options.host,
    port: options.port,
    ...(certificate === undefined ? {} : { certificate }),
    ...(limits === undefined ? {} : { limits }),
    ...(onRefused === undefined ? {} : { onRefused }),
    onError: options.onError,
    async handle(request) {
      const page = options.pages?.get(request.path);
      if (page !== undefined) return await showPage(request, page);
      const asked = await identified(request, options);
      if ("code" in asked) {
        options.onAnswered?.({ operation: "refused", status: asked.status, bytes: 0 });
        return request.answer(refusalAnswer(asked));
      }
      await serve(asked, options, kept);
    },
  });
}

async function identified(
  request: GatewayRequest,
  { authenticator, upstreams, now, onDecided, onError }: ProxyOptions,
): Promise<Asked | Refusal> {
  const named = routeOf(request.method, request.path, request.query);
  if ("status" in named) return faultRefusal(named);
  const route = meantRoute(named, request, upstreams);
  if ("status" in route) return faultRefusal(route);
  const given = headersOf(request.headers, "authorization");
  if (given.length > 1) return { status: 400, code: "UNSUPPORTED", message: "more than one Authorization header" };
  const at = now();
  try {
    const wanted = wantedOf(route.request, request.method);
    const identity = await authenticator.identify(given[0], wanted, at, route.request.kind === "catalog");
    if ("status" in identity) {
      return identity.status === 403 ? notGranted(identity, route.request, request, at, onDecided) : identity;
    }
    const source = mountSourceOf(route.request);
    if (source !== undefined && !mayPull(identity, source) && identity.principal.kind !== "anonymous") {
      // A token for both can be had where both are allowed; where they are not, the blob is uploaded as any other.
      const both = await authenticator.identify(given[0], [...wanted, { repository: source, actions: ["pull"] }], at);
      if ("status" in both && both.status === 401) return both;
    }
    if (route.request.kind === "catalog" && !identity.mayListCatalog) {
      return { status: 403, code: "DENIED", message: "the list of repositories is not for this principal" };
    }
    return { request, route, identity, now: at, operation: operationOf(route.request, request.method) };
  } catch (error) {
    onError(error);
    return unavailable("who asks could not be told (see the guard's log)", 503);
  }
}

/**
 * Told as every other decision. Who pushes asks by HEAD for each blob at first, and would show a 403 without its words: that there
 * is none says as much, and the upload that follows gets the reason.
 */
function notGranted(
  refusal: Refusal,
  asked: DistributionRequest,
  { method, arrivedAt }: GatewayRequest,
  time: Date,
  onDecided: ProxyOptions["onDecided"],
): Refusal {
  const principal = String(refusal.detail?.principal ?? "");
  const repository = "repository" in asked ? asked.repository : "";
  const decision = { action: "refuse", basis: "grant", reason: refusal.message, checks: [] } as const;
  const entry = { time, principal, operation: operationOf(asked, method), repository, decision };
  onDecided({ entry, outcomes: [], milliseconds: performance.now() - arrivedAt });
  return asked.kind === "blob" && method === "HEAD" ? { ...refusal, status: 404, code: "BLOB_UNKNOWN" } : refusal;
}

/** What its token must grant (distribution, "Token Authentication"): who writes reads as well. */
function wantedOf(request: DistributionRequest, method: string): readonly Grant[] {
  if (request.kind === "ping" || request.kind === "catalog") return [];
  const { repository } = request;
  if (request.kind === "upload") return [{ repository, actions: ["pull", "push"] }];
  const action = request.kind === "manifest" || request.kind === "blob" ? request.action : "pull";
  if (action === "push" || method === "PUT") return [{ repository, actions: ["pull", "push"] }];
  return [{ repository, actions: [action] }];
}

/** From which other repository a blob is to be mounted. */
function mountSourceOf(request: DistributionRequest): string | undefined {
  return request.kind === "upload" ? request.mount?.from : undefined;
}

function operationOf(request: DistributionRequest, method: string): string {
  if (request.kind === "manifest" || request.kind === "blob") return `${request.kind}.${request.action}`;
  return request.kind === "upload" && method === "DELETE" ? "upload.cancel" : request.kind;
}

async function serve(asked: Asked, options: ProxyOptions, { lists, uploads }: Kept): Promise<void> {
  const { request } = asked.route;
  switch (request.kind) {
    case "ping":
      return asked.request.answer(jsonAnswer(200, {}));
    case "catalog":
      return await listCatalog(asked, options);
    case "tags":
      return await listTags(asked, options, request);
    case "referrers":
      return await listReferrers(asked, options, request);
    case "upload":
      return await upload(asked, options, uploads, request);
    case "manifest":
      if (request.action === "pull") return await pullManifest(asked, options, request);
      if (request.action === "push") return await pushManifest(asked, options, lists, request);
      return await remove(asked, options, lists, request);
    case "blob":
      if (request.action === "pull") return await pullBlob(asked, options, uploads, request);
      return await remove(asked, options, lists, request);
  }
}

async function showPage(request: GatewayRequest, page: Page): Promise<void> {
  const body = await request.receive(page.bodyBytes);
  if (body === "gone") return;
  if (!Buffer.isBuffer(body)) return request.answer({ status: body === "too-large" ? 413 : 503 });
  const { method, query, from, gone } = request;
  const header = (name: string) => headerOf(request.headers, name);
  const { status, headers = {}, body: text } = await page.answer({ method, query, header, body, from, gone });
  request.answer({ status, headers: Object.entries(headers).flat(), ...(text === undefined ? {} : { body: text }) });
}
