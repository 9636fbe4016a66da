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

/** Sets a flag until the process exits. */
export function setFlag<Flag extends keyof Initial>(flag: Flag, value: Value<Flag>): void {
  write(flag, value);
  if (present === undefined) {
    present = new Map();
    process.once("exit", restoreFlags);
    process.getBuiltinModule = underInitialFlags(process.getBuiltinModule, present);
  }
  present.set(flag, value);
}

/** What V8 has without us. */
export function clearFlag(flag: keyof Initial): void {
  if (present?.delete(flag) === true) write(flag, initial[flag]);
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
