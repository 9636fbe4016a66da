/** Lists: tags, repositories, referrers. */
import { append } from "../../../core/append.ts";
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { valueAt } from "../../../core/untyped.ts";
import type { DistributionRequest } from "../../../engines/oci/distribution/model.ts";
import { isTag } from "../../../engines/oci/reference.ts";
import { HttpFailure } from "../../../net/failure.ts";
import { headerOf } from "../../../net/raw-headers.ts";
import type { UpstreamDocument } from "../../../net/upstream-model.ts";
import { jsonAnswer, refusalAnswer, unavailable, warningHeaders } from "./answers.ts";
import { bounds } from "./bounds.ts";
import { parsed } from "./engine.ts";
import { engineHeaders, readAnswer, toEngine } from "./forwarded.ts";
import { inTime, record, refusalOf } from "./judge.ts";
import type { Asked, ProxyOptions } from "./options.ts";
import { engineFailure, ensured, through } from "./pulls.ts";
import { type Entry, entriesOf, INDEX, inTag, merged } from "./referrers.ts";

type Kind<K extends DistributionRequest["kind"]> = Extract<DistributionRequest, { kind: K }>;

/**
 * Tags in order and in pages ("Listing Tags"). distribution 2.8 lists all of them in no order, whatever page is asked for; what an
 * engine has put into pages stays as it is.
 */
export async function listTags(asked: Asked, options: ProxyOptions, { repository }: Kind<"tags">): Promise<void> {
  const { request, route } = asked;
  const { upstream, tokens } = options;
  const headers = toEngine(request, tokens?.authorization([{ repository, actions: ["pull"] }]));
  let answer: UpstreamDocument;
  try {
    const signal = AbortSignal.timeout(bounds.engineMilliseconds);
    const path = route.path + route.query;
    answer = await upstream.ask({ method: "GET", path, headers }, { maxBytes: bounds.tagsBytes, signal });
  } catch (error) {
    const late = new HttpFailure("stalled", upstream.origin, `no list of tags in ${bounds.engineMilliseconds} ms`);
    return request.answer(refusalAnswer(engineFailure(error instanceof HttpFailure ? error : late)));
  }
  const listed = answer.status === 200 ? valueAt(parsed(answer.body), ["tags"]) : undefined;
  const isPaged = headerOf(answer.headers, "link") !== undefined;
  const { n, last } = pageOf(route.query);
  if (isPaged || !Array.isArray(listed) || n === "malformed") {
    return request.answer(readAnswer(answer, upstream.origin, request));
  }
  const page = tagPage(listed.filter(isTag), last, n);
  const next = page.at(-1) === undefined || page.length === listed.length ? undefined : page.at(-1);
  const isMore = next !== undefined && listed.some((tag) => isTag(tag) && tag > next);
  const link = isMore ? ["Link", `<${route.path}?last=${next}&n=${n}>; rel="next"`] : [];
  request.answer(jsonAnswer(200, { name: repository, tags: page }, link));
}

function pageOf(query: string): { readonly n?: number | "malformed"; readonly last?: string } {
  const parameters = new URLSearchParams(query);
  const n = parameters.get("n");
  const last = parameters.get("last");
  return {
    ...(n === null ? {} : { n: /^[0-9]{1,6}$/.test(n) ? Number(n) : "malformed" }),
    ...(last === null ? {} : { last }),
  };
}

/** @param tags - all of them, or the page that was asked for: that stays as it is */
function tagPage(tags: readonly string[], last: string | undefined, n: number | undefined): readonly string[] {
  const isWhole = (last !== undefined && tags.includes(last)) || (n !== undefined && tags.length > n);
  const sorted = isInOrder(tags) ? tags : tags.toSorted();
  if (!isWhole) return sorted;
  const rest = last === undefined ? sorted.toSorted() : sorted.toSorted().filter((tag) => tag > last);
  return rest.slice(0, n);
}

/** Either order is the specification's. */
function isInOrder(tags: readonly string[]): boolean {
  const ascending = (names: readonly string[]) =>
    names.every((name, at) => at === 0 || (names[at - 1] as string) <= name);
  return ascending(tags) || ascending(tags.map((tag) => tag.toLowerCase()));
}

export async function listCatalog(asked: Asked, options: ProxyOptions): Promise<void> {
  const { path, query } = asked.route;
  await through(asked, options, path + query, [], { catalog: true });
}

export async function listReferrers(asked: Asked, options: ProxyOptions, wanted: Kind<"referrers">): Promise<void> {
  const { request, identity, now } = asked;
  const { repository, digest, artifactType } = wanted;
  const fetched = await ensured(asked, options, { repository, reference: { digest } });
  const missing = fetched === undefined ? undefined : refusalOf(fetched);
  if (fetched !== undefined && missing !== undefined) {
    record(asked, options, fetched, { repository, reference: digest });
    return request.answer(refusalAnswer(missing));
  }
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
      append(entries, entriesOf(answer.body, place));
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
