import { printable } from "./printable.ts";
import { systemCause } from "./system-cause.ts";

/**
 * The one error type that reaches a user: it names a code, the place, the cause and what to do.
 * Anything else that is thrown is a bug and is shown as one.
 */

/** What kind of trouble it is; decides whether the work is refused or the answer is *unknown*. */
export type ProblemKind =
  /** The caller's words or files are wrong: exit code 2. */
  | "usage"
  /** The input is broken, hostile or over a bound: what rests on it is *unknown*. */
  | "input"
  /** Something outside did not answer: what rests on it is *unknown*. */
  | "unavailable";

export interface ProblemDetails {
  readonly kind: ProblemKind;
  /** Stable, dotted, lower case: `oci.digest-mismatch`. Never reused for another meaning. */
  readonly code: string;
  /** A file, a layer, a URL, a line: where to look. */
  readonly place: string;
  /** What is wrong, in one sentence without a full stop. */
  readonly cause: string;
  /** What the reader can do about it, where there is something. */
  readonly remedy?: string;
}

export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly code: string;
  readonly place: string;
  readonly remedy: string | undefined;

  constructor(details: ProblemDetails, options?: { cause?: unknown }) {
    super(details.cause, options);
    this.name = "Problem";
    this.kind = details.kind;
    this.code = details.code;
    this.place = details.place;
    this.remedy = details.remedy;
  }

  /** `oci.digest-mismatch: layer 3 of shop/web: cause (remedy)`: one line, control characters escaped. */
  line(): string {
    const remedy = this.remedy === undefined ? "" : ` (${this.remedy})`;
    return printable(`${this.code}: ${this.place}: ${this.message}${remedy}`);
  }
}

/** What the caller wrote makes no sense, or goes with nothing else that was written. @param place - as it was written */
export function usageProblem(place: string, cause: string, remedy?: string): Problem {
  return new Problem({ kind: "usage", code: "cli.usage", place, cause, ...(remedy === undefined ? {} : { remedy }) });
}

/** True for a {@link Problem} that makes an answer *unknown* instead of ending the run. */
export function isEvidenceProblem(error: unknown): error is Problem {
  return error instanceof Problem && error.kind !== "usage";
}

/** What the file system or the network says becomes a Problem that names the place; a bug stays what it is. */
export function asProblem(error: unknown, place: string): unknown {
  if (error instanceof Problem) return error;
  if (error instanceof Error && "code" in error && "syscall" in error) {
    return new Problem({ kind: "unavailable", code: "collect.io", place, cause: systemCause(error) }, { cause: error });
  }
  return error;
}
