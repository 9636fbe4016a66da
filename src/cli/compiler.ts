/** What V8 compiles, and how it optimizes what runs often. */
import { clearFlag, setFlag } from "./v8-flags.ts";

/** Bytes of other functions' code that V8 takes into one that it optimizes. */
const INLINED = 300;

/** Calls before V8's second last compiler (Maglev) takes a function up; 400 without us. */
const CALLS = 2_000;

/** Milliseconds of the processor, of all threads, that a short run takes at most. */
const SHORT = 1_000;
/** Milliseconds between two looks at how long it has become: it may wait for others. */
const APART = 100;

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
  setFlag("regexp-tier-up-ticks", INTERPRETED);
  setFlag("regexp-peephole-optimization", false);
}

/**
 * Of what V8 optimizes by itself in a run of a few tenths of a second, most has been called as often as it ever will be: it took a
 * tenth of the processor's time of such a run. Longer ones go by V8's own number, from a second of the processor on: with ours, audits of
 * two and three seconds took more.
 *
 * @param used - the processor's time so far, in microseconds
 * @param later - calls it after so many milliseconds, unless the run has ended
 */
export function optimizeSeldom(used: () => number = processorTime, later: Later = unlessEnded): void {
  setFlag("invocation-count-for-maglev", CALLS);
  const look = (): void => {
    const left = SHORT - used() / 1_000;
    if (left > 0) later(look, Math.max(left, APART));
    else clearFlag("invocation-count-for-maglev");
  };
  look();
}

type Later = (call: () => void, milliseconds: number) => void;

function unlessEnded(call: () => void, milliseconds: number): void {
  setTimeout(call, milliseconds).unref();
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
