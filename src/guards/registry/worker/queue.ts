/** Takes jobs of the queue and sees to it that each is done by one worker at a time, or by another when this one ends. */
import { Problem } from "../../../core/problem.ts";
import { errorText } from "../../../scan/serving/tell.ts";
import type { Job, Store } from "../../../store/model.ts";
import { bounds } from "./bounds.ts";

export interface QueueOptions {
  readonly store: Pick<Store, "jobs" | "changes">;
  /** No other worker has this name. */
  readonly worker: string;
  readonly parallel?: number;
  /** Kinds that are done here; others are given back. */
  readonly work: Readonly<Partial<Record<Job["kind"], Work>>>;
  readonly pollMilliseconds?: number;
  onEnded?(ended: EndedJob): void;
  /** What an operator reads: one line. */
  onEvent(text: string): void;
}

/**
 * @returns what it came to, in a word
 * @throws Problem: it comes again later
 */
export type Work = (job: Job, signal: AbortSignal) => Promise<string>;

export interface EndedJob {
  readonly kind: Job["kind"];
  /** `failed`, `lost` (another has it), or what its work returned. */
  readonly outcome: string;
  readonly milliseconds: number;
}

export interface Queue {
  /** Looks for jobs now. */
  wake(): void;
  /** Jobs that are under way. */
  running(): number;
  /** Why no jobs can be taken; undefined: they can. */
  fault(): string | undefined;
  /** Takes no more; what is not done within so many milliseconds is left to others. @returns how many that were */
  stop(milliseconds: number): Promise<number>;
}

export function startQueue(options: QueueOptions): Queue {
  const { store, worker, work, parallel = bounds.parallel, onEvent } = options;
  const poll = options.pollMilliseconds ?? bounds.pollMilliseconds;
  const running = new Map<string, { readonly done: Promise<void>; readonly end: AbortController }>();
  let isStopped = false;
  let fault: string | undefined;
  let wait = poll;
  let pending = Promise.withResolvers<void>();
  /** Something happened since the queue was last looked at. */
  const wake = () => pending.resolve();
  const unsubscribe = store.changes.subscribe(({ kind }) => {
    if (kind !== "image") wake();
  });

  async function loop(): Promise<void> {
    while (!isStopped) {
      pending = Promise.withResolvers<void>();
      await take();
      if (isStopped) return;
      const timer = setTimeout(wake, wait);
      await pending.promise;
      clearTimeout(timer);
    }
  }

  async function take(): Promise<void> {
    const free = parallel - running.size;
    if (free <= 0) return;
    try {
      for (const job of await store.jobs.take(worker, free, bounds.leaseMilliseconds)) begin(job);
      wait = poll;
      fault = undefined;
    } catch (error) {
      if (!(error instanceof Problem)) onEvent(`internal error, please report it: ${errorText(error)}`);
      fault = error instanceof Problem ? error.line() : "internal error";
      wait = Math.min(wait * 2, bounds.outageMilliseconds);
    }
  }

  function begin(job: Job): void {
    const end = new AbortController();
    const done = run(job, end).finally(() => {
      running.delete(job.id);
      wake();
    });
    running.set(job.id, { done, end });
  }

  async function run(job: Job, end: AbortController): Promise<void> {
    const began = performance.now();
    const late = setTimeout(() => end.abort(tooLong(job)), bounds.jobMilliseconds);
    const lease = setInterval(() => void extend(job, end), bounds.extendMilliseconds);
    let outcome: string;
    try {
      const does = work[job.kind];
      if (does === undefined) throw nobodyDoes(job);
      outcome = await does(job, end.signal);
      if (!(await store.jobs.done(job, worker))) outcome = "lost";
    } catch (error) {
      outcome = await failed(job, end.signal.aborted ? end.signal.reason : error);
    } finally {
      clearTimeout(late);
      clearInterval(lease);
    }
    options.onEnded?.({ kind: job.kind, outcome, milliseconds: performance.now() - began });
  }

  /** Where the database does not answer, the job goes on: who takes it over finds the same. */
  async function extend(job: Job, end: AbortController): Promise<void> {
    const isOurs = await store.jobs.extend(job, worker, bounds.leaseMilliseconds).catch(() => true);
    if (!isOurs) end.abort(LOST);
  }

  async function failed(job: Job, error: unknown): Promise<string> {
    if (error === LOST) return "lost";
    const isOurs = !(error instanceof Problem);
    if (isOurs) onEvent(`internal error, please report it: job ${job.kind}: ${errorText(error)}`);
    const reason = isOurs ? "internal error" : error.line();
    // Where even that is not to be stored, the lease ends, and the job is there again.
    await store.jobs.failed(job, worker, reason.slice(0, 1_000)).catch(() => undefined);
    return "failed";
  }

  const looping = loop();
  return {
    wake,
    running: () => running.size,
    fault: () => fault,
    async stop(milliseconds) {
      isStopped = true;
      unsubscribe();
      wake();
      await looping;
      const under = [...running.values()];
      const timer = Promise.withResolvers<void>();
      const timing = setTimeout(timer.resolve, milliseconds);
      await Promise.race([Promise.all(under.map(({ done }) => done)), timer.promise]);
      clearTimeout(timing);
      const cut = running.size;
      for (const { end } of running.values()) end.abort(STOPPED);
      await Promise.all(under.map(({ done }) => done));
      return cut;
    },
  };
}

const LOST = Symbol("lost");
const STOPPED = new Problem({
  kind: "unavailable",
  code: "registry.stopped",
  place: "worker",
  cause: "the process ended before the job was done",
});

function tooLong({ id, kind }: Job): Problem {
  const minutes = bounds.jobMilliseconds / 60_000;
  return new Problem({
    kind: "unavailable",
    code: "registry.job-time",
    place: `job ${id} (${kind})`,
    cause: `took longer than ${minutes} minutes`,
  });
}

function nobodyDoes({ id, kind }: Job): Problem {
  return new Problem({
    kind: "unavailable",
    code: "registry.job-kind",
    place: `job ${id} (${kind})`,
    cause: "no worker of this process does jobs of this kind",
  });
}
