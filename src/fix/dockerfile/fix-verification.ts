/** Fixes are tried before they are offered: made on the file, the finding is gone and no other one has come. */

import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding, TextEdit } from "../../core/finding.ts";
import { isEvidenceProblem } from "../../core/problem.ts";
import type { Dockerfile } from "../../engines/dockerfile/model.ts";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { applyEdits, editsOverlap } from "../../engines/dockerfile/rewrite.ts";
import type { Lint } from "../../evaluate/build/dockerfiles.ts";
import { editsOf, type FixVerifier } from "../verified-edits.ts";
import { bounds } from "./bounds.ts";

/** Single edits that are tried in one file, where all of them together do not do. */
const PROOFS = 200;

/**
 * @param evaluations - of the file as it is
 * @param lint - lints another text of the same file
 */
export function fixVerifierOf(dockerfile: Dockerfile, evaluations: readonly Evaluation[], lint: Lint): FixVerifier {
  // What is excepted counts as known: no edit may be refused because of it.
  const before = evaluations.flatMap(({ findings, excepted }) => [
    ...findings,
    ...excepted.map(({ finding }) => finding),
  ]);
  const beforeOf = countBy(before, checkOf);
  const beforeRated = countBy(before, ratedOf);
  const refuses = (some: readonly Finding[]): string | undefined => {
    const edits = some.flatMap(editsOf);
    if (edits.some(({ path }) => path !== dockerfile.path)) return "changes another file";
    if (editsOverlap(edits)) return "its edits overlap";
    try {
      const changed = parseDockerfile(dockerfile.path, applyEdits(dockerfile.text, edits), dockerfile.given);
      if (changed.problems.length > dockerfile.problems.length) return "Docker would reject the result";
      const left = lint(changed);
      // By number, not by name: subjects are numbered where they repeat, and ADD that becomes COPY is named anew.
      const leftOf = countBy(left, checkOf);
      for (const [check, ended] of countBy(some, checkOf)) {
        if ((leftOf.get(check) ?? 0) > (beforeOf.get(check) ?? 0) - ended) return "does not resolve the finding";
      }
      for (const [rated, count] of countBy(left, ratedOf)) {
        if (count > (beforeRated.get(rated) ?? 0)) return `would cause a finding of ${rated.split(" ")[0]}`;
      }
      return undefined;
    } catch (error) {
      if (error instanceof RangeError) return "its edits leave the text";
      if (isEvidenceProblem(error)) return error.message;
      throw error;
    }
  };
  return { tries: Math.min(PROOFS, Math.ceil(bounds.dockerfileProofLength / (dockerfile.text.length + 1))), refuses };
}

/** Edits with the line ends that the file has. */
export function withLineEnds(evaluation: Evaluation, text: string): Evaluation {
  const first = text.indexOf("\n");
  if (first < 1 || text[first - 1] !== "\r") return evaluation;
  const end = (edit: TextEdit): TextEdit => ({ ...edit, replacement: edit.replacement.replace(/\r?\n/g, "\r\n") });
  const findings = evaluation.findings.map((finding): Finding => {
    const { fix } = finding;
    if (fix?.kind !== "edit") return finding;
    const [edit, ...more] = fix.edits;
    return { ...finding, fix: { ...fix, edits: [end(edit), ...more.map(end)] } };
  });
  return { ...evaluation, findings };
}

type Rated = Pick<Finding, "check" | "severity">;

const checkOf = ({ check }: Rated): string => check;
const ratedOf = ({ check, severity }: Rated): string => `${check} ${severity}`;

function countBy(findings: readonly Rated[], name: (finding: Rated) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(name(finding), (counts.get(name(finding)) ?? 0) + 1);
  return counts;
}
