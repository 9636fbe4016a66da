/** What is known of one digest through its life; no text of it is escaped yet. */
import type { GapView } from "./verify-view.ts";

export interface TraceView {
  /** As asked. */
  readonly reference: string;
  /** `registry.example.com/shop/api@sha256:…`. */
  readonly resolved: string;
  /** ISO 8601, UTC. */
  readonly resolvedAt: string;
  /** Whose rules decide what is verified. */
  readonly rules: string;
  /** In the order of an image's life. */
  readonly links: readonly LinkView[];
  readonly notes: readonly string[];
}

export interface LinkView {
  /** `source`, `build`, `base`… */
  readonly name: string;
  /**
   * `verified`: signed by somebody whom the rules accept. `observed`: read from the image or a cluster by this run. `claimed`:
   * said by somebody for whom nobody vouches. `none`: looked for, and there is none. `unknown`: not read, or not all of it.
   */
  readonly state: "verified" | "observed" | "claimed" | "none" | "unknown";
  readonly facts: readonly LinkFactView[];
  readonly gaps: readonly GapView[];
}

export interface LinkFactView {
  /** One phrase. */
  readonly text: string;
  readonly state: "verified" | "observed" | "claimed";
  /** What says so, name to text in the order to show it. */
  readonly evidence: Readonly<Record<string, string>>;
}
