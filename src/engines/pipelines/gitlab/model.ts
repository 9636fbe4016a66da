/**
 * GitLab's pipelines with every field's place ("CI/CD YAML syntax reference"): as GitLab puts them together from a file, what
 * it includes of the same tree, `extends`, `!reference`, anchors and `default`. A field stands in the file that wrote it.
 */
import type { Gap } from "../../../core/evidence.ts";
import type { ShellCommand, ShellWord } from "../../dockerfile/model.ts";
import type { Place, Text, UnreadField } from "../field.ts";
import type { IgnoreComment } from "../github/model.ts";
import type { GitlabCondition } from "./condition-model.ts";

export type { GitlabCondition, GitlabOperand } from "./condition-model.ts";
export type { ShellCommand, ShellWord };

export interface GitlabPipeline {
  readonly kind: "gitlab";
  /** Of the file that it begins with, relative to the tree's root. */
  readonly path: string;
  /** Of the project, with a slash at its end: what local includes are relative to. Empty where that is the tree's root. */
  readonly folder: string;
  /** Another pipeline starts it (`trigger:include:local`), and nothing else does. */
  readonly child: boolean;
  /** It is no file that GitLab begins with: a component, or what another project includes. */
  readonly fragment: boolean;
  /** All that it is put together from, that file first; each once. */
  readonly files: readonly GitlabFile[];
  readonly unread: readonly UnreadField[];
  /** Lines of scripts that the shell's reader did not take apart whole. */
  readonly unreadScripts: readonly UnreadField[];
  /** What the file's header declares (`spec:inputs`), in order. */
  readonly inputs: readonly GitlabInput[];
  /** Of all files, in the order in which they are read. */
  readonly includes: readonly GitlabInclude[];
  /** Absent where none are declared: `.pre`, `build`, `test`, `deploy`, `.post`. */
  readonly stages?: readonly Text[];
  readonly variables: readonly GitlabVariable[];
  readonly workflow?: GitlabWorkflow;
  /** `default`, and its keywords where they stand at the top. */
  readonly default: GitlabSettings;
  /** Hidden ones too, which never run. `pages:deploy` and what is no mapping are none. */
  readonly jobs: readonly GitlabJob[];
}

/** A file of a tree as it was read, or why it could not be. */
export type ReadGitlab =
  | { readonly state: "read"; readonly path: string; readonly pipeline: GitlabPipeline }
  | { readonly state: "unread"; readonly path: string; readonly gap: Gap };

export interface GitlabFile {
  readonly path: string;
  /** Characters that are not shown, or turn the direction of text, in order. */
  readonly hiddenCharacters: readonly HiddenCharacter[];
  /** Comments that ask for findings not to count. */
  readonly ignores: readonly IgnoreComment[];
}

export interface HiddenCharacter {
  readonly place: Place;
  /** `U+202E`. */
  readonly codePoint: string;
}

export interface GitlabInput {
  readonly name: string;
  readonly place: Place;
  /** `string`, `number`, `boolean`, `array`; absent where not stated: a string. */
  readonly type?: Text;
  readonly default?: Text;
  readonly regex?: Text;
  readonly options: readonly Text[];
}

export type GitlabInclude = {
  readonly place: Place;
  readonly rules: readonly GitlabRule[];
} /** `paths`: what was read for it; none where there is no such file, or none was handed over. */ & (
  | { readonly kind: "local"; readonly local: Text; readonly paths: readonly string[] }
  | { readonly kind: "project"; readonly project: Text; readonly ref?: Text; readonly files: readonly Text[] }
  | { readonly kind: "remote"; readonly remote: Text; readonly integrity?: Text }
  | { readonly kind: "template"; readonly template: Text }
  | { readonly kind: "component"; readonly component: Text }
);

