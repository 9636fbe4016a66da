/**
 * The policy that is in force while its files change: a new reading takes its place whole, and a broken one does not, nor one
 * whose keys or roots cannot be opened.
 */
import { Problem } from "../../core/problem.ts";

/** What was read together: policies of one reading, for one guard. */
export interface ReadSet {
  /** Keys, authorities and roots that it names and that could not be opened. */
  readonly trustFaults: readonly Problem[];
}

export interface ReloadingPolicies<Set extends ReadSet> {
  /** Undefined until the first reading that is whole. */
  current(): Set | undefined;
  /** Why the newest reading is not in force; absent where it is. */
  fault(): Problem | undefined;
  /** One look: reads where something changed since the last. @param anew - whatever changed. Never throws for what files say */
  look(anew?: boolean): Promise<void>;
}

export interface ReloadingOptions<Set extends ReadSet> {
  /** What tells whether files changed: of all that `open` reads. @throws Problem where that cannot be told */
  fingerprint(): Promise<string>;
  /** @throws Problem */
  open(): Promise<Set>;
  onLoaded(set: Set): void;
  onBroken(problem: Problem): void;
}

export function createReloading<Set extends ReadSet>({
  fingerprint,
  open,
  onLoaded,
  onBroken,
}: ReloadingOptions<Set>): ReloadingPolicies<Set> {
  let current: Set | undefined;
  let fault: Problem | undefined;
  let read: string | undefined;
  let looking: Promise<void> | undefined;
  let isAskedAnew = false;

  async function once(): Promise<void> {
    const anew = isAskedAnew;
    isAskedAnew = false;
    const seen = await attempt(fingerprint);
    // What cannot be told apart is read: it says itself what is wrong.
    const mark = seen instanceof Problem ? `problem ${seen.line()}` : seen;
    if (!anew && mark === read) return;
    read = mark;
    const opened = await attempt(open);
    const broken =
      opened instanceof Problem ? opened : current?.trustFaults.length === 0 ? opened.trustFaults[0] : undefined;
    if (opened instanceof Problem || broken !== undefined) {
      fault = broken;
      onBroken(broken as Problem);
      return;
    }
    fault = undefined;
    current = opened;
    onLoaded(opened);
  }

  async function all(): Promise<void> {
    do await once();
    while (isAskedAnew);
    looking = undefined;
  }

  return {
    current: () => current,
    fault: () => fault,
    look(anew = false) {
      isAskedAnew ||= anew;
      looking ??= all();
      return looking;
    },
  };
}

async function attempt<Value>(work: () => Promise<Value>): Promise<Value | Problem> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
