/** Flags of V8 that a run sets while it runs. */
import v8 from "node:v8";

/** What V8 has without us. */
const initial = {
  "heap-growing-percent": 0,
  "semi-space-growth-factor": 2,
  "min-semi-space-size": 0,
  "initial-old-space-size": 0,
  "max-inlined-bytecode-size-cumulative": 920,
  "regexp-tier-up-ticks": 1,
  "regexp-peephole-optimization": true,
  turbofan: true,
} as const;

type Initial = typeof initial;
type Value<Flag extends keyof Initial> = Initial[Flag] extends boolean ? boolean : number;

let isRestored = false;

/** Sets a flag until the process exits. */
export function setFlag<Flag extends keyof Initial>(flag: Flag, value: Value<Flag>): void {
  write(flag, value);
  if (isRestored) return;
  isRestored = true;
  process.once("exit", restoreFlags);
}

/** What V8 compiled is kept as it exits (bin/script.js), and taken under the same flags alone: those that a start has. */
export function restoreFlags(): void {
  for (const [flag, value] of Object.entries(initial)) write(flag, value);
}

/** V8 takes no value for a flag that is set or not. */
function write(flag: string, value: number | boolean): void {
  if (typeof value === "number") v8.setFlagsFromString(`--${flag}=${value}`);
  else v8.setFlagsFromString(value ? `--${flag}` : `--no-${flag}`);
}
