import type { MappedText, Source } from "./mapped-text.ts";
import type { Comment, DockerfileProblem, Heredoc, SourceRange } from "./model.ts";
import type { Stages } from "./stages.ts";

/** What an instruction is read from. */
export interface Reading {
  readonly source: Source;
  /** Its line, continuations joined, from the keyword on. */
  readonly joined: MappedText;
  /** What stands behind the line and belongs to it: heredocs, from the line end on. */
  readonly behind: MappedText;
  readonly heredocs: readonly Heredoc[];
  readonly comments: readonly Comment[];
  readonly range: SourceRange;
  readonly escapeCharacter: string;
  readonly stages: Stages;
  readonly problems: DockerfileProblem[];
  readonly onbuild: boolean;
}
