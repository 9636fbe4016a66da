import type { Lookup } from "./expand.ts";
import type { MappedText, Source } from "./mapped-text.ts";
import type { Comment, DockerfileProblem, Heredoc, SourceRange, Word } from "./model.ts";
import { globalLookup, stageLookup } from "./scope.ts";
import type { Stages } from "./stages.ts";
import { type Span, wordAt } from "./words.ts";

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
  readonly stages: Stages<Reading>;
  readonly problems: DockerfileProblem[];
  readonly onbuild: boolean;
}

/** Variables as they are where the instruction stands. */
export function lookupIn({ stages }: Reading): Lookup {
  const scope = stages.scope();
  return scope === undefined ? globalLookup(stages.globals) : stageLookup(scope);
}

/** The stretch as a word that Docker expands; what it refuses there becomes a problem. */
export function wordIn(reading: Reading, span: Span, lookup = lookupIn(reading)): Word {
  const word = wordAt(reading.joined, span, reading.escapeCharacter, lookup);
  noteFailure(reading, word);
  return word;
}

export function noteFailure({ problems }: Reading, { failure, range }: Word): void {
  if (failure === "refused") {
    const reason = "its quotes or variables are none that Docker knows";
    problems.push({ kind: "refused", code: "dockerfile.expansion", reason, range });
  } else if (failure === "deep") {
    const reason = "its variables are nested too deeply to be read";
    problems.push({ kind: "unsure", code: "dockerfile.unsure", reason, range });
  }
}
