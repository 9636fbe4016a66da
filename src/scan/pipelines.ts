/** Continuous integration of a tree: each file, and all of them together. */
import { type ReadPipelines, readPipelines } from "../collect/tree/pipelines.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { ReadGithubFile } from "../engines/pipelines/model.ts";
import { evaluateReadGitlab, gitlabIds } from "../evaluate/build/gitlab.ts";
import { gitlabNotes } from "../evaluate/build/gitlab-ignores.ts";
import { evaluatePipelines } from "../evaluate/build/pipelines.ts";
import { ignoreNotes } from "../evaluate/build/workflow-ignores.ts";
import { evaluateReadGithub, type WorkflowContext, workflowIds } from "../evaluate/build/workflows.ts";

export interface AuditedPipelines {
  readonly evaluations: readonly Evaluation[];
  /** One sentence each. */
  readonly notes: readonly string[];
}

/** @param paths - relative to the root, as they were found */
export function scanPipelines(root: string, paths: readonly string[], context: WorkflowContext): AuditedPipelines {
  return auditPipelines(readPipelines(root, paths), context, "check");
}

/**
 * @param extent - `check`: of a whole tree, and whether a scan blocks; `tree`: without that question; `files`: some were named,
 *   and what holds of all together is not known
 */
export function auditPipelines(
  read: ReadPipelines,
  context: WorkflowContext,
  extent: "check" | "tree" | "files",
): AuditedPipelines {
  return {
    evaluations: [
      ...read.github.flatMap((file) => evaluateReadGithub(file, context)),
      ...read.gitlab.flatMap((file) => evaluateReadGitlab(file, context)),
      ...(extent === "files" ? [] : evaluatePipelines(read, context, extent === "check")),
    ],
    notes: [
      ...read.github.flatMap((file) => notesOf(file, context)),
      ...read.gitlab.flatMap((one) =>
        one.state === "read" ? gitlabNotes(one.pipeline, context.policy, gitlabIds) : [],
      ),
    ],
  };
}

/** What the file's comments ask for in vain. */
function notesOf(read: ReadGithubFile, { policy }: WorkflowContext): string[] {
  return read.state === "read" ? ignoreNotes(read.file, policy, workflowIds) : [];
}
