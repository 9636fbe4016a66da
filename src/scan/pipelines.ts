/** Continuous integration of a tree: each file, and all of them together. */
import { type ReadPipelines, readPipelines } from "../collect/tree/pipelines.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Threads } from "../core/threads.ts";
import type { ForeignPipeline } from "../engines/pipelines/foreign.ts";
import type { ReadGithubFile } from "../engines/pipelines/model.ts";
import { evaluatePipelines } from "../evaluate/build/pipelines.ts";
import { ignoreNotes } from "../evaluate/build/workflow-ignores.ts";
import { evaluateReadGithub, type WorkflowContext, workflowIds } from "../evaluate/build/workflows.ts";
import { beginEvaluations } from "./pipelines-thread.ts";

export interface AuditedPipelines {
  readonly evaluations: readonly Evaluation[];
  /** One sentence each. */
  readonly notes: readonly string[];
  readonly read?: ReadPipelines;
}

/**
 * `check`: of a whole tree, and whether a scan blocks; `tree`: without that question; `files`: some were named, and what
 * holds of all together is not known.
 */
export type Extent = "check" | "tree" | "files";

/**
 * @param paths - relative to the root, as they were found
 * @param others - of systems that are not read, where all of a tree was looked for
 */
export async function scanPipelines(
  root: string,
  paths: readonly string[],
  context: WorkflowContext & { readonly threads?: Threads },
  extent: Extent,
  others: readonly ForeignPipeline[] = [],
): Promise<AuditedPipelines> {
  const begun = beginEvaluations(context.threads, { root, paths, context });
  const read = readPipelines(root, paths, others);
  return { ...(await auditPipelines(read, context, extent, begun)), read };
}

/** @param evaluateAll - evaluates GitHub's files, in their order */
export async function auditPipelines(
  read: ReadPipelines,
  context: WorkflowContext,
  extent: Extent,
  evaluateAll = async (files: readonly ReadGithubFile[]) => files.flatMap((file) => evaluateReadGithub(file, context)),
): Promise<AuditedPipelines> {
  const together = extent === "files" ? [] : evaluatePipelines(read, context, extent === "check");
  const github = await evaluateAll(read.github);
  const gitlab = read.gitlab.length === 0 ? undefined : await auditGitlab(read.gitlab, context);
  return {
    evaluations: [...github, ...(gitlab?.evaluations ?? []), ...together],
    notes: [...read.github.flatMap((file) => notesOf(file, context)), ...(gitlab?.notes ?? [])],
  };
}

/** Its eighty checks are loaded where there is a pipeline for them. */
async function auditGitlab(read: ReadPipelines["gitlab"], context: WorkflowContext): Promise<AuditedPipelines> {
  const { evaluateReadGitlab, gitlabIds } = await import("../evaluate/build/gitlab.ts");
  const { gitlabNotes } = await import("../evaluate/build/gitlab-ignores.ts");
  return {
    evaluations: read.flatMap((file) => evaluateReadGitlab(file, context)),
    notes: read.flatMap((one) => (one.state === "read" ? gitlabNotes(one.pipeline, context.policy, gitlabIds) : [])),
  };
}

/** What the file's comments ask for in vain. */
function notesOf(read: ReadGithubFile, { policy }: WorkflowContext): string[] {
  return read.state === "read" ? ignoreNotes(read.file, policy, workflowIds) : [];
}
