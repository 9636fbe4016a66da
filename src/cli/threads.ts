/** Threads of this process, for work that is split. */
import { availableParallelism } from "node:os";
import { type Transferable, Worker } from "node:worker_threads";
import type { Threads } from "../core/threads.ts";
import { holdInitialFlags, setFlag } from "./v8-flags.ts";

/** What a thread is started with. */
export interface ThreadStart {
  readonly task: string;
  readonly input: unknown;
  /** The first message says no more than that its code is loaded. */
  readonly tellsLoaded?: true;
}

/**
 * Megabytes of a semi-space that a thread of the task begins with, and stays at (heap.ts). V8 begins with one: of much that lives
 * shortly half would be promoted, for the old generation to collect.
 */
const semiSpaces: Readonly<Record<string, number>> = { secrets: 8 };

/**
 * Megabytes that the old generation of a thread of the task may have before V8 collects it for the first time: it holds some ten, of
 * which nearly all live, and would be collected for nothing.
 */
const oldSpaces: Readonly<Record<string, number>> = { advisories: 32 };

/** Tasks of which several threads start at once, in a run that waits for them: under the flags of the start it takes two thirds of the time. */
const quickly: ReadonlySet<string> = new Set(["layers"]);

let entry: URL | undefined;

/** @param program - what every thread begins with: the file that the program was started from; undefined: there are none */
export function threadsFrom(program: URL | undefined): void {
  entry = program;
}

/** Absent: there is one processor for this process, or this is not the program (a test calls its functions). */
export function openThreads(): Threads | undefined {
  const program = entry;
  if (program === undefined || availableParallelism() < 2) return undefined;
  return {
    async run(task, input, onMessage, handed = []) {
      const [semiSpace, oldSpace] = [semiSpaces[task], oldSpaces[task]];
      // No heap that is there already asks for them. They are left so, for the thread makes its own at some later time.
      if (semiSpace !== undefined) setFlag("min-semi-space-size", semiSpace);
      if (oldSpace !== undefined) setFlag("initial-old-space-size", oldSpace);
      const letGo = quickly.has(task) ? holdInitialFlags() : undefined;
      try {
        const start: ThreadStart = { task, input, ...(letGo === undefined ? {} : { tellsLoaded: true }) };
        const worker = new Worker(program, { workerData: start, transferList: [...handed] as Transferable[] });
        const listen = (): void => void worker.on("message", onMessage);
        if (letGo === undefined) listen();
        else {
          worker.once("message", () => {
            letGo();
            listen();
          });
        }
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        worker.once("error", reject);
        worker.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a thread ended with ${code}`))));
        await promise;
      } finally {
        letGo?.();
      }
    },
  };
}
