/** Pipeline files made over: every change that is proven, round by round, until nothing is left that can be made. */
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import { applyEdits } from "../../engines/dockerfile/rewrite.ts";
import type { Dependabot, GithubFile } from "../../engines/pipelines/model.ts";
import {
  editsOf,
  type FixVerifier,
  fixableTogether,
  leftAsGraded,
  type RejectedFix,
  verifyFixes,
} from "../verified-edits.ts";
import { bounds } from "./bounds.ts";
import { type LintPipeline, verifierOf } from "./fix-verification.ts";
import { withProposals } from "./propose.ts";
import type { PipelineSource } from "./source.ts";

export interface FixedPipeline {
  readonly path: string;
  readonly before: string;
  /** The same text where nothing could be fixed. */
  readonly after: string;
  /** What was fixed, in order; `line` is of the file as it was, where it is known. */
  readonly fixed: readonly { readonly finding: Finding; readonly line?: number }[];
  /** What is proven and not made, for its grade. */
  readonly left: readonly Finding[];
  /** Of the file as it was, and of what became of it. */
  readonly first: LintedPipeline;
  readonly last: LintedPipeline;
}

export interface LintedPipeline {
  readonly evaluations: readonly Evaluation[];
  /** Changes that were tried and do not do. */
  readonly refused: readonly RejectedFix[];
}

export interface PipelineFixContext extends Pick<PipelineSource, "other" | "pins"> {
  /** What is likely right is made as well as what is safe. */
  readonly unsafe: boolean;
  /** Reads and evaluates a text as this file. @throws Problem where it cannot be read */
  readonly lint: LintPipeline;
}

interface Round extends LintedPipeline {
  readonly verifier: FixVerifier;
}

/** Evaluations with those changes that are proven; nothing is made. @throws Problem as `lint` does */
export function lintWithPipelineFixes(path: string, text: string, context: PipelineFixContext): LintedPipeline {
  const { evaluations, refused } = roundOf(path, text, context);
  return { evaluations, refused };
}

function roundOf(path: string, text: string, context: PipelineFixContext): Round {
  const { file, evaluations: found } = context.lint(text);
  const isLong = text.length > bounds.pipelineFixLength;
  const proposed = isLong ? found : withProposals(found, sourceOf(path, text, file, context));
  const verifier = verifierOf(text, file, proposed, context.lint);
  return { ...verifyFixes(proposed, verifier), verifier };
}

function sourceOf(
  path: string,
  text: string,
  file: GithubFile | Dependabot,
  { other, pins }: PipelineFixContext,
): PipelineSource {
  return { path, text, file, ...(other === undefined ? {} : { other }), ...(pins === undefined ? {} : { pins }) };
}

/**
 * Makes every proven change of those grades in memory; nothing is written. Each round leaves fewer findings, and brings none.
 *
 * @throws Problem where the text cannot be read as it is
 */
export function fixPipeline(path: string, before: string, context: PipelineFixContext): FixedPipeline {
  const first = roundOf(path, before, context);
  const fixed: { finding: Finding; line?: number }[] = [];
  let after = before;
  let last = first;
  for (let round = 0; round < bounds.pipelineFixRounds; round++) {
    const chosen = fixableTogether(last.evaluations, last.verifier, context.unsafe);
    if (chosen.length === 0) break;
    after = applyEdits(after, chosen.flatMap(editsOf));
    for (const finding of [...chosen].sort((a, b) => (lineOf(a) ?? 0) - (lineOf(b) ?? 0))) {
      const line = round === 0 ? lineOf(finding) : undefined;
      fixed.push(line === undefined ? { finding } : { finding, line });
    }
    last = roundOf(path, after, context);
  }
  return { path, before, after, fixed, left: leftAsGraded(last.evaluations, context.unsafe), first, last };
}

function lineOf({ locations: [location] }: Finding): number | undefined {
  return location.kind === "file" ? location.line : undefined;
}
