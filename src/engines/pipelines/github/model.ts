/**
 * Files of GitHub Actions with every field's place ("Workflow syntax for GitHub Actions", "Metadata syntax for GitHub
 * Actions", "Dependabot options reference").
 */
import type { ShellCommand } from "../../dockerfile/model.ts";
import type { Field, Place, Text, UnreadField } from "../field.ts";

export type GithubFile = Workflow | Action;

/** What its `run` steps run. */
export interface Scripts {
  /** In the file's order. */
  readonly commands: readonly ScriptCommand[];
  /** Scripts that were not taken apart, or not to their end. */
  readonly unread: readonly UnreadField[];
}

interface FileBase {
  /** Relative to the tree's root. */
  readonly path: string;
  /** The root mapping, from its first key on. */
  readonly place: Place;
  readonly unread: readonly UnreadField[];
  /** Comments that ask for findings not to count. */
  readonly ignores: readonly IgnoreComment[];
}

/** `# zizmor: ignore[unpinned-uses] reason`, `# bulkhead ignore=workflow-unpinned-action reason`. */
export interface IgnoreComment {
  readonly form: "bulkhead" | "zizmor";
  readonly ids: readonly string[];
  /** Empty where none is written. */
  readonly reason: string;
  readonly place: Place;
  /** Lines that it covers: its own, and of one that stands alone the next with content; of `ignore-file` all. */
  readonly covers: "file" | { readonly first: number; readonly last: number };
}

/** A file of a tree, or why it was not read. */
export type ReadGithubFile =
  | {
      readonly state: "read";
      readonly path: string;
      readonly text: string;
      /** Its bytes are not UTF-8, and would not survive being written again. */
      readonly lossy: boolean;
      readonly file: GithubFile | Dependabot;
    }
  | {
      readonly state: "unread";
      readonly path: string;
      readonly kind: "workflow" | "action" | "dependabot";
      readonly gap: { readonly code: string; readonly reason: string };
    };

export interface Workflow extends FileBase {
  readonly kind: "workflow";
  readonly name?: Text;
  readonly runName?: Text;
  readonly on: readonly Trigger[];
  /** The `on` key. */
  readonly onPlace: Place;
  /** Absent where none is stated: the repository's default. */
  readonly permissions?: Permissions;
  readonly env: readonly Field[];
  /** `env` is an expression. */
  readonly envComputed?: Text;
  readonly defaults?: RunDefaults;
  readonly concurrency?: Concurrency;
  readonly jobs: readonly Job[];
  readonly runScripts: Scripts;
}

export interface Action extends FileBase {
  readonly kind: "action";
  readonly name?: Text;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Field[];
  /** `composite`, `node24`, `docker`. */
  readonly using?: Text;
  /** Of a composite action. */
  readonly steps: readonly Step[];
  /** Of a docker action: `Dockerfile` or `docker://…`. */
  readonly image?: Text;
  /** `main`, `pre`, `post` of a JavaScript action. */
  readonly scripts: readonly Field[];
  /** `runs.env` of a docker action. */
  readonly env: readonly Field[];
  readonly runScripts: Scripts;
}

export interface Trigger {
  /** `push`, `pull_request_target`, `workflow_run`. */
  readonly event: string;
  readonly place: Place;
  readonly types: readonly Text[];
  readonly branches: readonly Text[];
  readonly branchesIgnore: readonly Text[];
  readonly tags: readonly Text[];
  readonly tagsIgnore: readonly Text[];
  readonly paths: readonly Text[];
  readonly pathsIgnore: readonly Text[];
  /** Of workflow_run: names of workflows. */
  readonly workflows: readonly Text[];
  /** Of schedule. */
  readonly crons: readonly Text[];
  /** Of workflow_call and workflow_dispatch. */
  readonly inputs: readonly Input[];
  /** Of workflow_call. */
  readonly outputs: readonly Field[];
  readonly secrets: readonly Input[];
}

export interface Input {
  readonly name: string;
  readonly place: Place;
  /** `string`, `boolean`, `number`, `choice`, `environment`; absent where not stated. */
  readonly type?: string;
  readonly required: boolean;
  readonly default?: Text;
  readonly options: readonly Text[];
}

export type Permissions = { readonly place: Place /** The key alone. */; readonly key: Place } & (
  | { readonly kind: "all"; readonly level: "read-all" | "write-all"; readonly text: Text }
  /** `{}` has none. */
  | { readonly kind: "each"; readonly grants: readonly Grant[] }
);

export interface Grant {
  /** `contents`, `id-token`, `packages`. */
  readonly scope: Text;
  /** `read`, `write`, `none`, or what else is written. */
  readonly level: Text;
}

export interface Concurrency {
  readonly place: Place;
  readonly group?: Text;
  readonly cancelInProgress?: Text;
}

export interface RunDefaults {
  readonly shell?: Text;
  readonly workingDirectory?: Text;
}

interface JobBase {
  readonly id: string;
  /** The key. */
  readonly place: Place;
  /** The key and all below it. */
  readonly whole: Place;
  readonly name?: Text;
  readonly needs: readonly Text[];
  readonly if?: Text;
  readonly permissions?: Permissions;
  readonly concurrency?: Concurrency;
  readonly matrix?: Matrix;
  readonly continueOnError?: Text;
}

