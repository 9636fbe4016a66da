/** What a thread of the program runs: the task that it was started for. */
import { parentPort, workerData } from "node:worker_threads";
import type { ThreadStart } from "./threads.ts";

type Task = (input: never, send: (message: unknown) => void) => void | Promise<void>;

const tasks: Readonly<Record<string, () => Promise<Task>>> = {
  advisories: async () => (await import("../engines/vulnerability/database/documents-thread.ts")).readPieces,
  history: async () => (await import("../collect/secrets/history-pieces.ts")).scanHistoryShare,
  layers: async () => (await import("../engines/oci/layer-thread.ts")).readLayers,
  pipelines: async () => (await import("../scan/pipelines-thread.ts")).evaluateShare,
  secrets: async () => (await import("../collect/secrets/folder.ts")).scanShare,
};

const { task, input, tellsLoaded } = workerData as ThreadStart;
const run = await tasks[task]?.();
if (run === undefined) throw new Error(`no task of a thread: ${task}`);
if (tellsLoaded === true) {
  // What was compiled is kept under the flags that it is taken under the next time, which end now.
  process.getBuiltinModule("node:module").flushCompileCache();
  parentPort?.postMessage("loaded");
}
await run(input as never, (message) => parentPort?.postMessage(message));
