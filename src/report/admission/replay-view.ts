/** Recorded requests that another policy would answer otherwise, as texts. */
import type { ReasonView, RequestView, UnreadView } from "./trial-view.ts";

export interface ReplayView {
  /** The log, as the user named it. */
  readonly subject: string;
  readonly policy: string;
  /** Requests that were decided again. */
  readonly replayed: number;
  /** Those of the mutating webhook, which refuses nothing. */
  readonly skipped: number;
  readonly same: number;
  /** Times of the first and the last, ISO 8601. */
  readonly from?: string;
  readonly to?: string;
  readonly changes: readonly ChangeView[];
  readonly unread: readonly UnreadView[];
  readonly notes: readonly string[];
  readonly exitCode: 0 | 1 | 3;
}

export interface ChangeView {
  readonly change: "refused" | "admitted" | "reasons";
  /** In the log, from 1. */
  readonly line: number;
  readonly time: string;
  /** As it would be answered now; its reasons are all that there are. */
  readonly request: RequestView;
  /** What was a reason and is none any more. */
  readonly gone: readonly ReasonView[];
  readonly added: readonly ReasonView[];
}
