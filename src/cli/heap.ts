/** How the heap of a run grows. */
import v8 from "node:v8";
import { runInNewContext } from "node:vm";
import { setFlag } from "./v8-flags.ts";

/** What costs little time, and holds the memory of the greatest runs. */
const GROWTH = 25;

/** The first collection comes at some 15 MB, nearly all of which live: the next one then comes at some 64. */
const START_GROWTH = 330;

/**
 * While a command opens what it needs. What nearly all runs need is less than the bound that this leads to: collecting it
 * again and again, though little of it is garbage, took a thirtieth of their time.
 */
export function letStartGrow(): void {
  keepHeapNearWhatLives(START_GROWTH);
}

/**
 * V8 lets its heap grow to several times what lives before it collects, and its young generation to 128 MB: a run over
 * thousands of workloads would hold three times what it needs. Both flags are read at each collection, so that they
 * hold from the next one on; the young generation stays at what the start has made of it, 16 to 32 MB.
 *
 * @param growth - percent that the old generation may grow between two collections
 */
export function keepHeapNearWhatLives(growth = GROWTH): void {
  keepOldNearWhatLives(growth);
  setFlag("semi-space-growth-factor", 1);
}

/**
 * As above, for a server: V8 makes the young generation small when nothing is asked for a while, and it must be able to grow
 * again, or whatever is under way when the next requests come is promoted. Its size is bounded by whoever starts the server
 * (`--max-semi-space-size`), for V8 takes that on its command line alone.
 *
 * @param growth - percent
 */
export function keepOldNearWhatLives(growth: number): void {
  setFlag("heap-growing-percent", growth);
}

/** Collects what a start has left: of a process that waits for long, it would stay. */
export function collectStart(): void {
  v8.setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  v8.setFlagsFromString("--no-expose-gc");
}
