/** GitLab's pipelines that were read, each evaluated by every check over them. */
import { gitlabChecks } from "../../checks/lists/gitlab.ts";
import type { GitlabFacts } from "../../checks/subjects/pipelines.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runChecks } from "../../core/runner.ts";
import type { GitlabInclude, GitlabJob, GitlabPipeline, Place, ReadGitlab } from "../../engines/pipelines/model.ts";
import { unreadGaps } from "../../engines/pipelines/unread.ts";
import { gitlabAssessor } from "./gitlab-ignores.ts";

export interface GitlabContext {
  readonly policy: Policy;
  readonly now: Date;
}

/** Of every check over GitLab's pipelines. */
export const gitlabIds: ReadonlySet<string> = new Set(gitlabChecks.map(({ id }) => id));

/** Evaluations of one pipeline, one a check; of one that was not read none is a pass. */
export function evaluateReadGitlab(read: ReadGitlab, context: GitlabContext): Evaluation[] {
  if (read.state === "read") return evaluateGitlab(read.pipeline, context);
  const asset = fileAsset(read.path);
  return runChecks<GitlabFacts>(
    gitlabChecks,
    { pipeline: absent<never>(read.gap), scripts: absent<never>(read.gap) },
    { ...context, asset },
  );
}

export function evaluateGitlab(pipeline: GitlabPipeline, context: GitlabContext): Evaluation[] {
  const observedAt = context.now.toISOString();
  const { unreadScripts } = pipeline;
  const assess = gitlabAssessor(pipeline, context.policy);
  return runChecks<GitlabFacts>(
    gitlabChecks,
    {
      pipeline: present(pipeline, observedAt, { gaps: gitlabGaps(pipeline) }),
      scripts: present(unreadScripts, observedAt, { gaps: unreadGaps(unreadScripts, "pipelines.script") }),
    },
    {
      ...context,
      asset: fileAsset(pipeline.path),
      evidence: {
        jobs: String(pipeline.jobs.filter(({ hidden }) => !hidden).length),
        files: String(pipeline.files.length),
      },
      ...(assess === undefined ? {} : { assess }),
    },
  );
}

/** What of a pipeline is not in its tree, or was not understood. */
export function gitlabGaps({ unread, includes, jobs }: Pick<GitlabPipeline, "unread" | "includes" | "jobs">): Gap[] {
  return [...unreadGaps(unread), ...includes.flatMap(includeGap), ...jobs.flatMap(childGaps)];
}

/** A child pipeline of the same project is evaluated by itself, where its file is known. */
function childGaps({ trigger }: GitlabJob): Gap[] {
  return (trigger?.includes ?? []).flatMap((include) =>
    include.kind === "local" && include.local.value.includes("$")
      ? [gap(include.place, `child pipeline ${include.local.value}`)]
      : [],
  );
}

function includeGap(include: GitlabInclude): Gap[] {
  switch (include.kind) {
    case "local":
      return [];
    case "project":
      return [gap(include.place, `project ${include.project.value}`)];
    case "remote":
      return [gap(include.place, `file ${include.remote.value}`)];
    case "template":
      return [gap(include.place, `template ${include.template.value}`)];
    case "component":
      return [gap(include.place, `component ${include.component.value}`)];
  }
}

function gap({ path, line, column }: Place, what: string): Gap {
  return {
    code: "pipelines.include",
    reason: `${path}:${line}:${column}: the included ${what} is not in the scanned directory`,
    remedy: "audit it where it is kept",
  };
}
