/** A Dockerfile judged, with fixes that are tried before they are offered. */
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import type { Location } from "../../core/location.ts";
import type { Dockerfile, ReadDockerfile } from "../../engines/dockerfile/model.ts";
import { locationWithin } from "../../engines/dockerfile/within.ts";
import { ignoreNotes } from "../../evaluate/build/dockerfile-ignores.ts";
import {
  evaluateUnreadDockerfile,
  type LintContext,
  lintDockerfile,
  linterOf,
  lintIds,
} from "../../evaluate/build/dockerfiles.ts";
import { type FixVerifier, inWords, type RejectedFix, verifyFixes } from "../verified-edits.ts";
import { fixVerifierOf, withLineEnds } from "./fix-verification.ts";

export interface LintedDockerfile {
  /** One a check. */
  readonly evaluations: readonly Evaluation[];
  /** One sentence each. */
  readonly notes: readonly string[];
  /** Absent where it could not be read. */
  readonly file?: LintedFile;
}

/** The text that was judged, and what of its findings can be fixed. */
export interface LintedFile {
  readonly text: string;
  /** Its bytes are not UTF-8, and would not survive being written again. */
  readonly lossy: boolean;
  readonly dockerfile: Dockerfile;
  readonly refused: readonly RejectedFix[];
  readonly verifier: FixVerifier;
}

/** With the places of findings in the file that the Dockerfile stands in. */
function placedWithin(evaluation: Evaluation, { path, within }: Dockerfile): Evaluation {
  if (within === undefined) return evaluation;
  const at = (location: Location): Location =>
    location.kind === "file" && location.path === path ? locationWithin(within, location) : location;
  const placed = (finding: Finding): Finding => {
    const [first, ...others] = finding.locations;
    return { ...finding, locations: [at(first), ...others.map(at)] };
  };
  return {
    ...evaluation,
    findings: evaluation.findings.map(placed),
    excepted: evaluation.excepted.map((one) => ({ ...one, finding: placed(one.finding) })),
  };
}

export function lintWithFixes(read: ReadDockerfile, context: LintContext): LintedDockerfile {
  if (read.state === "unread") {
    return { evaluations: evaluateUnreadDockerfile(read.path, read.gap, context), notes: [] };
  }
  const { text, lossy, dockerfile } = read;
  const found = lintDockerfile(dockerfile, read.context, context).map((one) => withLineEnds(one, text));
  const verifier = fixVerifierOf(dockerfile, found, linterOf(read.context, context));
  // What stands in another file is fixed there by hand.
  const { evaluations, refused } =
    lossy || dockerfile.within !== undefined
      ? { evaluations: found.map((one) => inWords(one, () => true)), refused: [] }
      : verifyFixes(found, verifier);
  return {
    evaluations: evaluations.map((one) => placedWithin(one, dockerfile)),
    notes: ignoreNotes(dockerfile, context.policy, lintIds),
    file: { text, lossy, dockerfile, refused, verifier },
  };
}
