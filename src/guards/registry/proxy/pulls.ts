/** Reading: manifests, blobs and lists. What is sent of a manifest are the bytes that were judged. */
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import type { DistributionRequest } from "../../../engines/oci/distribution/model.ts";
import { referenceText } from "../../../engines/oci/distribution/routes.ts";
import { HttpFailure } from "../../../net/failure.ts";
import { headerOf } from "../../../net/raw-headers.ts";
import type { UpstreamDocument } from "../../../net/upstream-model.ts";
import type { Decision, Grant, Refusal } from "../model.ts";
import { hasAlready, jsonAnswer, manifestAnswer, refusalAnswer, unavailable, warningHeaders } from "./answers.ts";
import { bounds } from "./bounds.ts";
import { engineHeaders, toClient, toEngine } from "./forwarded.ts";
import { inTime, record, refusalOf } from "./judge.ts";
import type { Asked, ProxyOptions } from "./options.ts";
import { type Entry, entriesOf, INDEX, inTag, merged } from "./referrers.ts";

type Kind<K extends DistributionRequest["kind"]> = Extract<DistributionRequest, { kind: K }>;

/** Whether what is another registry's is here; of our own repositories there is nothing to see to. */
async function ensured(asked: Asked, options: ProxyOptions, wanted: Kind<"manifest">): Promise<Decision | undefined> {
  const { upstreams, pullMilliseconds, onError } = options;
  const { repository, reference } = wanted;
  if (upstreams.of(repository) === undefined) return undefined;
  const { identity, now, request } = asked;
  const about = { repository, reference, principal: identity.principal, now };
  const judge = (deadline: AbortSignal) => upstreams.ensure({ ...about, deadline });
  return await inTime(judge, pullMilliseconds(), request.gone, onError);
}

export async function pullManifest(asked: Asked, options: ProxyOptions, wanted: Kind<"manifest">): Promise<void> {
  const { request, identity, now } = asked;
  const { repository, reference } = wanted;
  const about = { repository, reference: referenceText(reference) };
  const fetched = await ensured(asked, options, wanted);
  const missing = fetched === undefined ? undefined : refusalOf(fetched);
  if (fetched !== undefined && missing !== undefined) {
    record(asked, options, fetched, about);
    return request.answer(refusalAnswer(missing));
  }
  // What another registry's tag named when it was let through: by now it may name something else.
  const judged = fetched?.digest === undefined ? reference : { digest: fetched.digest };
  const decision = await inTime(
    (deadline) =>
      options.pull.manifest({ repository, reference: judged, principal: identity.principal, now, deadline }),
    options.pullMilliseconds(),
    request.gone,
    options.onError,
  );
  record(asked, options, decision, about);
  const refusal = refusalOf(decision);
  if (refusal !== undefined) return request.answer(refusalAnswer(refusal));
  const manifest = "manifest" in decision ? decision.manifest : undefined;
  if (manifest === undefined) return request.answer(refusalAnswer(unknownManifest(about)));
  const warned =
    fetched === undefined ? decision : { ...decision, warnings: [...fetched.warnings, ...decision.warnings] };
  const answer = manifestAnswer(manifest, warned);
  // HEAD is the same answer: the gateway leaves its body out.
  if (hasAlready(headerOf(request.headers, "if-none-match"), manifest.digest)) {
    return request.answer({ status: 304, ...(answer.headers === undefined ? {} : { headers: answer.headers }) });
  }
  request.answer(answer);
}

export function unknownManifest({ repository, reference }: { repository: string; reference: string }): Refusal {
  return { status: 404, code: "MANIFEST_UNKNOWN", message: `${repository} has no manifest ${reference}` };
}

export async function pullBlob(asked: Asked, options: ProxyOptions, wanted: Kind<"blob">): Promise<void> {
  const { request, route, identity, now } = asked;
  const { repository, digest } = wanted;
  // Whoever pushes asks what is there already, of blobs that no manifest names yet: that it is there is all they are told.
  const isAskedForPush = request.method === "HEAD" && mayPush(identity.grants, repository);
  let warnings: readonly string[] = [];
  if (!isAskedForPush) {
    const decision = await inTime(
      (deadline) => options.pull.blob({ repository, digest, principal: identity.principal, now, deadline }),
      options.pullMilliseconds(),
      request.gone,
      options.onError,
    );
    record(asked, options, decision, { repository, reference: digest });
    const refusal = refusalOf(decision);
    if (refusal !== undefined) return request.answer(refusalAnswer(refusal));
    warnings = decision.warnings;
  }
  await through(asked, options, route.path, [{ repository, actions: ["pull"] }], { warnings });
}

function mayPush(grants: readonly Grant[], repository: string): boolean {
  return grants.some((grant) => grant.repository === repository && grant.actions.includes("push"));
}

