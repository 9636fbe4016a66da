import type { Asset } from "./asset.ts";
import type { Basis } from "./basis.ts";
import type { Action } from "./enforcement.ts";
import type { Gap } from "./evidence.ts";
import type { ExceptionUse } from "./exception.ts";
import type { Finding } from "./finding.ts";
import type { Scope } from "./scope.ts";
import type { AcceptedUnknown } from "./unknown-entry.ts";

export type Verdict = "pass" | "fail" | "unknown";

/** What is kept of a check's run over one asset: enough to say "7 of 9", and to tell passed from never looked. */
export interface Evaluation {
  readonly check: string;
  readonly asset: Asset;
  /** Absent: the whole asset. */
  readonly scope?: Scope;
  readonly verdict: Verdict;
  /** What the policy makes of it where it found or missed something and that is less than `deny`. */
  readonly action?: Exclude<Action, "deny">;
  /** Why it is what it is, one line. */
  readonly reason: string;
  /** Excepted and baselined findings are not among them. */
  readonly findings: readonly Finding[];
  /** What an exception or a statement (VEX) took out of the verdict; kept so that nothing is lost. */
  readonly excepted: readonly { readonly finding: Finding; readonly exception: ExceptionUse }[];
  /** What `--baseline` took out of the verdict, and since when it is known; absent where no baseline was given. */
  readonly baselined?: readonly { readonly finding: Finding; readonly since: string }[];
  /** Who answers for what makes it unknown, by code of the gaps; absent: nobody. The verdict is not changed by it. */
  readonly accepted?: readonly AcceptedUnknown[];
  /** What was looked at, in the order to show it: `packages` → `756`. */
  readonly evidence: Readonly<Record<string, string>>;
  /** Why the evidence was not whole. */
  readonly gaps: readonly Gap[];
  /** Absent in reports of before there was one. */
  readonly basis?: Basis;
  /** ISO 8601, UTC. */
  readonly observedAt: string;
  readonly validUntil?: string;
}

/** Any fail is fail; else any unknown, or no evaluation at all, is unknown; else pass. */
export function combine(verdicts: Iterable<Verdict>): Verdict {
  let seen = false;
  let unknown = false;
  for (const verdict of verdicts) {
    if (verdict === "fail") return "fail";
    if (verdict === "unknown") unknown = true;
    seen = true;
  }
  return unknown || !seen ? "unknown" : "pass";
}

/** Nothing was judged of an asset, and the gap says why. */
export function unjudged(check: string, asset: Asset, now: Date, gap: Gap): Evaluation {
  return {
    check,
    asset,
    verdict: "unknown",
    reason: gap.reason,
    findings: [],
    excepted: [],
    evidence: {},
    gaps: [gap],
    observedAt: now.toISOString(),
  };
}
