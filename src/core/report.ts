import type { DatabaseUse, Tool } from "./basis.ts";
import type { CheckDescription, ControlNumber, Layer } from "./check.ts";
import type { AssetContext } from "./context.ts";
import type { LockfileChanges } from "./dependency-changes.ts";
import type { Diagram } from "./diagram.ts";
import type { Digest } from "./digest.ts";
import type { Verdict } from "./evaluation.ts";
import type { Evaluations } from "./evaluations.ts";
import type { Finding } from "./finding.ts";
import type { LifecycleStepResult } from "./lifecycle.ts";
import type { PolicyOrigin } from "./policy.ts";
import type { Relation } from "./relation.ts";

/** What a command hands to report/: everything that any format shows, with nothing left to judge. */
export interface Report {
  readonly tool: Tool;
  /** What was asked for, as the user named it: a folder, an image reference. */
  readonly subject: string;
  /**
   * The directory that paths of files start from, by its own path from the root of its Git repository, with slashes; empty
   * for the root, absent where it is in no repository.
   */
  readonly directory?: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly policy: PolicyOrigin;
  /** Of the policy in force with every default filled in: equal where two runs judged by the same one. */
  readonly policyDigest?: Digest;
  readonly databases: readonly DatabaseUse[];
  /** Absent where no baseline was given. */
  readonly baseline?: BaselineUse;
  readonly evaluations: Evaluations;
  /** How what was looked at hangs together. */
  readonly relations: readonly Relation[];
  /** Whether each asset with findings runs, is reached, exposed and signed; absent where a command does not join that. */
  readonly contexts?: readonly AssetContext[];
  /** The ten, in order; absent where a command does not judge them (`image scan`). */
  readonly controls?: readonly ControlResult[];
  readonly layers?: readonly LayerResult[];
  /** Of each step from a commit to a watched pod what there is, in order; absent where a command does not join them. */
  readonly lifecycle?: readonly LifecycleStepResult[];
  /** What the change under review does to each lockfile; absent where no change is reviewed. */
  readonly changes?: readonly LockfileChanges[];
  /** Shown where pictures are: in a page. */
  readonly diagrams?: readonly Diagram[];
  /** What the reader must know to read the rest right, one sentence each without a full stop. */
  readonly notes: readonly string[];
  /** Each check that an evaluation names, at most once. */
  readonly checks: readonly CheckDescription[];
  readonly exitCode: ExitCode;
}

/**
 * 0 clean; 1 findings at or over the threshold; 2 usage or input error; 3 incomplete: an *unknown* whose asset was
 * found, or that the policy requires, and that nobody accepted. 1 beats 3. What the policy does not enforce (`Evaluation.action`) counts as neither.
 */
export type ExitCode = 0 | 1 | 2 | 3;

/** What a baseline of known findings (`--baseline`) did to the run. */
export interface BaselineUse {
  /** The file, as the caller named it. */
  readonly name: string;
  readonly entries: number;
  /** Findings that were set apart. Assets of one lineage may share an entry. */
  readonly known: number;
  /** Findings that it has at a lower severity: they count as new. */
  readonly worsened: number;
  /** Entries that no longer occur. */
  readonly resolved: number;
  /** Entries about what this run did not judge, or not on whole evidence. */
  readonly notEvaluated: number;
  /** Entries of another repository or cluster than this run's: none of them takes a finding out. */
  readonly foreign: number;
}

/** One of the baseline's ten controls. */
export interface ControlResult {
  readonly number: ControlNumber;
  readonly title: string;
  readonly verdict: Verdict;
  /** What it was without the findings that the baseline lacks; absent without a baseline. */
  readonly before?: Verdict;
  /** One line. */
  readonly reason: string;
  /** `{ assessed: 7, total: 9, noun: "workloads" }`: seven of nine workloads have a pass or a fail. */
  readonly coverage: {
    readonly assessed: number;
    readonly total: number;
    readonly noun: string;
    /** Files and directories that were left out (`exclude`), of whatever kind; absent: none. */
    readonly excluded?: number;
  };
  /** The worst findings that speak against it, worst first; each is a finding of one of the report's evaluations. */
  readonly worst: readonly Finding[];
  /** What would change the verdict or the most findings, one line. */
  readonly nextFix?: string;
}

/** One of the six layers of threat and what defends it here. */
export interface LayerResult {
  readonly layer: Layer;
  /** `image scan`, `default-deny policies`: what was found to defend it; empty where nothing was. */
  readonly defends: readonly string[];
  /** Those of them that say fail. */
  readonly failing: readonly string[];
  readonly verdict: Verdict;
}
