/** Which edits are offered, and which of them are made at once: what is alike for every kind of file that fixes rewrite. */
import type { Evaluation } from "../core/evaluation.ts";
import type { Finding, TextEdit } from "../core/finding.ts";
import { isMade } from "./grades.ts";

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
