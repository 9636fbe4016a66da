/** Fixes are tried before they are offered: made on the file, the finding is gone and no other one has come. */

import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding, TextEdit } from "../../core/finding.ts";
import { isEvidenceProblem } from "../../core/problem.ts";
import type { Dockerfile } from "../../engines/dockerfile/model.ts";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { applyEdits, editsOverlap } from "../../engines/dockerfile/rewrite.ts";
import type { Lint } from "../../evaluate/build/dockerfiles.ts";
import { isMade } from "../grades.ts";
import { bounds } from "./bounds.ts";

export interface FixVerifier {
  /** Fixes that may be tried one by one, by the length of the file. */
  readonly tries: number;
  /** Why some fixes, all made at once, do not do; undefined where they do. One sentence without a full stop. */
  refuses(some: readonly Finding[]): string | undefined;
}

export interface RejectedFix {
  readonly finding: Finding;
  readonly reason: string;
}

export interface VerifiedFixes {
  /** With edits at those findings alone whose edits are proven; the others have words. */
  readonly evaluations: readonly Evaluation[];
  readonly refused: readonly RejectedFix[];
}

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
      const changed = parseDockerfile(dockerfile.path, applyEdits(dockerfile.text, edits));
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

/** All edits are tried together first, which is what a user does; where that fails, each by itself. */
export function verifyFixes(evaluations: readonly Evaluation[], verifier: FixVerifier): VerifiedFixes {
  const editing = findingsWithEdits(evaluations);
  if (editing.length === 0 || verifier.refuses(editing) === undefined) return { evaluations, refused: [] };
  const refused = editing.flatMap((finding, index): RejectedFix[] => {
    const reason =
      index < verifier.tries ? verifier.refuses([finding]) : `only ${verifier.tries} are tried in one file`;
    return reason === undefined ? [] : [{ finding, reason }];
  });
  const unverified = new Set(refused.map(({ finding }) => finding));
  return { evaluations: evaluations.map((one) => inWords(one, (finding) => unverified.has(finding))), refused };
}

/** The first findings whose edits can all be made at once; the rest waits for what comes of these. */
export function fixableTogether(
  evaluations: readonly Evaluation[],
  verifier: FixVerifier,
  unsafe: boolean,
): readonly Finding[] {
  const editing = findingsWithEdits(evaluations).filter(({ fix }) => isMade(fix, unsafe));
  if (editing.length === 0 || verifier.refuses(editing) === undefined) return editing;
  const chosen: Finding[] = [];
  for (const finding of editing.slice(0, verifier.tries)) {
    if (verifier.refuses([...chosen, finding]) === undefined) chosen.push(finding);
  }
  return chosen;
}

/** Leaves the words of the fixes that are picked, and takes their edits away. */
export function inWords(evaluation: Evaluation, picked: (finding: Finding) => boolean): Evaluation {
  const findings = evaluation.findings.map((finding): Finding => {
    const { fix } = finding;
    if (fix?.kind !== "edit" || !picked(finding)) return finding;
    return { ...finding, fix: { kind: "instruction", text: fix.text } };
  });
  return { ...evaluation, findings };
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

export function editsOf({ fix }: Finding): readonly TextEdit[] {
  return fix?.kind === "edit" ? fix.edits : [];
}

/** Proven, and of a grade that is not made; in the file's order. */
export function leftAsGraded(evaluations: readonly Evaluation[], unsafe: boolean): readonly Finding[] {
  return findingsWithEdits(evaluations).filter(({ fix }) => !isMade(fix, unsafe));
}

function findingsWithEdits(evaluations: readonly Evaluation[]): Finding[] {
  return evaluations.flatMap(({ findings }) => findings.filter(({ fix }) => fix?.kind === "edit"));
}

type Rated = Pick<Finding, "check" | "severity">;

const checkOf = ({ check }: Rated): string => check;
const ratedOf = ({ check, severity }: Rated): string => `${check} ${severity}`;

function countBy(findings: readonly Rated[], name: (finding: Rated) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const finding of findings) counts.set(name(finding), (counts.get(name(finding)) ?? 0) + 1);
  return counts;
}