export interface GitlabVariable {
  readonly name: string;
  /** The key. */
  readonly key: Place;
  /** Absent where it is no scalar. */
  readonly value?: Text;
  readonly description?: Text;
  readonly options: readonly Text[];
  readonly expand?: Text;
  /** It is written as a mapping, with `value` in it. */
  readonly detailed: boolean;
  /** Keys of the mapping that GitLab does not have. */
  readonly others: readonly Text[];
}

export interface GitlabWorkflow {
  /** The key. */
  readonly key: Place;
  readonly name?: Text;
  /** Absent where none are stated. */
  readonly rules?: readonly GitlabRule[];
  readonly autoCancel?: { readonly onNewCommit?: Text; readonly onJobFailure?: Text };
}

/** One entry of `rules`: what is stated all has to hold. */
export interface GitlabRule {
  readonly place: Place;
  readonly if?: Text;
  /** Of `if`; absent where there is none, or it breaks the grammar: then `fault` says why. */
  readonly condition?: GitlabCondition;
  readonly fault?: string;
  readonly changes: readonly Text[];
  readonly exists: readonly Text[];
  readonly when?: Text;
  readonly allowFailure?: Text;
  readonly interruptible?: Text;
  readonly variables: readonly GitlabVariable[];
  /** `changes` or `exists` is there, in whatever form. */
  readonly otherConditions: boolean;
}

/** `only` or `except`. */
export interface GitlabRefs {
  readonly place: Place;
  /** `branches`, `merge_requests`, `main`, `/^release-/`. */
  readonly refs: readonly Text[];
  readonly variables: readonly Text[];
  readonly changes: readonly Text[];
  readonly kubernetes?: Text;
}

/** What `default` may state and a job may state instead. */
export interface GitlabSettings {
  readonly image?: GitlabImage;
  readonly services: readonly GitlabImage[];
  readonly beforeScript: readonly GitlabLine[];
  readonly afterScript: readonly GitlabLine[];
  /** `hooks:pre_get_sources_script`. */
  readonly hookScript: readonly GitlabLine[];
  readonly cache: readonly GitlabCache[];
  readonly artifacts?: GitlabArtifacts;
  readonly tags: readonly Text[];
  readonly timeout?: Text;
  readonly interruptible?: Text;
  readonly retry?: Text;
  readonly idTokens: readonly GitlabIdToken[];
  readonly identity?: Text;
  /** Not GitLab's: `variables` within `default`, which it refuses. */
  readonly variables: readonly GitlabVariable[];
}

export interface GitlabImage {
  /** Of the whole. */
  readonly place: Place;
  readonly name: Text;
  readonly alias?: Text;
  readonly pullPolicy: readonly Text[];
  readonly entrypoint: readonly Text[];
  readonly command: readonly Text[];
  readonly dockerUser?: Text;
}

/** One entry of a script. GitLab runs all of a script in one shell, one behind the other. */
export interface GitlabLine {
  readonly text: Text;
  /** What it runs, with places in its file. */
  readonly commands: readonly ShellCommand[];
  /** Why it is not all of them. */
  readonly trouble?: UnreadField;
}

export interface GitlabCache {
  readonly place: Place;
  /** Absent where it is made of files. */
  readonly key?: Text;
  readonly prefix?: Text;
  readonly keyFiles: readonly Text[];
  readonly paths: readonly Text[];
  readonly fallbackKeys: readonly Text[];
  readonly policy?: Text;
  readonly unprotect?: Text;
  readonly untracked?: Text;
  readonly when?: Text;
}

export interface GitlabArtifacts {
  readonly place: Place;
  readonly paths: readonly Text[];
  readonly exclude: readonly Text[];
  readonly expireIn?: Text;
  readonly untracked?: Text;
  readonly public?: Text;
  readonly access?: Text;
  readonly when?: Text;
  readonly name?: Text;
  /** `dotenv`, `sast`, each with its files. */
  readonly reports: readonly { readonly name: Text; readonly paths: readonly Text[] }[];
}

export interface GitlabIdToken {
  readonly name: string;
  readonly key: Place;
  readonly audiences: readonly Text[];
}

