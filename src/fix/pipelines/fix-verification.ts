/**
 * Changes are tried before they are offered: made on the text and read again, the finding is gone, no other one has come, and
 * every field but those that the change is about is as it was.
 */
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import { isEvidenceProblem } from "../../core/problem.ts";
import { severityRank } from "../../core/severity.ts";
import { applyEdits, editsOverlap } from "../../engines/dockerfile/rewrite.ts";
import type { Dependabot, GithubFile } from "../../engines/pipelines/model.ts";
import { editsOf, type FixVerifier } from "../verified-edits.ts";
import { bounds } from "./bounds.ts";
import { changedFields } from "./changed-fields.ts";
import { fieldsOf } from "./fields.ts";

/** Reads and evaluates another text of the same file. @throws Problem where it cannot be read */
export type LintPipeline = (text: string) => {
  readonly file: GithubFile | Dependabot;
  readonly evaluations: readonly Evaluation[];
};

/** @param evaluations - of the file as it is */
export function verifierOf(
  text: string,
  file: GithubFile | Dependabot,
  evaluations: readonly Evaluation[],
  lint: LintPipeline,
): FixVerifier {
  const before = countOf(allFindings(evaluations));
  const refuses = (some: readonly Finding[]): string | undefined => {
    const edits = some.flatMap(editsOf);
    if (edits.some(({ path }) => path !== file.path)) return "changes another file";
    if (editsOverlap(edits)) return "its edits overlap";
    try {
      const changed = lint(applyEdits(text, edits));
      if (changed.file.kind !== file.kind) return "GitHub would read another kind of file";
      if (changed.file.unread.length > file.unread.length) return "GitHub would reject the result";
      const allowed = some.map(({ check }) => fieldsOf(check));
      const other = changedFields(file, changed.file).find((path) => !allowed.some((pattern) => pattern.test(path)));
      if (other !== undefined) return `would change ${other}`;
      return worseThan(before, some, allFindings(changed.evaluations));
    } catch (error) {
      if (error instanceof RangeError) return "its edits leave the text";
      if (isEvidenceProblem(error)) return error.message;
      throw error;
    }
  };
  const tries = Math.ceil(bounds.pipelineProofLength / (text.length + 1));
  return { tries: Math.min(bounds.pipelineProofs, tries), refuses };
}

/** What is excepted counts as known: no change may be refused because of it. */
function allFindings(evaluations: readonly Evaluation[]): Finding[] {
  return evaluations.flatMap(({ findings, excepted }) => [...findings, ...excepted.map(({ finding }) => finding)]);
}

function worseThan(
  before: ReadonlyMap<string, Counted>,
  some: readonly Finding[],
  left: readonly Finding[],
): string | undefined {
  const after = countOf(left);
  for (const { check, subject } of some) {
    // One cause is one finding, so a change that leaves some of its places leaves it.
    if (left.some((finding) => finding.check === check && finding.subject === subject))
      return "does not resolve the finding";
  }
  for (const [check, { count, worst }] of after) {
    const known = before.get(check);
    if (known === undefined || count > known.count) return `would cause a finding of ${check}`;
    if (worst < known.worst) return `would make a finding of ${check} worse`;
  }
  return undefined;
}

interface Counted {
  count: number;
  /** The rank of the worst severity, 0 the worst of all. */
  worst: number;
}

function countOf(findings: readonly Finding[]): Map<string, Counted> {
  const counts = new Map<string, Counted>();
  for (const { check, severity } of findings) {
    const rank = severityRank(severity);
    const counted = counts.get(check);
    if (counted === undefined) counts.set(check, { count: 1, worst: rank });
    else {
      counted.count++;
      counted.worst = Math.min(counted.worst, rank);
    }
  }
  return counts;
}