/** Sends a request on to the engine and its answer back. */
export async function through(
  { request, operation }: Asked,
  { upstream, tokens, onAnswered }: ProxyOptions,
  path: string,
  grants: readonly Grant[],
  more: {
    readonly warnings?: readonly string[];
    readonly catalog?: boolean;
    readonly headers?: readonly string[];
    readonly silenceMilliseconds?: number;
    readonly mostBytes?: number;
  } = {},
): Promise<number> {
  const { warnings = [], catalog = false, headers = [], silenceMilliseconds, mostBytes } = more;
  const passed = await request.pass(
    upstream,
    {
      method: request.method,
      path,
      headers: [...toEngine(request, tokens?.authorization(grants, catalog)), ...headers],
      ...(silenceMilliseconds === undefined ? {} : { silenceMilliseconds }),
    },
    {
      ...(mostBytes === undefined ? {} : { mostBytes }),
      change(head) {
        const changed = toClient(head, upstream.origin, request);
        return { ...changed, headers: [...changed.headers, ...warningHeaders(warnings)] };
      },
    },
  );
  if (passed.outcome === "failed") {
    request.answer(refusalAnswer(engineFailure(passed.failure)));
    return 502;
  }
  if (passed.outcome === "too-large") {
    const message = `the blob is over the ${mostBytes} bytes that the policy permits`;
    request.answer(refusalAnswer({ status: 413, code: "SIZE_INVALID", message }));
    return 413;
  }
  onAnswered?.({ operation, status: passed.status, bytes: passed.bytes });
  return passed.status;
}

export function engineFailure(failure: HttpFailure): Refusal {
  return unavailable(`the registry's engine does not answer: ${failure.message}`);
}

export async function listTags(asked: Asked, options: ProxyOptions, { repository }: Kind<"tags">): Promise<void> {
  await through(asked, options, asked.route.path + asked.route.query, [{ repository, actions: ["pull"] }]);
}

export async function listCatalog(asked: Asked, options: ProxyOptions): Promise<void> {
  const { path, query } = asked.route;
  await through(asked, options, path + query, [], { catalog: true });
}

export async function listReferrers(asked: Asked, options: ProxyOptions, wanted: Kind<"referrers">): Promise<void> {
  const { request, identity, now } = asked;
  const { repository, digest, artifactType } = wanted;
  const about = { repository, digest, principal: identity.principal, now };
  const filter = artifactType === undefined ? {} : { artifactType };
  const decision = await inTime(
    (deadline) => options.pull.referrers({ ...about, ...filter, deadline }),
    options.pullMilliseconds(),
    request.gone,
    options.onError,
  );
  record(asked, options, decision, { repository, reference: digest });
  const refusal = refusalOf(decision);
  if (refusal !== undefined) return request.answer(refusalAnswer(refusal));
  const [own, tagged] = await Promise.all([
    engineReferrers(options, repository, digest),
    inTag(options.engine, repository, digest),
  ]);
  for (const list of [own, tagged]) {
    if (list instanceof Problem)
      return request.answer(refusalAnswer(unavailable(`no list of referrers: ${list.message}`)));
  }
  const manifests = merged([own as readonly Entry[], tagged as readonly Entry[]], artifactType);
  const filtered = artifactType === undefined ? [] : ["OCI-Filters-Applied", "artifactType"];
  const headers = ["Content-Type", INDEX, ...filtered, ...warningHeaders(decision.warnings)];
  request.answer(jsonAnswer(200, { schemaVersion: 2, mediaType: INDEX, manifests }, headers));
}

/** What the engine lists itself; nothing where it keeps no such list. */
async function engineReferrers(
  { upstream, tokens }: ProxyOptions,
  repository: string,
  digest: Digest,
): Promise<readonly Entry[] | Problem> {
  const path = `/v2/${repository}/referrers/${digest}`;
  const place = `engine ${upstream.origin.host}${path}`;
  const headers = ["Accept", INDEX, ...engineHeaders(tokens?.authorization([{ repository, actions: ["pull"] }]))];
  const entries: Entry[] = [];
  try {
    for (let next: string | undefined = path, count = 0; next !== undefined && count < bounds.pages; count += 1) {
      const signal = AbortSignal.timeout(bounds.engineMilliseconds);
      const answer: UpstreamDocument = await upstream.ask(
        { method: "GET", path: next, headers },
        { maxBytes: bounds.pageBytes, signal },
      );
      if (count === 0 && (answer.status === 404 || answer.status === 405 || answer.status === 501)) return [];
      if (answer.status !== 200) throw new Error(`it answered ${answer.status}`);
      entries.push(...entriesOf(answer.body, place));
      const target: string | undefined = /<([^<>]*)>/.exec(headerOf(answer.headers, "link") ?? "")?.[1];
      const query: string | undefined = target === undefined ? undefined : URL.parse(target, "http://engine/")?.search;
      next = query === undefined || query === "" ? undefined : path + query;
    }
  } catch (error) {
    if (error instanceof Problem) return error;
    const cause = error instanceof HttpFailure || error instanceof Error ? error.message : String(error);
    return new Problem({ kind: "unavailable", code: "registry.engine", place, cause }, { cause: error });
  }
  return entries;
}
