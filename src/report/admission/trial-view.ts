/** What the admission policy says of requests, as texts. */
import type { Action } from "../../core/enforcement.ts";

/**
 * `refused`: something fails that the policy denies; `unknown`: it would be refused too, for what could not be found out;
 * `warned`: admitted, and kubectl shows why not to; `admitted`; `exempt`: nothing of it runs.
 */
export const answers = ["refused", "unknown", "warned", "admitted", "exempt"] as const;

export type Answer = (typeof answers)[number];

export interface TrialView {
  /** What was asked about: a directory, a cluster's name. */
  readonly subject: string;
  /** Whose policy it is. */
  readonly policy: string;
  readonly requests: readonly RequestView[];
  /** What no request could be made of. */
  readonly unread: readonly UnreadView[];
  readonly notes: readonly string[];
  readonly exitCode: 0 | 1 | 3;
}

export interface UnreadView {
  readonly place: string;
  readonly reason: string;
  readonly remedy?: string;
}

export interface RequestView {
  /** `Deployment shop/api` */
  readonly object: string;
  readonly operation: string;
  /** `pods/ephemeralcontainers` */
  readonly resource: string;
  readonly place?: PlaceView;
  readonly environment?: string;
  readonly answer: Answer;
  /** One sentence without a full stop. */
  readonly reason: string;
  /** Worst first. */
  readonly reasons: readonly ReasonView[];
  /** Images that were given their digest. */
  readonly pinned: readonly { readonly path: string; readonly image: string }[];
}

export interface PlaceView {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ReasonView {
  readonly check: string;
  readonly verdict: "fail" | "unknown";
  readonly action: Action;
  readonly message: string;
  readonly field?: string;
  readonly image?: string;
  readonly fix?: string;
  /** Line of the policy. */
  readonly policy?: string;
  /** Where the field stands. */
  readonly place?: PlaceView;
}

/** `deploy/api.yaml:22:13` */
export function placeText({ path, line, column }: PlaceView): string {
  return [path, line ?? [], line === undefined ? [] : (column ?? [])].flat().join(":");
}
