/** Threads that read layers, for tests. */
import { type Transferable, Worker } from "node:worker_threads";
import type { Threads } from "../../core/threads.ts";
import type { FixtureStart } from "./layer-thread.fixture.ts";

export function threadsOf(mode: FixtureStart["mode"] = "reads"): Threads {
  return {
    run: (_task, input, _onMessage, handed = []) =>
      new Promise((resolve, reject) => {
        const worker = new Worker(new URL("layer-thread.fixture.ts", import.meta.url), {
          workerData: { start: input, mode },
          transferList: [...handed] as Transferable[],
        });
        worker.once("error", reject);
        worker.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`ended with ${code}`))));
      }),
  };
}
