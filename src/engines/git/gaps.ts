import { isEvidenceProblem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import type { GitGap } from "./model.ts";

/** Gathers what could not be read; of one code the first few are told and the rest is counted. */
export interface Gaps {
  add(gap: GitGap): void;
  /** Notes a {@link Problem}; whatever else was thrown is thrown on. */
  caught(error: unknown): void;
  list(): GitGap[];
}

export function gatherGaps(): Gaps {
  const told = new Map<string, { readonly gaps: GitGap[]; more: number }>();
  const add = (gap: GitGap): void => {
    const { code } = gap;
    const same = told.get(code) ?? { gaps: [], more: 0 };
    told.set(code, same);
    // An object that is met in several ways is one gap.
    if (same.gaps.some(({ place }) => place === gap.place)) return;
    if (same.gaps.length < bounds.gitGaps) same.gaps.push(gap);
    else same.more += 1;
  };
  return {
    add,
    caught(error) {
      if (!isEvidenceProblem(error)) throw error;
      add({ code: error.code, place: error.place, reason: error.message });
    },
    list: () =>
      [...told].flatMap(([code, { gaps, more }]) =>
        more === 0 ? gaps : [...gaps, { code, place: "the repository", reason: `${more} more of this kind` }],
      ),
  };
}
