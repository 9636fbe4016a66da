import { Problem } from "../../../../core/problem.ts";

/** Why an update ends. Stable, dotted; the names are those of the attacks that The Update Framework is against. */
export type TufCode =
  /** Not metadata, or not of its role. */
  | "tuf.form"
  | "tuf.bound"
  /** Arbitrary software: not signed by a threshold of the keys. */
  | "tuf.signature"
  /** Rollback, or a version that vanished. */
  | "tuf.rollback"
  /** Freeze: it has expired. */
  | "tuf.expired"
  /** Mix-and-match: not what the file above it names. */
  | "tuf.mismatch"
  /** The repository does not have it. */
  | "tuf.missing"
  | "tuf.unreachable"
  | "tuf.answer"
  /** What was kept of an earlier update cannot be used. */
  | "tuf.cache";

const unavailable: ReadonlySet<TufCode> = new Set(["tuf.missing", "tuf.unreachable", "tuf.answer"]);

/** @param place - the file, with where it is from */
export function failed(code: TufCode, place: string, cause: string, error?: unknown, remedy?: string): Problem {
  const kind = unavailable.has(code) ? "unavailable" : "input";
  return new Problem(
    { kind, code, place, cause, ...(remedy === undefined ? {} : { remedy }) },
    error === undefined ? undefined : { cause: error },
  );
}
