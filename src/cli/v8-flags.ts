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
} as const;

type Flags = typeof initial;
type ValueOf<Flag extends keyof Flags> = Flags[Flag] extends boolean ? boolean : number;

let isRestored = false;

/** Sets a flag until the process exits. */
export function setFlag<Flag extends keyof Flags>(flag: Flag, value: ValueOf<Flag>): void {
  v8.setFlagsFromString(written(flag, value));
  if (isRestored) return;
  isRestored = true;
  process.once("exit", restoreFlags);
}

/** What V8 compiled is kept as it exits (bin/script.js), and taken under the same flags alone: those that a start has. */
export function restoreFlags(): void {
  for (const [flag, value] of Object.entries(initial)) v8.setFlagsFromString(written(flag, value));
}

function written(flag: string, value: number | boolean): string {
  if (typeof value === "number") return `--${flag}=${value}`;
  return value ? `--${flag}` : `--no-${flag}`;
}
