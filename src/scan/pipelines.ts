/** Continuous integration of a tree: each file, and all of them together. */
import { readPipelines } from "../collect/tree/pipelines.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { ReadGithubFile } from "../engines/pipelines/model.ts";
import { evaluatePipelines } from "../evaluate/build/pipelines.ts";
import { ignoreNotes } from "../evaluate/build/workflow-ignores.ts";
import { evaluateReadGithub, type WorkflowContext, workflowIds } from "../evaluate/build/workflows.ts";

export interface ScannedPipelines {
  readonly evaluations: readonly Evaluation[];
  /** One sentence each. */
  readonly notes: readonly string[];
  readonly github: readonly ReadGithubFile[];
}

/** @param paths - relative to the root, as they were found */
export function scanPipelines(root: string, paths: readonly string[], context: WorkflowContext): ScannedPipelines {
  const read = readPipelines(root, paths);
  return {
    evaluations: [
      ...read.github.flatMap((file) => evaluateReadGithub(file, context)),
      ...evaluatePipelines(read, context),
    ],
    notes: read.github.flatMap((file) => notesOf(file, context)),
    github: read.github,
  };
}

/** What the file's comments ask for in vain. */
export function notesOf(read: ReadGithubFile, { policy }: WorkflowContext): string[] {
  return read.state === "read" ? ignoreNotes(read.file, policy, workflowIds) : [];
}
