/** What is wrong with rules, for a terminal. */
import { counted } from "../../core/counted.ts";
import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";
import { diagnosticLines } from "../../engines/events/falco/diagnostics.ts";
import type { Diagnostic, LoadedRules } from "../../engines/events/falco/model.ts";

/** Errors that are told where they only stand in the way of something else. */
const TOLD = 20;

export function diagnosticsText(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((one) => `${diagnosticLines(one).map(printable).join("\n")}\n`).join("");
}

/**
 * Rules with errors cannot be run: a part of them would find less than all, and look like all.
 *
 * @throws Problem (usage), after the errors were written to standard error
 */
export function refuseBroken({ errors }: Pick<LoadedRules, "errors">): void {
  const [first] = errors;
  if (first === undefined) return;
  process.stderr.write(diagnosticsText(errors.slice(0, TOLD)));
  throw new Problem({
    kind: "usage",
    code: "rules.invalid",
    place: first.chain[0].place.file,
    cause: `${counted(errors.length, "error")} in the rules`,
    remedy: "see `bulkhead runtime rules check`",
  });
}
