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
  "invocation-count-for-maglev": 400,
} as const;

type Initial = typeof initial;
type Value<Flag extends keyof Initial> = Initial[Flag] extends boolean ? boolean : number;

/** What was set, by flags; undefined: nothing yet. */
let present: Map<string, number | boolean> | undefined;

/** How many hold those of the start, and whether the first found that V8 keeps all that it compiled. */
let holding = 0;
let keepsBytecode = false;

/** Sets a flag until the process exits. */
export function setFlag<Flag extends keyof Initial>(flag: Flag, value: Value<Flag>): void {
  if (holding === 0) write(flag, value);
  if (present === undefined) {
    present = new Map();
    process.once("exit", restoreFlags);
    process.getBuiltinModule = underInitialFlags(process.getBuiltinModule, present);
  }
  present.set(flag, value);
}

/** What V8 has without us. */
export function clearFlag(flag: keyof Initial): void {
  if (present?.delete(flag) === true && holding === 0) write(flag, initial[flag]);
}

/**
 * For a thread that starts: Node's own modules come compiled (below), and a thread loads as many as a process. Node keeps what it
 * compiles of ours apart by flags as well, so that under any others a thread may find nothing. What is set meanwhile holds afterwards.
 *
 * @returns ends it; once
 */
export function holdInitialFlags(): () => void {
  holding += 1;
  if (holding === 1) {
    for (const flag of present?.keys() ?? []) write(flag, initial[flag as keyof Initial]);
    // Not ours, but set in a run whose compiled code is kept (bin/script.js).
    const tag = v8.cachedDataVersionTag();
    write("flush-bytecode", true);
    keepsBytecode = v8.cachedDataVersionTag() !== tag;
  }
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    holding -= 1;
    if (holding > 0) return;
    for (const [flag, value] of present ?? []) write(flag, value);
    if (keepsBytecode) write("flush-bytecode", false);
  };
}

/** What V8 compiled is kept as it exits (bin/script.js), and taken under the same flags alone: those that a start has. */
export function restoreFlags(): void {
  present?.clear();
  for (const [flag, value] of Object.entries(initial)) write(flag, value);
}

/**
 * Node's own modules come compiled, which V8 takes under the flags of the start alone: under others each takes several times as long
 * to load.
 *
 * @param load - how the script of a command (bin/script.js) takes them
 * @param flags - that hold at any other time
 */
export function underInitialFlags(
  load: typeof process.getBuiltinModule,
  flags: ReadonlyMap<string, number | boolean>,
): typeof process.getBuiltinModule {
  const loaded = new Set<string>();
  return ((name: string) => {
    if (loaded.has(name)) return load(name);
    loaded.add(name);
    if (holding > 0) return load(name);
    for (const flag of flags.keys()) write(flag, initial[flag as keyof Initial]);
    try {
      return load(name);
    } finally {
      for (const [flag, value] of flags) write(flag, value);
    }
  }) as typeof process.getBuiltinModule;
}

/** V8 takes no value for a flag that is set or not. */
function write(flag: string, value: number | boolean): void {
  if (typeof value === "number") v8.setFlagsFromString(`--${flag}=${value}`);
  else v8.setFlagsFromString(value ? `--${flag}` : `--no-${flag}`);
}
