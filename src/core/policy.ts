import type { Category } from "./check.ts";
import type { Exception } from "./exception.ts";
import type { RatedSeverity } from "./severity.ts";

/** A policy as the runner uses it: every default filled in. The file's form is in collect/policy/. */
export interface Policy {
  readonly thresholds: Readonly<Record<Category, Threshold>>;
  /** What a finding of unknown severity counts as; `unknown` (the default) makes the threshold's verdict unknown. */
  readonly unknownSeverity: RatedSeverity | "unknown";
  readonly advisories: {
    /** Days after a source's own date (its asOf) on which what it says still counts as current. */
    readonly maxAgeDays: number;
  };
  readonly exceptions: readonly Exception[];
  /** Where the policy came from, and whether the caller vouched for it (`--policy`). */
  readonly origin: PolicyOrigin;
}

export interface Threshold {
  readonly severity: RatedSeverity;
  /** True: findings without a fix stay under the threshold. */
  readonly fixableOnly: boolean;
  /** True: what is known to be exploited is over the threshold whatever its severity. Absent: false. */
  readonly exploited?: boolean;
}

export type PolicyOrigin =
  | { readonly kind: "default" }
  /** Found in the tree under review: its author may be the attacker. */
  | { readonly kind: "tree"; readonly path: string }
  /** Named by `--policy`. `loosened`: what the tree's own file tried to loosen, and where. */
  | { readonly kind: "trusted"; readonly name: string; readonly loosened: readonly LoosenedKey[] };

export interface LoosenedKey {
  readonly key: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly trusted: string;
  readonly wanted: string;
}

export const defaultPolicy: Policy = {
  thresholds: {
    vulnerability: { severity: "critical", fixableOnly: true, exploited: false },
    configuration: { severity: "high", fixableOnly: false },
  },
  unknownSeverity: "unknown",
  advisories: { maxAgeDays: 7 },
  exceptions: [],
  origin: { kind: "default" },
};
