/** What runs in a repository's workflows, with local workflows and actions followed: facts across its files. */
import type { Place, Text, UnreadField } from "../field.ts";
import type {
  CallJob,
  DeploymentEnvironment,
  GithubFile,
  Permissions,
  Step,
  StepsJob,
  Workflow,
} from "../github/model.ts";

export interface RepositoryRuns {
  readonly workflows: readonly Workflow[];
  /** One a job of steps and a way to it: of a workflow that events start, or of those that it calls. */
  readonly jobs: readonly RunningJob[];
  /** Local workflows and actions that are not there, and what is beyond a bound: they may do anything. */
  readonly unfollowed: readonly UnreadField[];
}

export interface RunningJob {
  /** The workflow that an event starts. */
  readonly entry: Workflow;
  /** The one that the job stands in. */
  readonly workflow: Workflow;
  readonly job: StepsJob;
  /** The calls that lead to it, outermost first. */
  readonly calls: readonly { readonly workflow: Workflow; readonly job: CallJob }[];
  /** With those of local composite actions in the place of the step that uses them. */
  readonly steps: readonly RunningStep[];
  /** Every `if` that must hold for the job to run: its own, those of the calls and of the jobs that they need. */
  readonly conditions: readonly Text[];
  /** Its own environment, and those of jobs that it needs: their protection may ask for an approval. */
  readonly environments: readonly DeploymentEnvironment[];
  /** Secrets that the runner is handed, by the names that the entry has for them. GITHUB_TOKEN is not among them. */
  readonly secrets: readonly SecretUse[];
  /** All that are stated for its token, outermost first: each limits it. */
  readonly permissions: readonly Permissions[];
}

export interface RunningStep {
  readonly step: Step;
  /** That it stands in. */
  readonly file: GithubFile;
  /** Its own `if`, and those of the steps that use the action that it is of. */
  readonly conditions: readonly Text[];
  /** Where the actions are used that lead to it, outermost first. */
  readonly through: readonly Place[];
}

export interface SecretUse {
  /** `*`: all of them, as `toJSON(secrets)` or a computed name has them. */
  readonly name: string;
  readonly place: Place;
  /** Where calls pass it on, outermost first. */
  readonly passed: readonly Place[];
}
