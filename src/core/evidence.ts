import type { Problem } from "./problem.ts";

/**
 * What a check is handed of one need: the facts, how complete they are, and as of when they hold.
 * A source declares coverage; nothing here is inferred from counts.
 */
export type Evidence<T> =
  | {
      readonly state: "present";
      readonly facts: T;
      /** Why the facts are not the whole truth; empty where they are. */
      readonly gaps: readonly Gap[];
      /** ISO 8601, UTC: when the truth that the facts state was the case. */
      readonly observedAt: string;
      /** ISO 8601, UTC: after it the evidence is stale. Absent where it cannot go stale (content by digest). */
      readonly validUntil?: string;
      /** What brings newer facts, where it can go stale: a remedy as a gap's. */
      readonly renewal?: string;
    }
  | { readonly state: "absent"; readonly gaps: readonly [Gap, ...Gap[]] };

/** One reason why evidence is partial or absent. */
export interface Gap {
  /** Stable, dotted: `advisories.no-coverage`, `oci.layer-unreadable`. */
  readonly code: string;
  /** One sentence without a full stop: `no advisories for Debian:13`. */
  readonly reason: string;
  /** What would close it. */
  readonly remedy?: string;
  /** The part of the facts that it is about, in the facts' own word (a package type); absent where it is all. */
  readonly concerns?: string;
}

export function present<T>(
  facts: T,
  observedAt: string,
  options: { gaps?: readonly Gap[]; validUntil?: string; renewal?: string } = {},
): Evidence<T> {
  return {
    state: "present",
    facts,
    gaps: options.gaps ?? [],
    observedAt,
    ...(options.validUntil === undefined ? {} : { validUntil: options.validUntil }),
    ...(options.renewal === undefined ? {} : { renewal: options.renewal }),
  };
}

export function absent<T>(gap: Gap, ...more: Gap[]): Evidence<T> {
  return { state: "absent", gaps: [gap, ...more] };
}

/** Why something could not be read, as a gap. */
export function gapOf(problem: Problem): Gap {
  return {
    code: problem.code,
    reason: `${problem.place}: ${problem.message}`,
    ...(problem.remedy === undefined ? {} : { remedy: problem.remedy }),
  };
}