export interface StepsJob extends JobBase {
  readonly kind: "steps";
  readonly runsOn: RunsOn;
  readonly environment?: DeploymentEnvironment;
  readonly container?: Container;
  readonly services: readonly { readonly name: string; readonly container: Container }[];
  readonly env: readonly Field[];
  /** `env` is an expression. */
  readonly envComputed?: Text;
  readonly defaults?: RunDefaults;
  readonly outputs: readonly Field[];
  readonly timeoutMinutes?: Text;
  readonly steps: readonly Step[];
}

/** A job that is another workflow. */
export interface CallJob extends JobBase {
  readonly kind: "call";
  readonly uses: Uses;
  readonly with: readonly Field[];
  readonly secrets?:
    | { readonly kind: "inherit"; readonly text: Text }
    | { readonly kind: "each"; readonly fields: readonly Field[] };
}

export type Job = StepsJob | CallJob;

export interface RunsOn {
  readonly place: Place;
  /** Labels; one may be an expression. */
  readonly labels: readonly Text[];
  readonly group?: Text;
}

export interface DeploymentEnvironment {
  readonly place: Place;
  readonly name?: Text;
  readonly url?: Text;
}

export interface Container {
  readonly place: Place;
  /** Absent where it is an empty mapping. */
  readonly image?: Text;
  readonly username?: Text;
  readonly password?: Text;
  readonly env: readonly Field[];
  readonly options?: Text;
  readonly volumes: readonly Text[];
}

/** What `matrix.NAME` may be. */
export interface Matrix {
  readonly place: Place;
  /** The whole is computed: any value is possible. */
  readonly computed?: Text;
  readonly axes: readonly MatrixAxis[];
  readonly include: readonly (readonly Field[])[];
  /** `include` is computed, or holds what is not scalar. */
  readonly includeUnknown: boolean;
  readonly exclude: readonly (readonly Field[])[];
  /** Every scalar of it, however deep, computed ones too. */
  readonly scalars: readonly Text[];
}

export interface MatrixAxis {
  readonly name: string;
  readonly place: Place;
  readonly values: readonly Text[];
  /** Values that are computed or no scalars are not among `values`. */
  readonly unknown: boolean;
  /** Every scalar below it, however deep, computed ones too. */
  readonly scalars: readonly Text[];
}

interface StepBase {
  /** From 0. */
  readonly index: number;
  /** Of the whole step. */
  readonly place: Place;
  readonly id?: Text;
  readonly name?: Text;
  readonly if?: Text;
  readonly env: readonly Field[];
  /** `env` is an expression. */
  readonly envComputed?: Text;
  readonly continueOnError?: Text;
  readonly timeoutMinutes?: Text;
}

export interface RunStep extends StepBase {
  readonly kind: "run";
  readonly run: Text;
  readonly shell?: Text;
  readonly workingDirectory?: Text;
}

export interface UsesStep extends StepBase {
  readonly kind: "uses";
  readonly uses: Uses;
  readonly with: readonly Field[];
  /** `with` is an expression. */
  readonly withComputed?: Text;
}

export type Step = RunStep | UsesStep;

/** One command of a `run` step. */
export interface ScriptCommand {
  /** The program first, as written but for quotes and escapes; of a posix shell without `sudo`, `env` and their like. */
  readonly words: readonly string[];
  readonly place: Place;
  readonly step: RunStep;
  /** Absent in an action. */
  readonly job?: StepsJob;
  readonly shell: "posix" | "powershell";
  /** Of a posix shell; its ranges are those of the file. */
  readonly command?: ShellCommand;
}

export type Uses = { readonly text: Text } & (
  | {
      readonly kind: "repository";
      readonly owner: string;
      readonly repository: string;
      /** Without outer slashes: `.github/workflows/build.yml`; absent where it is the root. */
      readonly subpath?: string;
      /** Absent where none is written. */
      readonly ref?: string;
      /** `commit`: 40 or 64 hex digits. */
      readonly refKind?: "commit" | "symbolic";
    }
  /** Of the repository itself: `./path`, or `$/path`, which an action's own repository means. */
  | { readonly kind: "local" /** Without `./` and `$/`. */; readonly path: string }
  | { readonly kind: "docker"; readonly image: string; readonly tag?: string; readonly digest?: string }
  | { readonly kind: "other" }
);

/** `.github/dependabot.yml`. */
export interface Dependabot extends FileBase {
  readonly kind: "dependabot";
  readonly updates: readonly DependabotUpdate[];
}

export interface DependabotUpdate {
  readonly place: Place;
  readonly ecosystem?: Text;
  /** `directory` and `directories`. */
  readonly directories: readonly Text[];
  readonly openPullRequestsLimit?: Text;
  /** What it leaves out; `whole`: every version of it, whatever it is an update of. */
  readonly ignores: readonly { readonly name?: Text; readonly whole: boolean; readonly place: Place }[];
  readonly insecureExternalCodeExecution?: Text;
  readonly cooldown?: { readonly place: Place; readonly fields: readonly Field[] };
}
