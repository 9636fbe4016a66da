/** The advisory database of a process that outlives it: another file in its place is opened, and the old one let go. */
import { lstatSync } from "node:fs";
import { Problem } from "../core/problem.ts";
import { type AdvisoryDatabase, openAdvisoryDatabase } from "../engines/vulnerability/database/open.ts";

export interface KeptAdvisories {
  /** As it is now. What is handed out can be read for a minute: verdicts that are under way keep theirs. */
  current(): AdvisoryDatabase | Problem;
  close(): void;
}

/** Milliseconds between two looks at the file. */
const LOOK = 5_000;
/** Milliseconds after which nobody reads a database any longer that another one has replaced. */
const RETIRED = 60_000;

/**
 * Never throws: a file that is not there, or is none, is a Problem, and what rests on it is unknown. So is one that could not
 * be opened in the place of one that could: an old database that somebody has replaced is not what they rely on.
 *
 * @param clock - milliseconds since any time, which never goes back
 */
export function keepAdvisories(path: string, clock: () => number = () => performance.now()): KeptAdvisories {
  let held: AdvisoryDatabase | Problem | undefined;
  let stamp: string | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const retired = new Map<AdvisoryDatabase, number>();

  function retire(): void {
    if (held !== undefined && !(held instanceof Problem)) retired.set(held, clock() + RETIRED);
    held = undefined;
  }

  function closeRetired(until: number): void {
    for (const [database, at] of retired) {
      if (at > until) continue;
      retired.delete(database);
      database.close();
    }
  }

  return {
    current() {
      if (held !== undefined && clock() - lookedAt < LOOK) return held;
      lookedAt = clock();
      closeRetired(lookedAt);
      const found = stampOf(path);
      if (held !== undefined && found === stamp && !(held instanceof Problem)) return held;
      retire();
      stamp = found;
      held = open(path);
      return held;
    },
    close() {
      retire();
      closeRetired(Number.POSITIVE_INFINITY);
    },
  };
}

function open(path: string): AdvisoryDatabase | Problem {
  try {
    return openAdvisoryDatabase(path);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** Of the file itself: an import puts another one in its place. */
function stampOf(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? undefined : `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs}`;
}
