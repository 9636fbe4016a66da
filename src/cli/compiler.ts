/** How V8 optimizes what runs often. */
import { setFlag } from "./v8-flags.ts";

/** Bytes of other functions' code that V8 takes into one that it optimizes. */
const INLINED = 300;

/**
 * V8 takes in up to 920 bytes, and compiles for a quarter of the time of a run of a few seconds: with less of that, it runs no
 * slower.
 */
export function inlineLess(): void {
  setFlag("max-inlined-bytecode-size-cumulative", INLINED);
}

/** Microseconds of the processor, of all threads, from which on what TurboFan makes is worth its time. */
const WORTH_TURBOFAN = 10e6;

/**
 * Leaves TurboFan, V8's last compiler, out at first: it takes a seventh of a run of a few seconds, and its code is hardly faster
 * than that of the compiler before it (Maglev).
 *
 * @param used - the processor's time so far, in microseconds
 * @returns is called now and then as the run goes on
 */
export function optimizeLate(used: () => number = processorTime): () => void {
  setFlag("turbofan", false);
  let isLate = false;
  return () => {
    if (isLate || used() < WORTH_TURBOFAN) return;
    isLate = true;
    setFlag("turbofan", true);
  };
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