export interface GitlabSecret {
  readonly name: string;
  readonly key: Place;
  /** `vault`, `gcp_secret_manager`, `azure_key_vault`, `aws_secrets_manager`, `akeyless`. */
  readonly provider?: string;
  readonly file?: Text;
  readonly token?: Text;
}

export interface GitlabEnvironment {
  readonly place: Place;
  readonly name?: Text;
  readonly url?: Text;
  /** `start`, `prepare`, `stop`, `verify`, `access`. */
  readonly action?: Text;
  readonly onStop?: Text;
  readonly deploymentTier?: Text;
}

export type GitlabNeed = { readonly place: Place; readonly artifacts?: Text } & (
  | { readonly kind: "job"; readonly job: Text; readonly optional?: Text }
  | { readonly kind: "project"; readonly project: Text; readonly job?: Text; readonly ref?: Text }
  | { readonly kind: "pipeline"; readonly pipeline: Text; readonly job?: Text }
);

export interface GitlabTrigger {
  readonly place: Place;
  /** Of another project. */
  readonly project?: Text;
  readonly branch?: Text;
  /** Of a child pipeline. */
  readonly includes: readonly GitlabTriggerInclude[];
  readonly strategy?: Text;
  readonly forwardPipelineVariables?: Text;
  readonly forwardYamlVariables?: Text;
}

export type GitlabTriggerInclude = { readonly place: Place } & (
  | { readonly kind: "local"; readonly local: Text }
  /** Made by a job: `artifact` of `job`. */
  | { readonly kind: "artifact"; readonly artifact: Text; readonly job?: Text }
  | { readonly kind: "project"; readonly project: Text; readonly ref?: Text }
  | { readonly kind: "other"; readonly text?: Text }
);

export interface GitlabRelease {
  readonly place: Place;
  readonly tagName?: Text;
  readonly description?: Text;
}

export interface GitlabJob extends GitlabSettings {
  readonly name: string;
  /** The key. */
  readonly key: Place;
  /** Its name begins with a dot: a template that never runs. */
  readonly hidden: boolean;
  readonly stage?: Text;
  readonly extends: readonly Text[];
  readonly script: readonly GitlabLine[];
  readonly rules?: readonly GitlabRule[];
  readonly only?: GitlabRefs;
  readonly except?: GitlabRefs;
  readonly when?: Text;
  readonly startIn?: Text;
  readonly manualConfirmation?: Text;
  /** Absent where it is a mapping: `exitCodes` has them then. */
  readonly allowFailure?: Text;
  readonly exitCodes: readonly Text[];
  /** Absent where none are stated; empty where an empty list is. */
  readonly needs?: readonly GitlabNeed[];
  readonly dependencies?: readonly Text[];
  readonly environment?: GitlabEnvironment;
  readonly secrets: readonly GitlabSecret[];
  readonly trigger?: GitlabTrigger;
  readonly matrix: readonly GitlabVariable[];
  readonly parallel?: Text;
  readonly resourceGroup?: Text;
  readonly release?: GitlabRelease;
  /** It is named so, or states `pages`. */
  readonly pages: boolean;
  /** `inherit:variables` is false, or names those alone. */
  readonly inheritVariables?: boolean | readonly Text[];
  /** `run`: steps in place of a script; each with what it uses or the script that it runs. */
  readonly run: readonly { readonly place: Place; readonly step?: Text; readonly script: readonly GitlabLine[] }[];
  readonly runs: GitlabRuns;
}

/** In which pipelines a job runs, by hand or by itself, as far as `workflow`, `rules`, `only` and `except` tell. */
export interface GitlabRuns {
  /** Of a merge request. */
  readonly mergeRequest: GitlabCertainty;
  /** Of a push to a branch that no condition names. */
  readonly branch: GitlabCertainty;
}

export type GitlabCertainty = "always" | "maybe" | "never";
