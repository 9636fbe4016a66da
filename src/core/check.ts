import type { Category } from "./category.ts";
import type { Evidence } from "./evidence.ts";
import type { FindingDraft } from "./finding.ts";
import type { Policy } from "./policy.ts";
import type { RatedSeverity } from "./severity.ts";

/** The layer of defence that a check judges; also its folder under checks/. */
export type Layer = (typeof layers)[number];

export const layers = ["image", "registry", "build", "workload", "cluster", "network", "runtime", "policy"] as const;

/** Numbers of the baseline's ten controls. */
export type ControlNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/**
 * How much of the evidence a check needs: `partial`, where partial evidence may prove a fail but never a pass;
 * `complete`, where absence is the finding and partial evidence therefore says nothing.
 */
export type Need = "partial" | "complete";

/**
 * A check: a pure function of typed facts and declared parameters, in one file with its documentation.
 * It never sees thresholds or exceptions; the runner applies those.
 *
 * @typeParam Facts - name → facts, one entry for each need
 * @typeParam Parameters - name → what of the policy it judges by
 */
export interface Check<Facts extends object = never, Parameters extends object = object> {
  /** `<layer>/<what it finds>`, kebab case; the file has the same name. */
  readonly id: string;
  readonly title: string;
  readonly layer: Layer;
  readonly category: Category;
  /** Which of the ten controls it speaks to; may be none. */
  readonly controls: readonly ControlNumber[];
  /** Why it speaks to none of them although what it finds may be high: `none of the ten is about licenses`. */
  readonly withoutControl?: string;
  readonly severity: RatedSeverity | "varies";
  readonly documentation: CheckDocumentation;
  /**
   * The kind of subject that it is run over, whatever its layer: `image`, `dockerfile`, `workload`. What facts there are
   * of a subject, its type in checks/subjects says; the generated lists beside it are all that decides what is run.
   */
  readonly subject: string;
  readonly needs: { readonly [Name in keyof Facts]: Need };
  /** What it judges by, which the policy states: never absent, stale or partial, and so no evidence. */
  readonly parameters?: { readonly [Name in keyof Parameters]: (policy: PolicyParameters) => Parameters[Name] };
  /** Whether there is anything for it to judge; what there is nothing of is neither passed nor unknown. Absent: always. */
  applies?(facts: Facts & Parameters): boolean;
  /** What was looked at, for who reads the verdict, in the order to show it: `{ ports: "2" }`. */
  looked?(facts: Facts & Parameters): Readonly<Record<string, string>>;
  /** What its verdict says nothing of although it has all the evidence, as the end of the verdict's reason. */
  leavesOpen?(facts: Facts & Parameters): string | undefined;
  evaluate(facts: Facts & Parameters, now: Date): Iterable<FindingDraft>;
}

/** What of the policy checks may judge by: all but what the runner applies to their findings. */
export type PolicyParameters = Omit<Policy, "thresholds" | "enforcement" | "unknownSeverity" | "exceptions" | "origin">;

/** Any check over a subject: it needs some of the facts that there are of it. */
export interface SubjectCheck<Facts extends object> extends Omit<CheckDescription, "needs"> {
  readonly needs: { readonly [Name in keyof Facts]?: Need };
  readonly parameters?: object;
  // Each sees those facts alone that it names, and its own parameters beside them.
  applies?(facts: never): boolean;
  looked?(facts: never): Readonly<Record<string, string>>;
  leavesOpen?(facts: never): string | undefined;
  evaluate(facts: never, now: Date): Iterable<FindingDraft>;
}

/** Feeds `bulkhead explain`, docs/checks and SARIF's rule help. Plain sentences; code in backticks. */
export interface CheckDocumentation {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  readonly references: readonly string[];
}

/** A check's own description, whatever its facts are. */
export type CheckDescription = Omit<
  Check<never>,
  "needs" | "parameters" | "applies" | "looked" | "leavesOpen" | "evaluate"
> & {
  readonly needs: Readonly<Record<string, Need>>;
};

export type EvidenceFor<Facts extends object> = { readonly [Name in keyof Facts]: Evidence<Facts[Name]> };

/** What tells one check from another, and where it belongs: known of all without loading any. */
export type CheckIdentity = Pick<CheckDescription, "id" | "layer" | "category">;

/** What a specification says of the controls, as a check states it. */
export function controlsOf({
  controls = [],
  withoutControl,
}: Partial<Pick<CheckDescription, "controls" | "withoutControl">>): Pick<
  CheckDescription,
  "controls" | "withoutControl"
> {
  return { controls, ...(withoutControl === undefined ? {} : { withoutControl }) };
}
