/** Work that is split over the threads of this process: who takes what, and that nothing is lost where one breaks off. */

/** Starts threads of this program. */
export interface Threads {
  /**
   * Runs a task in a thread of its own.
   *
   * @param input - copied, but for memory that is shared
   * @param onMessage - gets what the task sends, in its order
   * @param handed - ports within the input, which go over to the thread
   * @returns when the task has ended
   * @throws where the thread cannot start, or breaks off
   */
  run(task: string, input: unknown, onMessage: (message: unknown) => void, handed?: readonly object[]): Promise<void>;
}

/** Of a list of pieces the number of the next, in memory that threads share. */
export type Turns = Int32Array<SharedArrayBuffer>;

function noTurns(): Turns {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** What a task of {@link beginShare} is given beside its own input. */
export interface Share {
  readonly turns: Turns;
  readonly count: number;
  /** Absent: both go through the pieces from the first one on. */
  readonly fromEnd?: true;
}

interface Piece<Result> {
  readonly at: number;
  readonly result: Result;
}

export interface SharedWork<Result> {
  /**
   * This thread's half.
   *
   * @param own - the work on one piece; what it throws is thrown
   * @returns the results in the order of the pieces
   */
  finish(own: (at: number) => Result | Promise<Result>): Promise<Result[]>;
  /** Instead of it, where nobody wants the results any more: nothing is left to take. */
  abandon(): Promise<void>;
}

interface ShareOptions<Result> {
  /** Hears of what the other has done. */
  readonly told?: (result: Result) => void;
  /** The other begins with the last piece and this thread with the first, until they meet. */
  readonly fromEnd?: true;
  /** Those of a thread that was started before. */
  readonly turns?: Turns;
}

/**
 * A list of pieces, worked on by another thread and by this one as soon as it may, each taking the next when it is done with
 * one: on a machine that is busy the other may come to none. What it took and did not finish is done here.
 *
 * @param task - sends what {@link takeShare} makes
 */
export function beginShare<Result>(
  threads: Threads,
  task: string,
  input: object,
  count: number,
  { told, fromEnd, turns = noTurns() }: ShareOptions<Result> = {},
): SharedWork<Result> {
  const results = new Map<number, Result>();
  const other = threads
    .run(task, { ...input, turns, count, ...(fromEnd === true ? { fromEnd } : {}) } satisfies Share, (message) => {
      const { at, result } = message as Piece<Result>;
      results.set(at, result);
      told?.(result);
    })
    // What is missing of it is done below: if the input is to blame, this thread says so.
    .catch(() => {});
  const abandon = async (): Promise<void> => {
    Atomics.store(turns, 0, count);
    await other;
  };
  return {
    abandon,
    async finish(own) {
      try {
        let first = 0;
        for (const turn of takeTurns(turns, count)) {
          const at = fromEnd === true ? first++ : turn;
          results.set(at, await own(at));
        }
      } finally {
        await abandon();
      }
      const all: Result[] = [];
      for (let at = 0; at < count; at++) all.push(results.has(at) ? (results.get(at) as Result) : await own(at));
      return all;
    },
  };
}

/**
 * The other thread's half of {@link beginShare}.
 *
 * @param work - undefined leaves the piece to the first thread
 */
export function takeShare<Result>(
  { turns, count, fromEnd }: Share,
  work: (at: number) => Result | undefined,
  send: (message: unknown) => void,
): void {
  let last = count;
  for (const turn of takeTurns(turns, count)) {
    const at = fromEnd === true ? --last : turn;
    const result = work(at);
    if (result !== undefined) send({ at, result } satisfies Piece<Result>);
  }
}

/** Node's own, as far as a task needs it. */
interface Port {
  once(event: "message" | "close", hear: (message: unknown) => void): unknown;
  close(): void;
}

/** What a task is given that was started by {@link startAhead}, beside its own input. */
export interface Ahead {
  readonly port: Port;
  /** Of its work. */
  readonly turns: Turns;
}

export interface ThreadAhead {
  /** Hands the thread what its work is, where others start one for it. */
  readonly threads: Threads;
  readonly turns: Turns;
  /** There is no work for it, or no more. */
  end(): Promise<void>;
}

/**
 * Starts a thread before anybody knows what its work is, for it takes some time to begin.
 *
 * @param task - asks {@link handedTo} for its work
 */
export function startAhead(threads: Threads, task: string, input: object): ThreadAhead {
  const { port1, port2 } = new MessageChannel();
  const turns = noTurns();
  let hear = (_: unknown): void => {};
  const ended = threads.run(task, { ...input, port: port2, turns } satisfies Ahead, (message) => hear(message), [
    port2,
  ]);
  // It is told to whoever hands it something.
  ended.catch(() => {});
  return {
    turns,
    threads: {
      async run(_, work, onMessage) {
        hear = onMessage;
        port1.postMessage(work);
        await ended;
      },
    },
    async end() {
      port1.close();
      await ended.catch(() => {});
    },
  };
}

/** @returns undefined where there is no work */
export async function handedTo<Work>({ port }: Pick<Ahead, "port">): Promise<Work | undefined> {
  const { promise, resolve } = Promise.withResolvers<Work | undefined>();
  port.once("message", (work) => resolve(work as Work));
  port.once("close", () => resolve(undefined));
  const work = await promise;
  port.close();
  return work;
}

/** As many turns as this thread gets, until all are taken; each is one thread's alone. */
function* takeTurns(turns: Turns, count: number): Generator<number> {
  for (;;) {
    const at = Atomics.add(turns, 0, 1);
    if (at >= count) return;
    yield at;
  }
}
