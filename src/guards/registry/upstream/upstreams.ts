/**
 * Namespaces that stand for other registries: what is asked for is resolved there, judged by the upstream's own name, fetched once,
 * and handed to the queue of scans. What is in the engine already is judged again by what came along with it: that it is there
 * says nothing. What leaves here is still to be judged by the pull gate, as the image of the digest that the decision names.
 */
import { readClock } from "../../../core/clock.ts";
import type { Digest } from "../../../core/digest.ts";
import { asProblem, Problem } from "../../../core/problem.ts";
import { createRecent } from "../../../core/recent.ts";
import { attachmentTag } from "../../../engines/oci/distribution/content.ts";
import type { ManifestReference } from "../../../engines/oci/distribution/model.ts";
import { LATE, within } from "../../../scan/serving/flights.ts";
import type { Store } from "../../../store/model.ts";
import type { Decision, Engine, PullAsked, PullGate, RegistryPolicy, RegistryPolicySet, Upstreams } from "../model.ts";
import { kindOf, type ManifestKind } from "./about.ts";
import { bounds } from "./bounds.ts";
import type { EnginePlace } from "./engine-place.ts";
import { createFetching, type Fetched } from "./fetching.ts";
import { createJudging } from "./judging.ts";
import { mirroredRepository, type UpstreamRepository, upstreamOf } from "./names.ts";
import { allowed, described, outcomesOf, refused, unavailable } from "./outcomes.ts";
import { createRemotes, type FindCredentials, type Remote, type RemoteSettings } from "./remotes.ts";
import { createTags, problemOf } from "./tags.ts";

export interface UpstreamsOptions {
  /** As of the last reading. */
  readonly policies: () => RegistryPolicySet;
  readonly engine: Pick<Engine, "manifest" | "putManifest">;
  /** The same engine, as a registry that blobs are sent to. */
  readonly place: EnginePlace;
  readonly store: Pick<Store, "images" | "jobs" | "locks">;
  readonly credentials: FindCredentials;
  /** What a tag names by now does not take the old image's place where this refuses it. Absent: nobody is asked. */
  readonly pull?: Pick<PullGate, "manifest">;
  /** How upstreams are asked. */
  readonly registry?: RemoteSettings["registry"];
  /** Milliseconds since any time, which never goes back. */
  readonly clock?: () => number;
  readonly onFetched?: (fetched: Fetched) => void;
}

export interface OpenedUpstreams extends Upstreams {
  /** Ends what is under way; what was stored until then stays. */
  close(): void;
}

/** One request, about one repository of an upstream. */
interface Asking {
  readonly asked: PullAsked;
  readonly upstream: UpstreamRepository;
  readonly remote: Remote;
  readonly policy: RegistryPolicy;
}

