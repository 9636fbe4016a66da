/** Verdicts over images of upstreams, for as long as each stands. */
import { createTrustMemory, type TrustMemory } from "../../../collect/trust/memory.ts";
import type { Digest } from "../../../core/digest.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import { asProblem, Problem } from "../../../core/problem.ts";
import { createRecent } from "../../../core/recent.ts";
import { formatReference } from "../../../engines/oci/reference.ts";
import { openRegistry, type RegistryClient } from "../../../engines/oci/registry/client.ts";
import { verifySignature } from "../../../engines/trust/verify.ts";
import type { KnownSince } from "../../../evaluate/registry/upstream.ts";
import { createFlights } from "../../../scan/serving/flights.ts";
import type { Store } from "../../../store/model.ts";
import type { RegistryPolicy } from "../model.ts";
import { bounds } from "./bounds.ts";
import { createdAt, firstSeen, judgeCooldown } from "./cooldown.ts";
import { type EnginePlace, engineOptions } from "./engine-place.ts";
import { type JudgedImage, judgeSignatures, type SignaturePlace } from "./judge.ts";
import type { UpstreamRepository } from "./names.ts";
import type { Remote } from "./remotes.ts";

export interface JudgingOptions {
  readonly place: EnginePlace;
  readonly store: Pick<Store, "images" | "locks">;
  /** Milliseconds since any time, which never goes back. */
  readonly clock: () => number;
}

export interface Judging {
  /**
   * Never throws: what cannot be found out is unknown.
   *
   * @param isThere - the engine has it, with what lay beside it: the upstream is not asked
   */
  judge(
    asked: {
      readonly upstream: UpstreamRepository;
      readonly digest: Digest;
      readonly policy: RegistryPolicy;
      readonly now: Date;
    },
    remote: Remote,
    isThere: boolean,
  ): Promise<readonly Evaluation[]>;
  /** Something came to lie beside it. */
  forget(upstream: UpstreamRepository, digest: Digest): void;
  close(): void;
}

export function createJudging({ place, store, clock }: JudgingOptions): Judging {
  const verdicts = createRecent<
    string,
    { readonly evaluations: readonly Evaluation[]; readonly until: number; readonly serial: number }
  >(bounds.remembered);
  /** From when a digest counts, which nothing changes. */
  const dates = createRecent<string, KnownSince>(bounds.remembered);
  /** Raised where something came to lie beside a digest. */
  const serials = createRecent<string, number>(bounds.remembered);
  const flights = createFlights(bounds.judgeMilliseconds, "registry.closed");
  const engineMemory = createTrustMemory(verifySignature, clock);
  /** By registry and credentials: what each of them sees. */
  const memories = new Map<string, TrustMemory>();

  async function judge(
    asked: Parameters<Judging["judge"]>[0],
    remote: Remote,
    isThere: boolean,
  ): Promise<readonly Evaluation[]> {
    const { upstream, digest, policy, now } = asked;
    const own = keyOf(upstream, digest);
    const key = JSON.stringify([own, policy.digest, upstream.namespace, isThere]);
    const serial = serials.get(own) ?? 0;
    const known = verdicts.get(key);
    if (known !== undefined && known.serial === serial && clock() < known.until && stillHolds(known.evaluations, now)) {
      return known.evaluations;
    }
    return await flights.run(`${key} ${serial}`, async (signal) => {
      const image: JudgedImage = { upstream, digest, parents: await parentsOf(upstream, digest), policy, now };
      const cooldown = judgeCooldown(image, await sinceWhen(image, remote, isThere, signal));
      const at = isThere ? inEngine(upstream, signal) : atUpstream(upstream, remote, signal);
      const signatures = await judgeSignatures(image, at);
      const evaluations = [...cooldown, ...signatures];
      const isGood = evaluations.every(({ verdict }) => verdict === "pass");
      const until = clock() + (isGood ? bounds.goodMilliseconds : bounds.poorMilliseconds);
      verdicts.set(key, { evaluations, until, serial }, 1);
      return evaluations;
    });
  }

  /** Without a store an image stands for itself alone. */
  async function parentsOf({ repository }: UpstreamRepository, digest: Digest): Promise<readonly Digest[]> {
    try {
      return (await store.images.parentsOf(repository, digest)).slice(0, PARENTS);
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  }

  async function sinceWhen(
    image: JudgedImage,
    remote: Remote,
    isThere: boolean,
    signal: AbortSignal,
  ): Promise<KnownSince | Problem> {
    const { upstream, digest, parents, now } = image;
    const { cooldownDays, cooldownFrom } = upstream.rule;
    if (cooldownDays === 0) return { since: now, from: cooldownFrom };
    const key = `${cooldownFrom} ${keyOf(upstream, digest)}`;
    const known = dates.get(key);
    if (known !== undefined) return known;
    try {
      const made = cooldownFrom === "created" ? await madeAt(image, remote, isThere, signal) : undefined;
      // An image of an index that is known is known as long.
      const [first, ...more] = parents.length > 0 ? parents : [digest];
      let since = made ?? (await firstSeen(upstream.name, first ?? digest, now, store.locks));
      for (const parent of made === undefined ? more : []) {
        const other = await firstSeen(upstream.name, parent, now, store.locks);
        if (other < since) since = other;
      }
      const found: KnownSince = { since, from: made === undefined ? "seen" : "created" };
      dates.set(key, found, 1);
      return found;
    } catch (error) {
      const problem = asProblem(error, keyOf(upstream, digest));
      if (problem instanceof Problem) return problem;
      throw problem;
    }
  }

  async function madeAt(
    image: JudgedImage,
    remote: Remote,
    isThere: boolean,
    signal: AbortSignal,
  ): Promise<Date | undefined> {
    const { upstream, digest, now } = image;
    const client: RegistryClient = isThere
      ? openRegistry(
          { domain: place.host, path: upstream.repository },
          engineOptions(place, upstream.repository, ["pull"], signal),
        )
      : await remote.open(signal);
    try {
      return await createdAt(digest, client, now);
    } finally {
      client.close();
    }
  }

  function inEngine({ repository }: UpstreamRepository, signal: AbortSignal): SignaturePlace {
    return {
      repository: `registry:${place.host}/${repository}`,
      memory: engineMemory,
      options: async () => engineOptions(place, repository, ["pull"], signal),
    };
  }

  function atUpstream({ rule }: UpstreamRepository, remote: Remote, signal: AbortSignal): SignaturePlace {
    const { domain, path } = remote.source;
    const key = `${domain} ${rule.credentials ?? ""}`;
    const memory = memories.get(key) ?? createTrustMemory(verifySignature, clock);
    memories.set(key, memory);
    return {
      repository: `registry:${formatReference({ domain, path })}`,
      memory,
      options: () => remote.options(signal),
    };
  }

  return {
    judge,
    close: () => flights.close(),
    forget(upstream, digest) {
      const key = keyOf(upstream, digest);
      serials.set(key, (serials.get(key) ?? 0) + 1, 1);
    },
  };
}

/** Indexes that one image is looked for in. */
const PARENTS = 10;

function keyOf({ repository }: UpstreamRepository, digest: Digest): string {
  return `${repository}@${digest}`;
}

/** Of what ends at some time, only until then. */
function stillHolds(evaluations: readonly Evaluation[], now: Date): boolean {
  return evaluations.every(({ validUntil }) => validUntil === undefined || Date.parse(validUntil) > now.getTime());
}
