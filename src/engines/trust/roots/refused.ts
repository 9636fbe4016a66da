import { Problem } from "../../../core/problem.ts";

/** What somebody named to be trusted cannot be: the run ends, since without it nothing that is asked can be answered. */
export function refused(code: RootsCode, place: string, cause: string, remedy?: string, error?: unknown): Problem {
  return new Problem(
    { kind: "usage", code, place, cause, ...(remedy === undefined ? {} : { remedy }) },
    error === undefined ? undefined : { cause: error },
  );
}

/** Stable, dotted. */
export type RootsCode =
  | "trust.unreadable"
  | "trust.too-large"
  | "trust.key"
  | "trust.authority"
  | "trust.trusted-root"
  | "trust.environment"
  | "trust.sources";
