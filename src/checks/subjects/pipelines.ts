/** What checks over files of continuous integration may be handed, one file at a time. */
import type { Check } from "../../core/check.ts";
import type {
  Dependabot,
  GithubFile,
  GitlabPipeline,
  ScriptCommand,
  UnreadField,
} from "../../engines/pipelines/model.ts";

/** One workflow of GitHub, or one action's metadata. */
export interface WorkflowFacts {
  /** Partial where a field was not understood. */
  readonly file: GithubFile;
  /** What its `run` steps run. Partial where a script was not taken apart. */
  readonly commands: readonly ScriptCommand[];
}

export type WorkflowCheck<Needed extends keyof WorkflowFacts = "file", Parameters extends object = object> = Check<
  Pick<WorkflowFacts, Needed>,
  Parameters
> & { readonly subject: "workflow" };

/** `.github/dependabot.yml`. */
export interface DependabotFacts {
  readonly dependabot: Dependabot;
}

export type DependabotCheck<Parameters extends object = object> = Check<DependabotFacts, Parameters> & {
  readonly subject: "dependabot";
};

/** One pipeline of GitLab, with what it includes of its own tree. */
export interface GitlabFacts {
  /** Partial where a field was not understood, or what is included is not in the tree. */
  readonly pipeline: GitlabPipeline;
  /** Lines of its scripts that were not taken apart: partial where there are any. */
  readonly scripts: readonly UnreadField[];
}

/** What of the policy they judge by. */
export interface GitlabParameters {
  /** Where images may come from (patterns of core/glob.ts); empty is anywhere. */
  readonly registries: readonly string[];
  /** Where includes may come from; empty is anywhere. */
  readonly includes: readonly string[];
}

export type GitlabCheck = Check<Pick<GitlabFacts, "pipeline"> & Partial<GitlabFacts>, GitlabParameters> & {
  readonly subject: "gitlab";
};
