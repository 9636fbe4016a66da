/** A Dockerfile judged, with fixes that are tried before they are offered. */
import type { Evaluation } from "../../core/evaluation.ts";
import type { Dockerfile, ReadDockerfile } from "../../engines/dockerfile/model.ts";
import { ignoreNotes } from "../../evaluate/build/dockerfile-ignores.ts";
import {
  evaluateUnreadDockerfile,
  type LintContext,
  lintDockerfile,
  lintIds,
  spotterOf,
} from "../../evaluate/build/dockerfiles.ts";
import { inWords, type Prover, proveFixes, proverOf, type RefusedFix, withLineEnds } from "./proofs.ts";

export interface DockerfileJudgement {
  /** One a check. */
  readonly evaluations: readonly Evaluation[];
  /** One sentence each. */
  readonly notes: readonly string[];
  /** Absent where it could not be read. */
  readonly file?: JudgedFile;
}

/** The text that was judged, and what of its findings can be mended. */
export interface JudgedFile {
  readonly text: string;
  /** Its bytes are not UTF-8, and would not survive being written again. */
  readonly lossy: boolean;
  readonly dockerfile: Dockerfile;
  readonly refused: readonly RefusedFix[];
  readonly prove: Prover;
}

export function judgeDockerfile(read: ReadDockerfile, context: LintContext): DockerfileJudgement {
  if (read.state === "unread") {
    return { evaluations: evaluateUnreadDockerfile(read.path, read.gap, context), notes: [] };
  }
  const { text, lossy, dockerfile } = read;
  const found = lintDockerfile(dockerfile, read.context, context).map((one) => withLineEnds(one, text));
  const prove = proverOf(dockerfile, found, spotterOf(read.context, context));
  const { evaluations, refused } = lossy
    ? { evaluations: found.map((one) => inWords(one, () => true)), refused: [] }
    : proveFixes(found, prove);
  return {
    evaluations,
    notes: ignoreNotes(dockerfile, context.policy, lintIds),
    file: { text, lossy, dockerfile, refused, prove },
  };
}
