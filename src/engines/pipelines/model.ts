/** Pipelines of continuous integration, as facts: what runs, step by step, and whether its failure counts. */
import type { ScriptOptions } from "./script-options.ts";

export interface Pipeline {
  /** Relative to the tree's root. */
  readonly path: string;
  readonly system: "github" | "gitlab";
  /** GitHub's `name`; absent where none is stated. */
  readonly name?: string;
  /** What starts it: `push`, `pull_request`, `schedule`; GitLab's pipelines state none. */
  readonly triggers: readonly string[];
  readonly jobs: readonly GateJob[];
}

export interface GateJob {
  /** Its key in the file. */
  readonly name: string;
  readonly line: number;
  readonly steps: readonly GateStep[];
  /** GitHub's `continue-on-error`, GitLab's `allow_failure`: the job's failure stops nothing. */
  readonly mayFail: boolean;
  /** GitHub's `if: false`, GitLab's `when: never` and hidden jobs (a dot before the name): it never runs. */
  readonly disabled: boolean;
}

/** One step: an action that is used, or a script. */
export interface GateStep {
  readonly line: number;
  readonly column: number;
  readonly name?: string;
  /** `owner/action@ref`. */
  readonly uses?: string;
  /** The action's inputs, as text. */
  readonly with: Readonly<Record<string, string>>;
  /** Shell text, its lines joined as they stand. */
  readonly run?: string;
  /** Of a script; absent: nobody knows, and it is believed to fail with each of its commands. */
  readonly options?: ScriptOptions;
  /** What is set where it runs, as it is written. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where it runs, relative to the repository's root; absent: nobody knows. */
  readonly folder?: string;
  readonly mayFail: boolean;
}

/** A step that looks for known vulnerabilities in images. */
export interface ScanStep {
  readonly pipeline: string;
  readonly job: string;
  readonly line: number;
  readonly column: number;
  /** `trivy`, `bulkhead`. */
  readonly scanner: string;
  /** Absent where critical findings end the pipeline; else why they do not. */
  readonly ignored?: string;
  /** Why nobody knows whether they do; `ignored` is absent then. */
  readonly unknown?: string;
}

export type { Expression, PlacedExpression } from "./expression.ts";

export { type Constant, constantOf, isTrue, type Known, truthOf } from "./expressions/constants.ts";
export {
  type ContextExpression,
  childrenOf,
  contextName,
  contextsOf,
  valueParts,
  walkExpression,
} from "./expressions/walk.ts";

export type { Field, Place, Text, UnreadField } from "./field.ts";
export type * from "./github/model.ts";
export type * from "./gitlab/model.ts";
export { sameRepository } from "./lifecycle/image.ts";
export type * from "./lifecycle/model.ts";
export { actsOfCommand } from "./lifecycle/wrapped.ts";
export type * from "./repository/model.ts";
export { writableScopes } from "./repository/permissions.ts";
