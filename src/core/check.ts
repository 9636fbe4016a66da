import type { Evidence } from "./evidence.ts";
import type { FindingDraft } from "./finding.ts";
import type { RatedSeverity } from "./severity.ts";

/** The layer of defence that a check judges; also its folder under checks/. */
export type Layer = "image" | "registry" | "build" | "workload" | "cluster" | "network" | "runtime" | "policy";

/** Numbers of the baseline's ten controls. */
export type ControlNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/**
 * How much of the evidence a check needs: `witness`, where partial evidence may prove a fail but never a pass;
 * `whole`, where absence is the finding and partial evidence therefore says nothing.
 */
export type Need = "witness" | "whole";

/** Which of the policy's thresholds applies. */
export type Category = "vulnerability" | "configuration";

/**
 * A check: a pure function of typed facts and declared parameters, in one file with its documentation.
 * It never sees thresholds or exceptions; the runner applies those.
 *
 * @typeParam Facts - name → facts, one entry for each need
 */
export interface Check<Facts extends object = never> {
  /** `<layer>/<what it finds>`, kebab case; the file has the same name. */
  readonly id: string;
  readonly title: string;
  readonly layer: Layer;
  readonly category: Category;
  /** Which of the ten controls it speaks to; may be none. */
  readonly controls: readonly ControlNumber[];
  readonly severity: RatedSeverity | "varies";
  readonly documentation: CheckDocumentation;
  readonly needs: { readonly [Name in keyof Facts]: Need };
  evaluate(facts: Facts, now: Date): Iterable<FindingDraft>;
}

/** Feeds `bulkhead explain`, docs/checks and SARIF's rule help. Plain sentences; code in backticks. */
export interface CheckDocumentation {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  readonly references: readonly string[];
}

/** A check's own description, whatever its facts are. */
export type CheckDescription = Omit<Check<never>, "needs" | "evaluate"> & {
  readonly needs: Readonly<Record<string, Need>>;
};

export type EvidenceFor<Facts extends object> = { readonly [Name in keyof Facts]: Evidence<Facts[Name]> };
