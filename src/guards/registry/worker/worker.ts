/** The worker: does the jobs of the queue, and sees when what was scanned has to be judged anew. */
import { Problem } from "../../../core/problem.ts";
import { attachmentTag } from "../../../engines/oci/distribution/content.ts";
import { type Repeated, repeat } from "../../../scan/serving/repeat.ts";
import { errorText } from "../../../scan/serving/tell.ts";
import type { ImageKey, Job, Store } from "../../../store/model.ts";
import { imageOfJob, reconcileJob, repositoryOfJob, scanJob } from "../jobs.ts";
import type { AuditEntry, Engine } from "../model.ts";
import { isAnnounced } from "../push/announced.ts";
import { upstreamOf } from "../upstream/names.ts";
import { bounds } from "./bounds.ts";
import { type EndedJob, type Queue, startQueue, type Work } from "./queue.ts";
import { reconcile } from "./reconcile.ts";
import { type ScanOptions, scanManifest } from "./scan.ts";
import { type Swept, sweep, sweepOne } from "./sweep.ts";

export interface WorkerOptions extends Omit<ScanOptions, "store" | "engine"> {
  readonly store: Store;
  readonly engine: Engine;
  /** No other worker has this name. */
  readonly name: string;
  readonly parallel?: number;
  /** Of kinds that are another part's: `mirror`. */
  readonly work?: Readonly<Partial<Record<Job["kind"], Work>>>;
  readonly looks?: Partial<Looks>;
  onEnded?(ended: EndedJob): void;
  onSwept?(swept: Swept & { readonly milliseconds: number }): void;
  onFound(entry: AuditEntry): void;
  /** What an operator reads: one line. */
  onEvent(text: string): void;
}

/** Milliseconds between two of each. */
interface Looks {
  /** At the advisory database and the policy. */
  readonly judging: number;
  /** At the engine's catalogue. */
  readonly catalogue: number;
  readonly poll: number;
}

export interface RegistryWorker {
  readonly name: "worker";
  /** Why it does not do its work; undefined: it does. */
  look(): Promise<string | undefined>;
  /** Looks at the advisory database, the policy and the queue now; resolves when all is judged by them. */
  reload(): Promise<void>;
  running(): number;
  /** @returns how many jobs were left to others */
  close(milliseconds?: number): Promise<number>;
}

const LOOKS: Looks = {
  judging: bounds.lookMilliseconds,
  catalogue: bounds.reconcileMilliseconds,
  poll: bounds.pollMilliseconds,
};

export function startWorker(options: WorkerOptions): RegistryWorker {
  const { store, name, now, onEvent } = options;
  const looks = { ...LOOKS, ...options.looks };
  const ended = new AbortController();
  const onError = (error: unknown) => onEvent(`internal error, please report it: ${errorText(error)}`);
  const sweeping = { ...options, onError };
  let sweepFault: string | undefined;
  /** By what all was judged, as far as this process knows, and when. */
  let sweptBy: string | undefined;
  let sweptAt = Number.NEGATIVE_INFINITY;

  const work: Readonly<Partial<Record<Job["kind"], Work>>> = {
    ...options.work,
    async scan(job, signal) {
      const key = imageOfJob(job);
      const isLast = job.attempts >= bounds.attemptsBeforeUnknown;
      const scanned = await scanManifest(key, { signal, isLast }, options);
      if (scanned === "image" || scanned === "unreadable") await judgeParents(key);
      return scanned;
    },
    async rescan(job, signal) {
      if (Object.keys(job.about).length > 0) return await sweepOne(imageOfJob(job), sweeping);
      const { judged } = await sweep(sweeping, signal);
      return judged === 0 ? "current" : "judged";
    },
    async reconcile(job, signal) {
      const counts = await reconcile(repositoryOfJob(job), { ...options, isExpected }, signal);
      if (counts.found + counts.moved > 0) {
        onEvent(`reconcile: ${counts.found} images and ${counts.moved} tags in the engine that the guard did not see`);
      }
      return "reconciled";
    },
  };

  /** Upstreams' namespaces are the guard's own, and lists of referrers are kept by it. */
  async function isExpected(pushed: ImageKey & { readonly tag: string }): Promise<boolean> {
    if (attachmentTag(pushed.tag)?.holds === "referrers") return true;
    const { policy } = (await options.judging.current()).context;
    return upstreamOf(policy.registry.upstreams, pushed.repository) !== undefined || isAnnounced(pushed, store.locks);
  }

  /** An index is what its images are, and may have been scanned before one of them was here. */
  async function judgeParents({ repository, digest }: ImageKey): Promise<void> {
    const parents = await store.images.parentsOf(repository, digest);
    const behind: (typeof parents)[number][] = [];
    for (const parent of parents) {
      // One that was never scanned has its own job.
      if ((await store.images.get({ repository, digest: parent })) !== undefined) behind.push(parent);
    }
    if (behind.length > 0) await store.jobs.add(behind.map((parent) => scanJob({ repository, digest: parent })));
  }

  const queue: Queue = startQueue({
    store,
    worker: name,
    work,
    pollMilliseconds: looks.poll,
    ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
    ...(options.onEnded === undefined ? {} : { onEnded: options.onEnded }),
    onEvent,
  });

  let looking: Promise<number> = Promise.resolve(0);
  const lookAtJudging = (): Promise<number> => {
    looking = lookOnce();
    return looking;
  };

  async function lookOnce(): Promise<number> {
    try {
      const { database, policy } = await options.judging.current();
      const by = `${database} ${policy}`;
      const isOld = now().getTime() - sweptAt > (bounds.renewHours * HOUR) / 4;
      if (by !== sweptBy || isOld) await sweepAlone(by);
      sweepFault = undefined;
    } catch (error) {
      if (!(error instanceof Problem)) onError(error);
      sweepFault = error instanceof Problem ? error.line() : "internal error";
    }
    return looks.judging;
  }

  /** One process of all at a time: who comes second finds little left. */
  async function sweepAlone(by: string): Promise<void> {
    const release = await store.locks.tryHold("registry rescan");
    if (release === undefined) return;
    const began = performance.now();
    try {
      const swept = await sweep(sweeping, ended.signal);
      sweptBy = by;
      sweptAt = now().getTime();
      options.onSwept?.({ ...swept, milliseconds: performance.now() - began });
    } catch (error) {
      if (!ended.signal.aborted) throw error;
    } finally {
      await release();
    }
  }

  async function lookAtCatalogue(): Promise<number> {
    try {
      await store.jobs.add([reconcileJob()]);
      return looks.catalogue;
    } catch (error) {
      if (!(error instanceof Problem)) onError(error);
      return looks.judging;
    }
  }

  const repeated: readonly Repeated[] = [repeat(0, lookAtJudging, onError), repeat(0, lookAtCatalogue, onError)];

  return {
    name: "worker",
    look: async () => queue.fault() ?? sweepFault,
    async reload() {
      queue.wake();
      await repeated[0]?.now();
    },
    running: () => queue.running(),
    async close(milliseconds = bounds.drainMilliseconds) {
      for (const each of repeated) each.stop();
      ended.abort(new Problem({ kind: "unavailable", code: "registry.stopped", place: "worker", cause: "stopped" }));
      await looking;
      return await queue.stop(milliseconds);
    },
  };
}

const HOUR = 60 * 60 * 1_000;