export function openUpstreams(options: UpstreamsOptions): OpenedUpstreams {
  const {
    policies,
    engine,
    place,
    store,
    credentials,
    registry,
    pull,
    clock = () => performance.now(),
    onFetched,
  } = options;
  const remotes = createRemotes({ credentials, clock, ...(registry === undefined ? {} : { registry }) });
  const judging = createJudging({ place, store, clock });
  const tags = createTags(engine, clock);
  const fetching = createFetching({
    engine,
    place,
    store,
    clock,
    now: () => readClock(),
    ...(onFetched === undefined ? {} : { onFetched }),
  });
  /** Until when a manifest is taken to be in the engine, and what it is. */
  const there = createRecent<string, ManifestKind & { readonly until: number }>(bounds.remembered);
  /** Which manifests have a blob, and until when that is taken to be so. */
  const holders = createRecent<string, { readonly digests: readonly Digest[]; readonly until: number }>(
    bounds.remembered,
  );
  /** Until when an image is taken not to be scanned yet. */
  const unscanned = createRecent<string, number>(bounds.remembered);
  const refreshed = createRecent<string, number>(bounds.remembered);

  /** Nothing is asked for that the policy does not allow, whatever the engine has by now. */
  async function decide(asked: PullAsked, of: (asking: Asking) => Promise<Decision>): Promise<Decision> {
    const upstream = upstreamOf(upstreamsIn(policies().forEnvironment(undefined)), asked.repository);
    if (upstream === undefined) return allowed("grant", "one of our own repositories");
    try {
      const asking = askingOf(upstream, asked);
      return "asked" in asking ? await of(asking) : asking;
    } catch (error) {
      const problem = asProblem(error, upstream.name);
      if (problem instanceof Problem) return unavailable(upstream.name, problem);
      throw problem;
    }
  }

  function askingOf(stated: UpstreamRepository, asked: PullAsked): Asking | Decision {
    const { source, name, namespace } = stated;
    if (source === undefined) {
      const reason = `${asked.repository} names no repository of ${stated.rule.registry}`;
      return refused(reason, { status: 404, code: "NAME_UNKNOWN" });
    }
    const policy = policies().forEnvironment(asked.principal.environment);
    const upstream = inEnvironment(stated, policy);
    if (!upstream?.isAllowed) {
      const rule = upstream?.rule ?? stated.rule;
      const at = rule.statedAt === undefined ? "" : ` (${rule.statedAt.path}:${rule.statedAt.line})`;
      const reason = `${name} is not among the repositories that ${namespace} serves${at}`;
      const fix = `add it to registry.upstreams.${namespace}.allow`;
      return refused(reason, {
        status: 403,
        code: "DENIED",
        message: `${reason}; fix: ${fix}`,
        detail: { upstream: name },
      });
    }
    return { asked, upstream, remote: remotes.of({ ...upstream, source }), policy };
  }

  async function ensureReference(asking: Asking, reference: ManifestReference): Promise<Decision> {
    if ("digest" in reference) return await ensureDigest(asking, reference.digest);
    const subject = attachmentTag(reference.tag)?.subject;
    return subject === undefined ? await ensureTag(asking, reference.tag) : await ensureBeside(asking, subject);
  }

  async function ensureTag(asking: Asking, tag: string): Promise<Decision> {
    const { asked, upstream, remote } = asking;
    const name = `${upstream.name}:${tag}`;
    const { serving, latest, problem } = await tags.look(upstream, remote, tag, asked);
    const warnings: string[] = [];
    if (problem !== undefined) {
      if (serving === undefined || upstream.rule.offline === "refuse") return unavailable(name, problem);
      warnings.push(`${name} is served as it was fetched before: ${problem.place}: ${problem.message}`);
    } else if (latest === undefined) {
      if (serving === undefined) return unknownTag(name);
      warnings.push(`${upstream.rule.registry} has no ${name} any more: it is served as it was fetched before`);
    } else if (latest !== serving) {
      const next = await ensureNext(asking, tag, latest, serving);
      if (next.action === "allow" || serving === undefined) return next;
      warnings.push(`${name} is ${latest} by now, and served as before: ${next.reason}`);
    }
    if (serving === undefined) return unknownTag(name);
    const decision = await ensureImage(asking, serving, asked.deadline);
    return { ...decision, warnings: [...decision.warnings, ...warnings] };
  }

  /** What the tag names by now takes the place of what it named before once it is let through and scanned, and no sooner. */
  async function ensureNext(
    asking: Asking,
    tag: string,
    latest: Digest,
    serving: Digest | undefined,
  ): Promise<Decision> {
    const { asked, upstream } = asking;
    const { repository } = upstream;
    const decision =
      serving === undefined
        ? await ensureImage(asking, latest, asked.deadline)
        : await soon(asked.deadline, (deadline) => ensureImage(asking, latest, deadline));
    if (decision.action === "refuse") return decision;
    if (serving !== undefined && !(await isScanned(repository, latest))) {
      return refused("it is not scanned yet", { status: 403, code: "DENIED" });
    }
    const next = { ...asked, reference: { digest: latest } };
    const gated = serving === undefined ? undefined : await pull?.manifest(next);
    if (gated?.action === "refuse") return gated;
    const manifest = await engine.manifest(repository, { digest: latest }, asked.deadline);
    if (manifest === undefined) return unavailable(upstream.name, gone(repository, latest));
    if (manifest instanceof Problem) return unavailable(upstream.name, manifest);
    const failed = await engine.putManifest(repository, { tag }, manifest);
    if (failed !== undefined) return unavailable(upstream.name, failed);
    tags.moved(upstream, tag, latest);
    await store.images.saw({ repository, digest: latest, tag, mediaType: manifest.mediaType, at: asked.now });
    return decision;
  }

  /** A signature, or a list of them: never fetched for itself, but with what it is about. */
  async function ensureBeside(asking: Asking, subject: Digest): Promise<Decision> {
    const { upstream, asked } = asking;
    const held = await inEngine(upstream.repository, subject, asked.deadline);
    if (held instanceof Problem) return unavailable(upstream.name, held);
    if (held !== undefined) {
      await within(refresh(asking, subject, bounds.poorMilliseconds), asked.deadline, bounds.graceMilliseconds);
    }
    return allowed("upstream", `about ${subject}`);
  }

  /** What is about an image is judged with it. */
  async function ensureDigest(asking: Asking, digest: Digest): Promise<Decision> {
    const { upstream, asked } = asking;
    const held = await inEngine(upstream.repository, digest, asked.deadline);
    if (held instanceof Problem) return unavailable(`${upstream.name}@${digest}`, held);
    if (held?.kind !== "about") return await ensureImage(asking, digest, asked.deadline);
    return allowed("upstream", held.subject === undefined ? "a signature" : `about ${held.subject}`, { digest });
  }

  async function ensureImage(asking: Asking, digest: Digest, deadline: AbortSignal): Promise<Decision> {
    const { upstream, remote, policy, asked } = asking;
    const name = `${upstream.name}@${digest}`;
    const held = await inEngine(upstream.repository, digest, deadline);
    if (held instanceof Problem) return unavailable(name, held);
    const isThere = held !== undefined;
    const judged = { upstream, digest, policy, now: asked.now };
    const judge = () => judging.judge(judged, remote, isThere);
    let evaluations = await within(judge(), deadline);
    if (evaluations !== LATE && isThere && evaluations.some(({ verdict }) => verdict !== "pass")) {
      // It may have been signed since it was fetched.
      const looked = await within(refresh(asking, digest, bounds.poorMilliseconds), deadline, bounds.graceMilliseconds);
      if (looked === true) evaluations = await within(judge(), deadline);
    } else if (isThere) void refresh(asking, digest, bounds.referrersMilliseconds);
    if (evaluations === LATE) return underWay(name, "its signatures are still looked up");
    const outcomes = outcomesOf(evaluations, policy);
    const worst = outcomes.find(({ action }) => action === "deny");
    if (worst !== undefined && !asked.principal.isExempt) return heldBack(name, digest, outcomes);
    if (!isThere) {
      const fetched = await within(
        fetching.fetch(upstream, remote, digest).then(() => true, problemOf),
        deadline,
      );
      if (fetched === LATE) return underWay(name, "it is being fetched");
      if (fetched instanceof Problem) return unavailable(name, fetched);
      refreshed.set(keyOf(upstream.repository, digest), clock(), 1);
    }
    const basis = worst === undefined ? "policy" : "exempt";
    const warnings = outcomes.filter(({ action }) => action === "warn").map(described);
    return allowed(basis, `${name} is let through`, { digest, outcomes, warnings });
  }

  /** Referrers have blobs as well. */
  async function ensureBlob(asking: Asking, blob: Digest): Promise<Decision> {
    const { upstream, asked } = asking;
    const { repository } = upstream;
    const name = `blob ${blob} of ${upstream.name}`;
    let refusal: Decision | undefined;
    for (const digest of await manifestsWith(repository, blob)) {
      const held = await inEngine(repository, digest, asked.deadline);
      if (held instanceof Problem) return unavailable(name, held);
      if (held === undefined) continue;
      const decision =
        held.kind === "about" ? allowed("upstream", name) : await ensureImage(asking, digest, asked.deadline);
      if (decision.action === "allow") return decision;
      refusal ??= decision;
    }
    return refusal ?? refused(`${name} is of no image that was fetched`, { status: 404, code: "BLOB_UNKNOWN" });
  }

  async function manifestsWith(repository: string, blob: Digest): Promise<readonly Digest[]> {
    const key = keyOf(repository, blob);
    const known = holders.get(key);
    if (known !== undefined && clock() < known.until) return known.digests;
    const digests = (await store.images.manifestsWith(repository, blob)).slice(0, MANIFESTS);
    if (digests.length > 0) holders.set(key, { digests, until: clock() + bounds.thereMilliseconds }, 1);
    return digests;
  }

  async function inEngine(
    repository: string,
    digest: Digest,
    signal: AbortSignal,
  ): Promise<ManifestKind | undefined | Problem> {
    const key = keyOf(repository, digest);
    const known = there.get(key);
    if (known !== undefined && clock() < known.until) return known;
    const manifest = await engine.manifest(repository, { digest }, signal);
    if (manifest === undefined || manifest instanceof Problem) return manifest;
    const kind = kindOf(manifest.bytes, key);
    there.set(key, { ...kind, until: clock() + bounds.thereMilliseconds }, 1);
    return kind;
  }

  async function isScanned(repository: string, digest: Digest): Promise<boolean> {
    const key = keyOf(repository, digest);
    if (clock() < (unscanned.get(key) ?? Number.NEGATIVE_INFINITY)) return false;
    if ((await store.images.get({ repository, digest })) !== undefined) return true;
    unscanned.set(key, clock() + bounds.scannedMilliseconds, 1);
    return false;
  }

  /**
   * Looks again for what lies beside an image, unless that was done so little time ago.
   *
   * @returns true: it was looked, so that another verdict may come of it
   */
  async function refresh({ upstream, remote }: Asking, digest: Digest, after: number): Promise<boolean> {
    const key = keyOf(upstream.repository, digest);
    if (clock() - (refreshed.get(key) ?? Number.NEGATIVE_INFINITY) < Math.max(after, bounds.poorMilliseconds))
      return false;
    refreshed.set(key, clock(), 1);
    try {
      await fetching.refresh(upstream, remote, digest);
    } catch (error) {
      // What was found before still counts.
      problemOf(error);
      return false;
    }
    judging.forget(upstream, digest);
    return true;
  }

  return {
    of(repository) {
      const upstream = upstreamOf(upstreamsIn(policies().forEnvironment(undefined)), repository);
      return upstream === undefined ? undefined : { name: upstream.namespace };
    },
    meant: (repository, asked) =>
      mirroredRepository(upstreamsIn(policies().forEnvironment(undefined)), repository, asked),
    ensure: (asked) => decide(asked, (asking) => ensureReference(asking, asked.reference)),
    blob: (asked) => decide(asked, (asking) => ensureBlob(asking, asked.digest)),
    close() {
      fetching.close();
      judging.close();
      tags.close();
    },
  };
}

