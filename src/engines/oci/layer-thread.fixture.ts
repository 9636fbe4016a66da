/** What a test starts as the other thread: `dies` ends it with the first layer. */
import { workerData } from "node:worker_threads";
import { type LayerThreadStart, readLayers } from "./layer-thread.ts";

export interface FixtureStart {
  readonly start: LayerThreadStart;
  readonly mode: "reads" | "dies";
}

const { start, mode } = workerData as FixtureStart;
if (mode === "dies") start.port.on("message", () => process.exit(1));
else await readLayers(start);
