/** Images on their way from upstreams: each is fetched once, however many wait for it in however many replicas. */
import { setTimeout as delay } from "node:timers/promises";
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { referrersTag } from "../../../engines/oci/referrers/repository.ts";
import { createFlights } from "../../../scan/serving/flights.ts";
import { createLanes } from "../../../scan/serving/lanes.ts";
import type { ImageKey, Store } from "../../../store/model.ts";
import { scanJob } from "../jobs.ts";
import type { Engine } from "../model.ts";
import { copyBeside, type Hold } from "./beside.ts";
import { bounds } from "./bounds.ts";
import { type Copied, type CopiedManifest, type Copying, copyImage } from "./copy.ts";
import type { EnginePlace } from "./engine-place.ts";
import type { UpstreamRepository } from "./names.ts";
import { BUSY } from "./outcomes.ts";
import type { Remote } from "./remotes.ts";

export interface Fetched {
  /** Ours. */
  readonly repository: string;
  readonly registry: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly milliseconds: number;
  /** A problem's code; `ok`. */
  readonly outcome: string;
  /** Of what lies beside it, and did not come along. */
  readonly missing: readonly Problem[];
}

export interface FetchingOptions {
  readonly engine: Pick<Engine, "manifest">;
  readonly place: EnginePlace;
  readonly store: Pick<Store, "images" | "jobs" | "locks">;
  readonly now: () => Date;
  readonly clock: () => number;
  /** Told of each image that was fetched, or that could not be. */
  readonly onFetched?: (fetched: Fetched) => void;
}

export interface Fetching {
  /** Resolves when the engine has the image, and its scan is asked for. @throws Problem */
  fetch(upstream: UpstreamRepository, remote: Remote, digest: Digest): Promise<void>;
  /** What lies beside an image that is there: it may have been signed since. @throws Problem */
  refresh(upstream: UpstreamRepository, remote: Remote, digest: Digest): Promise<void>;
  close(): void;
}

export function createFetching({ engine, place, store, now, clock, onFetched }: FetchingOptions): Fetching {
  const flights = createFlights(bounds.fetchMilliseconds, "registry.closed");
  const lanes = createLanes({
    hostLanes: bounds.fetches,
    lanes: bounds.fetches,
    waiting: bounds.waiting,
    code: BUSY,
  });

  function fetch(upstream: UpstreamRepository, remote: Remote, digest: Digest): Promise<void> {
    const { repository } = upstream;
    return flights.run(`fetch ${repository}@${digest}`, async (signal) => {
      const started = clock();
      let outcome = "ok";
      let told: Pick<Fetched, "bytes" | "missing"> = { bytes: 0, missing: [] };
      try {
        await lanes.run(remote.source.domain, signal, async () => {
          const release = await turn(repository, digest, signal);
          // Another replica did it.
          if (release === undefined) return;
          try {
            told = await copy(upstream, remote, digest, signal);
          } finally {
            await release().catch(() => undefined);
          }
        });
      } catch (error) {
        outcome = error instanceof Problem ? error.code : "internal";
        throw error;
      } finally {
        const { registry } = upstream.rule;
        onFetched?.({ repository, registry, digest, ...told, milliseconds: clock() - started, outcome });
      }
    });
  }

  /** Undefined: the engine has it meanwhile. */
  async function turn(repository: string, digest: Digest, signal: AbortSignal) {
    for (;;) {
      const release = await store.locks.tryHold(`upstream fetch ${repository}@${digest}`);
      const there = await engine.manifest(repository, { digest }, signal);
      if (there === undefined && release !== undefined) return release;
      await release?.();
      if (there instanceof Problem) throw there;
      if (there !== undefined) return undefined;
      await delay(bounds.pollMilliseconds, undefined, { signal });
    }
  }

  async function copy(upstream: UpstreamRepository, remote: Remote, digest: Digest, signal: AbortSignal) {
    const from = await remote.open(signal);
    try {
      const { repository, rule } = upstream;
      const { mayFetch } = remote;
      const copying: Copying = { from, engine, place, repository, signal, platforms: rule.platforms, mayFetch };
      const image: Copied = await copyImage(digest, copying);
      const subjects = image.manifests.map(({ manifest }) => manifest.digest);
      const beside = await copyBeside(subjects, copying, holdReferrers(repository, signal));
      // What is told of last is complete: a list of referrers, or a job for what is not all there, would mislead.
      for (const one of [...image.manifests, ...beside.manifests]) await note(repository, one);
      await store.jobs.add([scanJob({ repository, digest })]);
      return { bytes: image.bytes, missing: beside.problems };
    } finally {
      from.close();
    }
  }

  async function note(repository: string, { manifest, blobs, children }: CopiedManifest): Promise<void> {
    const key: ImageKey = { repository, digest: manifest.digest };
    await store.images.saw({ ...key, mediaType: manifest.mediaType, at: now() });
    await store.images.saveBlobs(key, blobs, children);
  }

  function refresh(upstream: UpstreamRepository, remote: Remote, digest: Digest): Promise<void> {
    const { repository, rule } = upstream;
    return flights.run(`beside ${repository}@${digest}`, async (signal) => {
      const from = await remote.open(signal);
      try {
        const { mayFetch } = remote;
        const copying: Copying = { from, engine, place, repository, signal, platforms: rule.platforms, mayFetch };
        const { manifests, problems } = await copyBeside([digest], copying, holdReferrers(repository, signal));
        for (const one of manifests) await note(repository, one);
        if (manifests.length === 0 && problems[0] !== undefined) throw problems[0];
      } finally {
        from.close();
      }
    });
  }

  /** Two replicas that add to one list of referrers would each lose the other's; the proxy holds the same lock for pushes. */
  function holdReferrers(repository: string, signal: AbortSignal): Hold {
    return async (subject, work) => {
      for (;;) {
        const release = await store.locks.tryHold(referrersLock(repository, subject));
        if (release === undefined) {
          await delay(bounds.pollMilliseconds, undefined, { signal });
          continue;
        }
        try {
          return await work();
        } finally {
          await release().catch(() => undefined);
        }
      }
    };
  }

  return { fetch, refresh, close: () => flights.close() };
}

function referrersLock(repository: string, subject: Digest): string {
  return `referrers ${repository}:${referrersTag(subject)}`;
}
