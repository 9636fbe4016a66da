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