/** What comes of it within the request's time, of which no more is taken than where there is something to serve without it. */
async function soon<T>(deadline: AbortSignal, work: (deadline: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), bounds.graceMilliseconds);
  try {
    return await work(AbortSignal.any([deadline, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}

/** Of those that share one blob, as many as are looked at. */
const MANIFESTS = 20;

function upstreamsIn({ policy }: RegistryPolicy) {
  return policy.registry.upstreams;
}

/** What an environment says of the same source; another source under one name would be fetched into the other's place. */
function inEnvironment(stated: UpstreamRepository, policy: RegistryPolicy): UpstreamRepository | undefined {
  const own = upstreamOf(upstreamsIn(policy), stated.repository);
  const isSame = own?.namespace === stated.namespace && own.rule.registry === stated.rule.registry;
  return isSame ? own : undefined;
}

function keyOf(repository: string, digest: Digest): string {
  return `${repository}@${digest}`;
}

function unknownTag(name: string): Decision {
  return refused(`${name} does not exist`, { status: 404, code: "MANIFEST_UNKNOWN" });
}

function underWay(name: string, why: string): Decision {
  const reason = `${name} is not here yet: ${why}`;
  const headers = { "Retry-After": String(bounds.againSeconds) };
  return refused(reason, {
    status: 429,
    code: "TOOMANYREQUESTS",
    headers,
    message: `${reason}; pull again in ${bounds.againSeconds} s`,
  });
}

function heldBack(name: string, digest: Digest, outcomes: Decision["outcomes"]): Decision {
  const told = outcomes
    .filter(({ action }) => action === "deny")
    .slice(0, 3)
    .map(described);
  const reason = `${name} is held back: ${told.join("; ")}`;
  const detail = { upstream: name, digest, checks: outcomes.map(({ check }) => check) };
  return refused(reason, { status: 403, code: "DENIED", detail }, { digest, outcomes });
}

function gone(repository: string, digest: Digest): Problem {
  const cause = "the engine does not have what was just stored";
  return new Problem({ kind: "unavailable", code: "registry.not-found", place: `${repository}@${digest}`, cause });
}
