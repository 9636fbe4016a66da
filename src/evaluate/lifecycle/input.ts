/** What the way from a commit to what runs is read from. */
import { append } from "../../core/append.ts";
import { someOf } from "../../core/counted.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import type { Dockerfile } from "../../engines/dockerfile/model.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";
import { githubLifecycle } from "../../engines/pipelines/lifecycle/github.ts";
import { gitlabLifecycle } from "../../engines/pipelines/lifecycle/gitlab.ts";
import type {
  LifecyclePipeline,
  LifecycleStep,
  PastRun,
  Place,
  ReadGithubFile,
  ReadGitlab,
  UpdateConfiguration,
} from "../../engines/pipelines/model.ts";
import { NO_SCANNER_FILES } from "../../engines/pipelines/scanner-settings.ts";
import { unreadGaps } from "../../engines/pipelines/unread.ts";

export interface LifecycleInput {
  readonly policy: Policy;
  readonly now: Date;
  readonly pipelines: readonly LifecyclePipeline[];
  /** Why these are not all of them. */
  readonly pipelineGaps: readonly Gap[];
  readonly updates: readonly UpdateConfiguration[];
  readonly updateGaps: readonly Gap[];
  readonly secretScansLeftOut: readonly { readonly reason: string; readonly place: Place }[];
  readonly secretScanGaps: readonly Gap[];
  readonly dockerfiles: readonly Dockerfile[];
  /** Of files or of a cluster; empty where there were none. */
  readonly manifests: Manifests;
  /** Absent: nobody told of any. */
  readonly runs?: readonly PastRun[];
}

/** What GitHub and GitLab run: workflows at the root, the actions of the tree, pipelines that are no parts of others. */
export function lifecyclePipelines(
  github: readonly ReadGithubFile[],
  gitlab: readonly ReadGitlab[],
  files = NO_SCANNER_FILES,
): { readonly pipelines: readonly LifecyclePipeline[]; readonly gaps: readonly Gap[] } {
  const pipelines: LifecyclePipeline[] = [];
  const gaps: Gap[] = [];
  for (const read of github) {
    const isRun = read.path.replaceAll("\\", "/").startsWith(".github/workflows/");
    if (read.state === "unread") {
      if (isRun) gaps.push(read.gap);
      continue;
    }
    const { file } = read;
    if (file.kind === "dependabot" || (file.kind === "workflow" && !isRun)) continue;
    pipelines.push(githubLifecycle(file, files));
    if (isRun) append(gaps, unreadGaps(file.unread));
  }
  for (const read of gitlab) {
    if (read.state === "unread") gaps.push(read.gap);
    else if (!read.pipeline.fragment) {
      pipelines.push(gitlabLifecycle(read.pipeline, files));
      append(gaps, unreadGaps(read.pipeline.unread));
    }
  }
  return { pipelines, gaps };
}

export function stepsOf({ pipelines }: Pick<LifecycleInput, "pipelines">, ...roles: readonly LifecycleStep["role"][]) {
  return pipelines.flatMap(({ steps }) => steps.filter(({ role }) => roles.includes(role)));
}

/** Opaque steps that a gap names. */
const NAMED = 3;

/** Why something that is not there in the pipelines may be there all the same. */
export function pipelineGaps({ pipelines, pipelineGaps: unread }: LifecycleInput): Gap[] {
  const opaque = pipelines.flatMap((pipeline) => pipeline.opaque);
  if (opaque.length === 0) return [...unread];
  const named = someOf(opaque, NAMED, ({ what, place }) => `${what} (${place.path}:${place.line})`);
  return [
    ...unread,
    {
      code: "pipelines.opaque-step",
      reason: `what ${named} does was not read`,
      remedy: "state the step in the pipeline",
    },
  ];
}
