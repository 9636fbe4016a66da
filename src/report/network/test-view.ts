/** Assertions about a network and whether they hold, as texts. */
import type { StageView } from "./explain-view.ts";

export interface TestView {
  /** The file of assertions, as the user named it. */
  readonly file: string;
  /** What they were held against. */
  readonly subject: string;
  readonly results: readonly ResultView[];
  /** What was not read, so that nothing holds for sure. */
  readonly unread: readonly { readonly reason: string; readonly remedy?: string; readonly place?: string }[];
  readonly notes: readonly string[];
  readonly exitCode: 0 | 1 | 3;
}

export interface ResultView {
  readonly line: number;
  readonly text: string;
  readonly verdict: "pass" | "fail" | "unknown";
  /** Pairs of workloads, nodes and ranges that it is about, and those that speak against it. */
  readonly pairs: number;
  readonly failing: number;
  readonly unknown: number;
  /** Why, where no pair speaks against it. */
  readonly because?: string;
  readonly counterexamples: readonly CounterexampleView[];
}

export interface CounterexampleView {
  readonly from: string;
  readonly to: string;
  readonly found: "allowed" | "denied" | "unknown";
  readonly ports: string;
  /** The decisions that make it so. */
  readonly stages: readonly StageView[];
}
