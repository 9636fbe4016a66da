/** What V8 compiles, and how it optimizes what runs often. */
import { setFlag } from "./v8-flags.ts";

/** Bytes of other functions' code that V8 takes into one that it optimizes. */
const INLINED = 300;

/** Of Node's own modules, those that nearly every run needs. What Node brings compiled V8 takes under the flags of the start alone. */
const needed = ["node:fs/promises", "node:zlib", "node:child_process", "node:crypto", "node:sqlite"] as const;

/** Times that V8 interprets a regular expression before it compiles it. */
const INTERPRETED = 60;

/**
 * V8 compiles a regular expression to machine code when it is tried for the second time, which takes as long as trying it on a
 * hundred short texts; most of a run's thousands are tried less often than that. A text of 1,000 characters has it compiled at
 * once. What is interpreted so seldom is not worth being optimized first.
 *
 * It holds of what is made from now on: to be called before the code of a command is loaded.
 */
export function interpretExpressions(): void {
  for (const name of needed) process.getBuiltinModule(name);
  setFlag("regexp-tier-up-ticks", INTERPRETED);
  setFlag("regexp-peephole-optimization", false);
}

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
