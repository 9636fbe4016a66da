import type { Digest } from "./digest.ts";

/** What a verdict rests on beside its evidence. */
export interface Basis {
  /** Whose checks they were. The run's end adds it, and the policy. */
  readonly tool?: Tool;
  /** Of the policy that it was judged by, with every default filled in. */
  readonly policy?: Digest;
  /** What was read of the world's knowledge for it; none where it needed none. */
  readonly databases: readonly DatabaseUse[];
}

/** Adds tool and policy. What rests on the same databases shares one. */
export function basisOf(run: Required<Pick<Basis, "tool" | "policy">>): (before: Basis | undefined) => Basis {
  const known = new Map<string, Basis>();
  return (before) => {
    const databases = before?.databases ?? [];
    const key = databases.length === 0 ? "" : JSON.stringify(databases);
    let basis = known.get(key);
    if (basis === undefined) {
      basis = { ...run, databases };
      known.set(key, basis);
    }
    return basis;
  };
}

export interface Tool {
  readonly name: string;
  readonly version: string;
}

/** Something that answers rested on. */
export interface DatabaseUse {
  /** `advisories`, `demo advisories`; of one source its name. */
  readonly label: string;
  /** ISO 8601 date or time: the state of the world that it describes; the oldest where it has several. */
  readonly asOf?: string;
  /** `42 records of 3 sources`. */
  readonly detail?: string;
}
