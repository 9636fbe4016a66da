import { Problem } from "../../core/problem.ts";
import { type AdvisoryDatabase, openAdvisoryDatabase } from "../../engines/vulnerability/database/open.ts";

/** The advisory database, or why there is none: a scan without one is unknown, not an error. */
export function openAdvisories(path: string): AdvisoryDatabase | Problem {
  try {
    return openAdvisoryDatabase(path);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** @throws Problem (usage) where there is none: who names one does not want a scan without it */
export function openNamedAdvisories(path: string): AdvisoryDatabase {
  const advisories = openAdvisories(path);
  if (!(advisories instanceof Problem)) return advisories;
  const { code, place, message: cause, remedy } = advisories;
  throw new Problem({ kind: "usage", code, place, cause, ...(remedy === undefined ? {} : { remedy }) });
}
