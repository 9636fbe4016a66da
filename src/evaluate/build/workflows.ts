/** GitHub's files that were read, each evaluated by every check over its kind. */
import { dependabotChecks } from "../../checks/lists/dependabot.ts";
import { workflowChecks } from "../../checks/lists/workflow.ts";
import type { DependabotFacts, WorkflowFacts } from "../../checks/subjects/pipelines.ts";
import { fileAsset } from "../../core/asset.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { absent, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { type RunContext, runChecks, type SubjectEvidence } from "../../core/runner.ts";
import type { Dependabot, GithubFile, ReadGithubFile } from "../../engines/pipelines/model.ts";
import { unreadGaps } from "../../engines/pipelines/unread.ts";
import { assessorOf } from "./workflow-ignores.ts";

export interface WorkflowContext {
  readonly policy: Policy;
  readonly now: Date;
}

/** Of every check over GitHub's files. */
export const workflowIds: ReadonlySet<string> = new Set([...workflowChecks, ...dependabotChecks].map(({ id }) => id));

/** Evaluations of one file, one a check; of one that was not read none is a pass. */
export function evaluateReadGithub(read: ReadGithubFile, context: WorkflowContext): Evaluation[] {
  if (read.state === "read") return evaluateGithubFile(read.file, context);
  const run = runContext(read.path, context);
  const missing = absent<never>(read.gap);
  return read.kind === "dependabot"
    ? runChecks<DependabotFacts>(dependabotChecks, { dependabot: missing }, run)
    : runChecks<WorkflowFacts>(workflowChecks, { file: missing, commands: missing }, run);
}

/** Pure, and the same for another text of the file: what proves fixes. */
export function evaluateGithubFile(file: GithubFile | Dependabot, context: WorkflowContext): Evaluation[] {
  const run = runContext(file.path, context, file);
  const observedAt = context.now.toISOString();
  const gaps = unreadGaps(file.unread);
  if (file.kind === "dependabot") {
    return runChecks<DependabotFacts>(dependabotChecks, { dependabot: present(file, observedAt, { gaps }) }, run);
  }
  const { commands, unread } = file.runScripts;
  const evidence: SubjectEvidence<WorkflowFacts> = {
    file: present<GithubFile>(file, observedAt, { gaps }),
    commands: present(commands, observedAt, { gaps: [...gaps, ...unreadGaps(unread, "pipelines.script")] }),
  };
  return runChecks<WorkflowFacts>(workflowChecks, evidence, run);
}

function runContext(path: string, { policy, now }: WorkflowContext, file?: GithubFile | Dependabot): RunContext {
  const assess = file === undefined ? undefined : assessorOf(file, policy);
  return {
    asset: fileAsset(path),
    policy,
    now,
    ...(file === undefined ? {} : { evidence: lookedAt(file) }),
    ...(assess === undefined ? {} : { assess }),
  };
}

function lookedAt(file: GithubFile | Dependabot): Readonly<Record<string, string>> {
  switch (file.kind) {
    case "workflow":
      return { jobs: String(file.jobs.length), triggers: file.on.map(({ event }) => event).join(", ") };
    case "action":
      return { steps: String(file.steps.length) };
    case "dependabot":
      return { updates: String(file.updates.length) };
  }
}
