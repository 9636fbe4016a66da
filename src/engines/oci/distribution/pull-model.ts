/** What may be pulled, as a policy says it beside what its checks ask for. */
import type { StatedAt } from "../../../core/setting.ts";

export interface PullSettings {
  /** Repositories or patterns over them, that alone are served; empty: all. */
  readonly repositories: readonly string[];
  /** Days since the last whole scan, over which an image is unknown. */
  readonly scannedWithinDays: number;
  /** True: an image about which no rule of `trust.images` is must be signed as well, and by nobody's word it is not trusted. */
  readonly signed: boolean;
  /** Days since an image says that it was made. Absent: of any age. */
  readonly maxAgeDays?: number;
  /** Days since a digest was last seen to run, for which it is served although it is no longer permitted. */
  readonly graceDays: number;
  /** Seconds within which a pull is decided: what is not found out by then is unknown. */
  readonly deadlineSeconds: number;
  /** Where to ask for an exception: a URL, or some words. */
  readonly askAt?: string;
}

/** Pulls that are let past the policy for some hours, because somebody answers for it. */
export interface BreakGlassRule {
  /** Repositories or patterns over them, each with a digest where that alone is meant: `shop/api@sha256:…`. */
  readonly images: readonly string[];
  /** Principals or patterns over them, who alone may; empty: whoever may pull it. */
  readonly principals: readonly string[];
  readonly reason: string;
  readonly owner: string;
  /** ISO 8601, UTC: the moment at which it ends. */
  readonly until: string;
  readonly statedAt?: StatedAt;
}

/** The keys under `registry` about pulls. */
export interface PullRules {
  readonly pull: PullSettings;
  readonly breakGlass: readonly BreakGlassRule[];
}

/** A break-glass rule that ends later than so many days from now does not hold yet: it is none for an emergency. */
export const BREAK_GLASS_DAYS = 7;
